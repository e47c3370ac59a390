import type { ExportOptions, FileSource, ImportOptions, ImportResult } from "@amused/core";
import type { Http } from "../http/http.ts";
import { uploadBody } from "../http/upload.ts";

const types = { csv: "text/csv", ndjson: "application/x-ndjson" };

/** Sends a file of such rows. */
export async function importFile(
  http: Http,
  kind: string,
  file: FileSource,
  { format = "csv", dryRun, ...options }: ImportOptions,
): Promise<ImportResult> {
  return http.send("POST", `/imports/${kind}`, {
    ...options,
    query: { dryRun },
    body: await uploadBody(file),
    headers: { "content-type": types[format] },
    timeout: false,
  });
}

/** Pipes a file of such rows to its reader. */
export async function exportFile(
  http: Http,
  kind: string,
  { format = "csv", signal }: ExportOptions,
  reader: WritableStream<Uint8Array>,
): Promise<void> {
  const { body } = await http.open(`/exports/${kind}`, { headers: { accept: types[format] }, signal });
  // The reader's end and our own error both go through this pipe, so that the connection ends with either.
  await body?.pipeTo(reader, { preventAbort: true, signal } as StreamPipeOptions);
}

import { createReadStream } from "node:fs";
import type { FileFormat, ImportResult, Seller } from "@amused/core";
import { Refusal } from "./fail.ts";
import { bytesOf } from "./files/bytes.ts";
import { productRows } from "./files/product-rows.ts";
import type { Rows } from "./files/rows.ts";
import { salesRows } from "./files/sales-rows.ts";
import { withAmused } from "./house.ts";
import { failuresOf } from "./refused-rows.ts";
import { progressOn } from "./screen.ts";
import { readSettings } from "./settings.ts";

export interface ImportFlags {
  seller?: string;
  dryRun?: boolean;
  format?: string;
  url?: string;
  key?: string;
  json?: boolean;
  data?: string;
}

/** `amused import products|sales FILE`: into the store itself, or through a running server. */
export async function importFile(kind: string, path: string, flags: ImportFlags): Promise<void> {
  if (kind !== "products" && kind !== "sales")
    throw new Refusal(`What can be imported are products and sales, not ${kind}.`);
  const format = formatOf(path, flags.format);
  const bytes = await bytesOf(path);
  await withShop(flags, async (shop) => {
    const progress = progressOn(process.stderr);
    let file: Rows;
    let result: ImportResult;
    try {
      const said = (lines: number) => progress(`reads: ${lines.toLocaleString("en")} lines`);
      const reopen = path === "-" ? null : () => createReadStream(path);
      file =
        format === "ndjson"
          ? { format, rows: bytes, leftOut: {}, rowInFile: (n) => n }
          : kind === "products"
            ? await productRows(bytes, said)
            : await salesRows(bytes, reopen, said);
      result = await shop[kind].import(file.rows, { format: file.format, dryRun: flags.dryRun ?? false });
    } finally {
      progress("");
    }
    const errors = result.errors.map((error) => ({ ...error, row: file.rowInFile(error.row) }));
    tell({ ...result, errors }, file.leftOut, flags);
    if (result.failed > 0) process.exitCode = 1;
  });
}

async function withShop<T>(
  flags: ImportFlags,
  work: (shop: Pick<Seller, "products" | "sales">) => Promise<T>,
): Promise<T> {
  if (flags.url !== undefined) {
    const apiKey = flags.key ?? process.env.AMUSED_KEY;
    if (apiKey === undefined) throw new Refusal("--url needs --key (or AMUSED_KEY).");
    const { createClient } = await import("@amused/client");
    return work(createClient({ baseUrl: flags.url, apiKey }));
  }
  const { seller } = flags;
  if (seller === undefined)
    throw new Refusal("Say whose they are with --seller, or which server with --url and --key.");
  const settings = readSettings({ AMUSED_DATA: flags.data }, process.env);
  return withAmused(settings, (amused) => work(amused.seller(seller, { actor: "amused import" })));
}

function formatOf(path: string, said: string | undefined): FileFormat {
  if (said === "csv" || said === "ndjson") return said;
  if (said !== undefined) throw new Refusal(`--format is csv or ndjson, not ${said}.`);
  return /\.(ndjson|jsonl)$/i.test(path) ? "ndjson" : "csv";
}

function tell(result: ImportResult, leftOut: Record<string, number>, { json, dryRun }: ImportFlags): void {
  if (json) {
    console.log(JSON.stringify({ ...result, leftOut }));
    return;
  }
  for (const line of failuresOf(result)) console.error(line);
  const { created, updated, skipped, failed } = result;
  const left = Object.entries(leftOut).map(
    ([why, count]) => `${count} left out (${why.replaceAll("_", " ")})`,
  );
  console.log(
    `${dryRun ? "Would be: " : ""}${[`${created} created`, `${updated} updated`, `${skipped} skipped`, `${failed} failed`, ...left].join(", ")}`,
  );
}

import type { Products } from "@amused/core";
import { download } from "../http/download.ts";
import type { Http } from "../http/http.ts";
import { uploadBody } from "../http/upload.ts";

const types = { csv: "text/csv", ndjson: "application/x-ndjson" };

/** Import and export of one kind of file. */
export function files(http: Http, kind: "products" | "sales"): Pick<Products, "import" | "export"> {
  return {
    import: async (file, { format = "csv", dryRun, ...options } = {}) =>
      http.send("POST", `/imports/${kind}`, {
        ...options,
        query: { dryRun },
        body: await uploadBody(file),
        headers: { "content-type": types[format] },
        timeout: false,
      }),
    export({ format = "csv", signal } = {}) {
      const path = `/exports/${kind}`;
      return download(http.open(path, { headers: { accept: types[format] }, signal }), path, signal);
    },
  };
}

import type { ExportKind, Products } from "@amused/core";
import type { Http } from "../http/http.ts";
import { broken } from "../http/problem.ts";

/** What files take is loaded when it is first used: most pages never do. */
const load = (kind: ExportKind) =>
  import("./transfer.ts").catch((error) => {
    throw broken(nameOf(kind), error);
  });
const nameOf = (kind: ExportKind) => `The file of ${kind}`;

/** Import and export of one kind of file. */
export function files(http: Http, kind: "products" | "sales"): Pick<Products, "import" | "export"> {
  return {
    import: async (file, options = {}) => (await load(kind)).importFile(http, kind, file, options),
    export: exporter(http, kind),
  };
}

export function exporter(http: Http, kind: ExportKind): Products["export"] {
  return (options = {}) => {
    const { readable, writable } = new TransformStream<Uint8Array, Uint8Array>();
    const { signal } = options;
    load(kind)
      .then(({ exportFile }) => exportFile(http, kind, options, writable))
      // Whatever goes wrong on the way is said to whoever reads.
      .catch((error) => writable.abort(signal?.aborted ? signal.reason : broken(nameOf(kind), error)))
      // A reader that left wants to know of nothing.
      .catch(() => {});
    return readable;
  };
}

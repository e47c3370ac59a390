import type { Products } from "@amused/core";
import type { Http } from "../http/http.ts";
import { broken } from "../http/problem.ts";

/** Import and export of one kind of file. What they take is loaded when first used: most pages never do. */
export function files(http: Http, kind: "products" | "sales"): Pick<Products, "import" | "export"> {
  const failed = (error: unknown, signal: AbortSignal | undefined) => {
    throw signal?.aborted ? signal.reason : broken(`The file of ${kind}`, error);
  };
  return {
    import: (file, options = {}) =>
      import("./transfer.ts")
        .then(({ importFile }) => importFile(http, kind, file, options))
        .catch((error) => failed(error, options.signal)),
    export(options = {}) {
      const { readable, writable } = new TransformStream<Uint8Array, Uint8Array>();
      import("./transfer.ts")
        .then(({ exportFile }) => exportFile(http, kind, options, writable))
        .catch((error) => failed(error, options.signal))
        // Whatever goes wrong on the way is said to whoever reads; a reader that left wants to know of nothing.
        .catch((error) => writable.abort(error))
        .catch(() => {});
      return readable;
    },
  };
}

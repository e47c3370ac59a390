import type { Products } from "@amused/core";
import type { Http } from "../http/http.ts";
import { broken } from "../http/problem.ts";

/** Import and export of one kind of file. What they take is loaded when first used: most pages never do. */
export function files(http: Http, kind: "products" | "sales"): Pick<Products, "import" | "export"> {
  const name = `The file of ${kind}`;
  const load = () =>
    import("./transfer.ts").catch((error) => {
      throw broken(name, error);
    });
  return {
    import: async (file, options = {}) => (await load()).importFile(http, kind, file, options),
    export(options = {}) {
      const { readable, writable } = new TransformStream<Uint8Array, Uint8Array>();
      const { signal } = options;
      load()
        .then(({ exportFile }) => exportFile(http, kind, options, writable))
        // Whatever goes wrong on the way is said to whoever reads.
        .catch((error) => writable.abort(signal?.aborted ? signal.reason : broken(name, error)))
        // A reader that left wants to know of nothing.
        .catch(() => {});
      return readable;
    },
  };
}

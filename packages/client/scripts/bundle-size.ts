import { gzipSync } from "node:zlib";
import { build } from "esbuild";

/** What a page loads for the client, gzipped, and what the two libraries beneath it weigh by themselves. */
export interface BundleSize {
  client: number;
  libraries: number;
  /** Every file in the client's bundle. */
  inputs: string[];
}

/** Bundles for a browser, minified, as a host's own build would. */
export async function bundleSize(): Promise<BundleSize> {
  const client = await bundle('export { createClient } from "./src/index.ts"');
  const libraries = await bundle(
    'import ky from "ky"; export { ky }; export { createParser } from "eventsource-parser"',
  );
  return { client: client.bytes, libraries: libraries.bytes, inputs: client.inputs };
}

async function bundle(contents: string): Promise<{ bytes: number; inputs: string[] }> {
  const { outputFiles, metafile } = await build({
    stdin: { contents, resolveDir: new URL("..", import.meta.url).pathname, loader: "ts" },
    bundle: true,
    minify: true,
    write: false,
    metafile: true,
    format: "esm",
    platform: "browser",
    target: "es2022",
    conditions: ["@amused/source"],
  });
  return {
    bytes: gzipSync(outputFiles[0]?.contents ?? "", { level: 9 }).length,
    inputs: Object.keys(metafile.inputs),
  };
}

if (import.meta.main) {
  const { client, libraries } = await bundleSize();
  console.log(
    `createClient ${client} B gzip; ky + eventsource-parser ${libraries} B; ours ${client - libraries} B`,
  );
}

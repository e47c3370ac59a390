import { gzipSync } from "node:zlib";
import { build } from "esbuild";

/** What a page loads for the client, and what lies beneath it, bundled the same way: bytes, minified and gzipped. */
export interface BundleSize {
  client: number;
  /** ky and eventsource-parser. */
  libraries: number;
  /** The two, and core's errors. */
  foundation: number;
  /** Every file in the client's bundle. */
  inputs: string[];
}

/** Bundles for a browser, minified, as a host's own build would. */
export async function bundleSize(): Promise<BundleSize> {
  const both = 'export { default } from "ky"; export { createParser } from "eventsource-parser";';
  const errors = 'export { AmusedError, isAmusedError } from "@amused/core/errors";';
  const [client, libraries, foundation] = await Promise.all([
    bundle('export { createClient } from "./src/index.ts"'),
    bundle(both),
    bundle(both + errors),
  ]);
  return {
    client: client.bytes,
    libraries: libraries.bytes,
    foundation: foundation.bytes,
    inputs: client.inputs,
  };
}

/** The sizes in one line. */
export function describeSize({ client, libraries, foundation }: BundleSize): string {
  return `createClient ${client} B gzip: ky + eventsource-parser ${libraries}, core's errors ${foundation - libraries}, its own ${client - foundation}`;
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

if (import.meta.main) console.log(describeSize(await bundleSize()));

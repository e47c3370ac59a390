import { resolve } from "node:path";
import { gzipSync } from "node:zlib";
import { build } from "esbuild";

/** What a page downloads for the client, in bytes, minified and gzipped as a host's own build would. */
export interface BundleSize {
  /** At once: ky and eventsource-parser. */
  libraries: number;
  /** At once, everything: the client with the two libraries. What is loaded only when first used is not in it. */
  initial: number;
  /** Everything, from a bundler that does not split: what is loaded later lies in the one file too. */
  whole: number;
  /** Every file that went in. */
  inputs: string[];
}

/** Bundles for a browser, with code splitting and without. */
export async function bundleSize(): Promise<BundleSize> {
  const page = 'export { createClient } from "./src/index.ts"';
  const [libraries, initial, whole] = await Promise.all([
    bundle('export { default } from "ky"; export { createParser } from "eventsource-parser";', true),
    bundle(page, true),
    bundle(page, false),
  ]);
  return { libraries: libraries.bytes, initial: initial.bytes, whole: whole.bytes, inputs: whole.inputs };
}

/** The sizes in one line. */
export function describeSize({ libraries, initial, whole }: BundleSize): string {
  return `createClient ${initial} B gzip at once: ky + eventsource-parser ${libraries}, its own ${initial - libraries}; ${whole} with all that is loaded later`;
}

async function bundle(contents: string, splitting: boolean): Promise<{ bytes: number; inputs: string[] }> {
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
    outdir: "/",
    splitting,
  });
  const files = new Map(outputFiles.map(({ path, contents }) => [path, contents]));
  const outputs = new Map(Object.entries(metafile.outputs).map(([path, output]) => [resolve(path), output]));

  /** The files that are loaded with this one: those that it imports, and not those that it may import later. */
  function* atOnce(path: string, seen = new Set<string>()): Generator<string> {
    if (seen.has(path)) return;
    seen.add(path);
    yield path;
    for (const { path: next, kind } of outputs.get(path)?.imports ?? [])
      if (kind === "import-statement") yield* atOnce(resolve(next), seen);
  }

  let bytes = 0;
  for (const path of atOnce(resolve("/stdin.js")))
    bytes += gzipSync(files.get(path) ?? "", { level: 9 }).length;
  return { bytes, inputs: Object.keys(metafile.inputs) };
}

if (import.meta.main) console.log(describeSize(await bundleSize()));

import { mkdtemp, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { build } from "esbuild";

/** A program of the sources as one text, for whatever runtime. */
export async function bundle(entry: string, platform: "neutral" | "node" = "neutral"): Promise<string> {
  const { outputFiles } = await build({
    entryPoints: [entry],
    bundle: true,
    write: false,
    format: "esm",
    platform,
    mainFields: ["module", "main"],
    target: "es2022",
    conditions: ["@amused/source"],
  });
  return outputFiles[0]?.text ?? "";
}

/** A program as a file in a folder of its own. */
export async function bundleFile(entry: string): Promise<string> {
  const file = join(await mkdtemp(join(tmpdir(), "amused-runtime-")), "program.mjs");
  await writeFile(file, await bundle(entry, "node"));
  return file;
}

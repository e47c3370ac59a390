import { execFile } from "node:child_process";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";
import { build } from "esbuild";
import { expect, onTestFinished, test } from "vitest";

const script = join(import.meta.dirname, "forecast-once.ts");
const conditions = ["@amused/source"];

/** Its lines; fails unless it ends by itself, in peace and quiet. */
async function run(...args: string[]): Promise<string[]> {
  const { stdout, stderr } = await promisify(execFile)(process.execPath, args, { timeout: 60_000 });
  expect(stderr).toBe("");
  return stdout.trim().split("\n");
}

test("from sources a thread forecasts; it keeps no process alive, and closing ends it", {
  timeout: 120_000,
}, async () => {
  for (const how of ["leave", "close"])
    expect(await run(`--conditions=${conditions}`, script, how)).toEqual(["a thread", "ok"]);
});

test("in a bundle, where the thread's file is missing, the event loop forecasts, and nobody is bothered", {
  timeout: 60_000,
}, async () => {
  const folder = await mkdtemp(join(tmpdir(), "amused-bundle-"));
  onTestFinished(() => rm(folder, { recursive: true }));
  const outfile = join(folder, "bundle.mjs");
  await build({
    ...{ entryPoints: [script], outfile, conditions, bundle: true, format: "esm", platform: "node" },
  });
  expect(await run(outfile)).toEqual(["ok"]);
});

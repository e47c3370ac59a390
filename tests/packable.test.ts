import { spawnSync } from "node:child_process";
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, onTestFinished, test } from "vitest";

const script = join(import.meta.dirname, "../scripts/packable.cjs");

test("a package without its declarations is not packed", () => {
  const folder = mkdtempSync(join(tmpdir(), "amused-packable-"));
  onTestFinished(() => rmSync(folder, { recursive: true }));
  const types = "./dist/index.d.ts";
  const manifest = { name: "a", exports: { ".": { types }, "./package.json": "./package.json" } };
  writeFileSync(join(folder, "package.json"), JSON.stringify(manifest));
  const run = () => {
    const { status, stderr } = spawnSync(process.execPath, [script], { cwd: folder, encoding: "utf8" });
    return [status, stderr];
  };
  const said = `a is not packed, because ${types} is missing: run "npm run build" first, at the root.\n`;
  expect(run()).toEqual([1, said]);
  mkdirSync(join(folder, "dist"));
  writeFileSync(join(folder, types), "");
  expect(run()).toEqual([0, ""]);
});

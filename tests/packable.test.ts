import { spawnSync } from "node:child_process";
import { copyFileSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, onTestFinished, test } from "vitest";

const script = join(import.meta.dirname, "../scripts/packable.cjs");

/** A house with one package, whose build is this command. */
function packing(build: string): () => [status: number | null, said: string, out: string] {
  const root = mkdtempSync(join(tmpdir(), "amused-packable-"));
  onTestFinished(() => rmSync(root, { recursive: true }));
  const folder = join(root, "packages/a");
  mkdirSync(join(root, "scripts"));
  mkdirSync(folder, { recursive: true });
  copyFileSync(script, join(root, "scripts/packable.cjs"));
  writeFileSync(join(root, "package.json"), JSON.stringify({ scripts: { build } }));
  const manifest = {
    name: "a",
    exports: { ".": { types: "./index.d.ts" }, "./package.json": "./package.json" },
  };
  writeFileSync(join(folder, "package.json"), JSON.stringify(manifest));
  return () => {
    const packable = join(root, "scripts/packable.cjs");
    const { status, stdout, stderr } = spawnSync(process.execPath, [packable], {
      cwd: folder,
      encoding: "utf8",
    });
    return [status, stderr, stdout];
  };
}

test("a package without its declarations is built before it is packed, and then not again", () => {
  const pack = packing("echo builds && touch packages/a/index.d.ts");
  expect(pack()).toEqual([0, expect.stringContaining("builds"), ""]);
  expect(pack()).toEqual([0, "", ""]);
});

test("a package whose build makes no declarations is not packed", () => {
  const said = expect.stringMatching(/a is not packed, because \.\/index\.d\.ts is missing\.\n$/);
  expect(packing("true")()).toEqual([1, said, ""]);
  expect(packing("false")()).toEqual([1, said, ""]);
});

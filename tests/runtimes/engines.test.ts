import { execFileSync } from "node:child_process";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, inject, test } from "vitest";
import { golden } from "../../packages/engines/test/support/golden.ts";
import { launch } from "../browser/support/browser.ts";
import { bundle } from "./support/bundle.ts";

const entry = join(import.meta.dirname, "../../packages/engines/test/support/golden.ts");
const text = JSON.stringify(golden());
const { bun, deno } = inject("runtimes");

let folder: string;
let program: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "amused-golden-"));
  program = join(folder, "golden.mjs");
  const code = (await bundle(entry)).replace(/export\s*\{\s*golden\s*\};?/, "");
  await writeFile(program, `${code}\nconsole.log(JSON.stringify(golden()));`);
});
afterAll(() => rm(folder, { recursive: true }));

const run = (runtime: string, ...flags: string[]) =>
  execFileSync(runtime, [...flags, program], { encoding: "utf8", maxBuffer: 2 ** 28 }).trim();

test("what the engines say is long enough to mean something", () => {
  expect(text.length).toBeGreaterThan(50_000);
  expect(text).not.toContain('"mean":[]');
});

test("Node says it twice", () => expect(run(process.execPath)).toBe(text));
test.skipIf(bun === null)("Bun says the same, bit for bit", () => expect(run(bun ?? "", "run")).toBe(text));
test.skipIf(deno === null)("Deno says the same, bit for bit", () =>
  expect(run(deno ?? "", "run", "--no-config")).toBe(text),
);

test.skipIf(inject("chromium") === null)(
  "Chromium says the same, bit for bit",
  { timeout: 120_000 },
  async () => {
    const chromium = await launch();
    try {
      const page = await chromium.own.newPage();
      const code = (await bundle(entry)).replace(/export\s*\{\s*golden\s*\};?/, "");
      const said = await page.evaluate(`(() => { ${code}\n return JSON.stringify(golden()); })()`);
      expect(said).toBe(text);
    } finally {
      await chromium.close();
    }
  },
);

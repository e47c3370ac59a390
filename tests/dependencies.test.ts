import { globSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { type Lock, productionDependencies, rowsByName } from "./laws/dependencies.ts";

const root = join(import.meta.dirname, "..");
const read = (path: string) => readFileSync(join(root, path), "utf8");
const lock: Lock = JSON.parse(read("package-lock.json")).packages;
const all = productionDependencies(lock);
const listed = rowsByName(read("docs/dependencies.md"));

/** Licences under which a product may pass something on without giving away itself. */
const licences = new Set([
  "0BSD",
  "Apache-2.0",
  "BSD-2-Clause",
  "BSD-3-Clause",
  "BlueOak-1.0.0",
  "ISC",
  "MIT",
  "(AFL-2.1 OR BSD-3-Clause)",
]);

test("every production dependency is listed in docs/dependencies.md, with its licence and a reason", () => {
  expect(all.length).toBeGreaterThan(10);
  for (const { name, licence } of all) {
    const [written, reason = ""] = listed.get(name) ?? [];
    expect([name, written], `docs/dependencies.md has no row for ${name}`).toEqual([name, licence]);
    expect(reason.length, `docs/dependencies.md gives no reason for ${name}`).toBeGreaterThan(3);
  }
});

test("they are as many as docs/dependencies.md says", () => {
  const names = [...new Set(all.flatMap(({ direct, along }) => [...direct, ...along]))].sort();
  for (const name of names) {
    const direct = all.filter((dependency) => dependency.direct.has(name)).length;
    const along = all.filter(
      (dependency) => dependency.along.has(name) && !dependency.direct.has(name),
    ).length;
    expect([name, ...(listed.get(name) ?? [])]).toEqual([name, String(direct), String(along)]);
  }
});

test("each is under a licence that a product can carry", () => {
  expect(all.filter(({ licence }) => !licences.has(licence))).toEqual([]);
});

test("none runs a script when it is installed, and neither does any package of ours", () => {
  expect(all.filter(({ hasInstallScript }) => hasInstallScript)).toEqual([]);
  for (const path of globSync("packages/*/package.json", { cwd: root })) {
    const { scripts = {} } = JSON.parse(read(path)) as { scripts?: Record<string, string> };
    const run = ["preinstall", "install", "postinstall", "prepare"].filter((name) => name in scripts);
    expect([path, run]).toEqual([path, []]);
  }
});

test("what comes along is found, however deep, from the nearest place", () => {
  const small = {
    "packages/a": { name: "@amused/a", dependencies: { "@amused/b": "*", one: "*" } },
    "packages/b": { name: "@amused/b", peerDependencies: { optional: "*" } },
    "node_modules/@amused/b": { link: true, resolved: "packages/b" },
    "node_modules/one": { license: "MIT", dependencies: { two: "*" }, optionalDependencies: { absent: "*" } },
    "node_modules/one/node_modules/two": { license: "GPL-3.0", hasInstallScript: true },
    "node_modules/two": { license: "MIT" },
    "node_modules/optional": { license: "MIT" },
  };
  const found = productionDependencies(small).map(({ name, licence, direct, along }) => [
    name,
    licence,
    [...direct],
    [...along],
  ]);
  expect(found).toEqual([
    ["one", "MIT", ["@amused/a"], []],
    ["optional", "MIT", ["@amused/b"], ["@amused/a"]],
    ["two", "GPL-3.0", [], ["@amused/a"]],
  ]);
});

import { globSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import {
  circles,
  crowdedDoors,
  forbiddenImports,
  type Manifest,
  runtimeInTypes,
  tooLong,
  undeclaredPackages,
} from "./laws/laws.ts";
import { longFiles, rooms } from "./laws/rooms.ts";

const root = join(import.meta.dirname, "..");

const house = new Map(
  globSync("packages/*/src/**/*.ts", { cwd: root })
    .filter((path) => !path.endsWith(".test.ts"))
    .sort()
    .map((path) => [path, readFileSync(join(root, path), "utf8")]),
);

const manifests: Record<string, Manifest> = Object.fromEntries(
  globSync("packages/*/package.json", { cwd: root }).map((path) => [
    path.split("/")[1],
    JSON.parse(readFileSync(join(root, path), "utf8")),
  ]),
);

describe("the house", () => {
  test("has sources to look at", () => expect(house.size).toBeGreaterThan(0));
  test("imports only what its rooms allow", () => expect(forbiddenImports(house, rooms)).toEqual([]));
  test("names every package it imports", () => expect(undeclaredPackages(house, manifests)).toEqual([]));
  test("has no circle of imports", () => expect(circles(house)).toEqual([]));
  test("has front doors that only hand on", () => expect(crowdedDoors(house)).toEqual([]));
  test("has ports that erase to nothing", () => expect(runtimeInTypes(house, rooms)).toEqual([]));
  test("has no file over 300 lines without a reason", () => expect(tooLong(house, longFiles)).toEqual([]));
  test("gives no reason for a file that does not need one", () => {
    const long = tooLong(house, {}).join("\n");
    for (const path of Object.keys(longFiles)) expect(long).toContain(path);
  });
});

// A law that can not be broken says nothing, so here each is broken once.
describe("a house that breaks the laws", () => {
  const broken = (path: string, text: string) => forbiddenImports(new Map([[path, text]]), rooms);

  test.each([
    ["packages/core/src/domain/a.ts", 'import { b } from "../services/b.ts";'],
    ["packages/core/src/domain/a.ts", 'import type { B } from "../ports/b.ts";'],
    ["packages/core/src/domain/a.ts", 'import { readFile } from "node:fs/promises";'],
    ["packages/core/src/ports/a.ts", 'import { z } from "zod";'],
    ["packages/core/src/services/a.ts", 'import { memoryStore } from "../memory/store.ts";'],
    ["packages/core/src/services/a.ts", 'import { Pool } from "pg";'],
    ["packages/core/src/memory/a.ts", 'export { b } from "../services/b.ts";'],
    ["packages/core/src/errors.ts", 'import type { A } from "./domain/a.ts";'],
    ["packages/core/src/amused.ts", 'const { postgresStore } = await import("@amused/postgres");'],
    ["packages/postgres/src/a.ts", 'import { app } from "@amused/server";'],
    ["packages/postgres/src/a.ts", 'import { files } from "@amused/providers/files";'],
    ["packages/postgres/src/a.ts", 'import { a } from "../../core/src/domain/a.ts";'],
    ["packages/server/src/app.ts", 'import { pgliteStore } from "@amused/postgres/pglite";'],
    ["packages/server/src/app.ts", 'import { start } from "./cli/start.ts";'],
    ["packages/server/src/routes/a.ts", 'let a: import("@amused/client").Client;'],
    ["packages/client/src/a.ts", 'import { createAmused } from "@amused/core";'],
    ["packages/client/src/a.ts", 'import { type Product } from "@amused/core";'],
    ["packages/client/src/a.ts", 'import type { z } from "zod";'],
    ["packages/core/src/live/a.ts", 'import { fold } from "../domain/text.ts";'],
    ["packages/testkit/src/a.ts", 'import { postgresStore } from "@amused/postgres";'],
    ["packages/core/src/elsewhere/a.ts", ""],
  ])("%s: %s", (path, text) => expect(broken(path, text)).toHaveLength(1));

  test.each([
    ["packages/core/src/domain/a.ts", 'import { z } from "zod"; import { AmusedError } from "../errors.ts";'],
    [
      "packages/core/src/services/a.ts",
      'import type { B } from "../ports/b.ts"; import { parse } from "csv-parse";',
    ],
    [
      "packages/server/src/bin.ts",
      'import { pgliteStore } from "@amused/postgres/pglite"; import "./app.ts";',
    ],
    [
      "packages/server/src/app.ts",
      'import { createAmused } from "@amused/core"; import { sse } from "hono/streaming";',
    ],
    [
      "packages/client/src/a.ts",
      'import type { A } from "@amused/core"; import { b } from "@amused/core/errors";',
    ],
  ])("but not %s: %s", (path, text) => expect(broken(path, text)).toEqual([]));

  test("is told the packages it forgot to name", () => {
    const sources = new Map([
      [
        "packages/core/src/a.ts",
        'import "zod/mini"; import "./b.ts"; import "node:fs"; import type { A } from "@other/a/b";',
      ],
    ]);
    expect(undeclaredPackages(sources, { core: { dependencies: { zod: "^4" } } })).toEqual([
      "packages/core/src/a.ts imports @other/a, which its package.json does not name",
    ]);
  });

  test("is told its circles, of types and across packages too", () => {
    const sources = new Map([
      ["packages/core/src/a.ts", 'import type { B } from "./b.ts";'],
      ["packages/core/src/b.ts", 'export * from "./c.ts";'],
      ["packages/core/src/c.ts", 'let a: import("./a.ts").A;'],
      ["packages/core/src/index.ts", 'import "@amused/client";'],
      ["packages/client/src/index.ts", 'import type { A } from "@amused/core";'],
    ]);
    expect(circles(sources)).toEqual([
      "packages/core/src/a.ts → packages/core/src/b.ts → packages/core/src/c.ts → packages/core/src/a.ts",
      "packages/core/src/index.ts → packages/client/src/index.ts → packages/core/src/index.ts",
    ]);
  });

  test("is told its front doors that do more than hand on", () => {
    const door = (text: string) => crowdedDoors(new Map([["packages/core/src/index.ts", text]]));
    expect(door('export { a } from "./a.ts"; export type { B } from "./b.ts";')).toEqual([]);
    expect(door('import { a } from "./a.ts"; export { a };')).toHaveLength(2);
    expect(door("export const a = 1;")).toHaveLength(1);
  });

  test("is told its ports that leave something to run", () => {
    const port = (text: string) => runtimeInTypes(new Map([["packages/core/src/ports/a.ts", text]]), rooms);
    expect(port('import type { B } from "../domain/b.ts"; export interface A { b: B }')).toEqual([]);
    expect(port("export const a = 1;")).toHaveLength(1);
    expect(port('import { type B } from "../domain/b.ts";')).toHaveLength(1);
  });

  test("is told its long files", () => {
    const sources = new Map([["packages/core/src/a.ts", "\n".repeat(300).concat("x\n")]]);
    expect(tooLong(sources, {})).toHaveLength(1);
    expect(tooLong(sources, { "packages/core/src/a.ts": "a table of one kind" })).toEqual([]);
  });
});

import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";

const root = join(import.meta.dirname, "..");

/** The tests that the tables of a page name: what stands in backquotes and is a source. */
function named(page: string): string[] {
  const rows = readFileSync(join(root, page), "utf8")
    .split("\n")
    .filter((line) => line.startsWith("|"));
  return rows.flatMap((row) => [...row.matchAll(/`([\w./-]+\.ts)`/g)].map(([, path]) => path as string));
}

test("every promise of docs/security.md names a test that is there", () => {
  const paths = named("docs/security.md");
  expect(paths.length).toBeGreaterThan(5);
  expect(paths.filter((path) => !existsSync(join(root, path)))).toEqual([]);
  // A page that names what is not there would be told.
  expect(existsSync(join(root, "tests/none.test.ts"))).toBe(false);
});

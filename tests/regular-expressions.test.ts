import { globSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { checkSync } from "recheck";
import { expect, test } from "vitest";
import { expressions } from "./laws/regular-expressions.ts";

const root = join(import.meta.dirname, "..");
const house = new Map(
  globSync("packages/*/src/**/*.ts", { cwd: root, exclude: ["packages/testkit/**"] })
    .sort()
    .map((path) => [path, readFileSync(join(root, path), "utf8")]),
);

/** What makes an expression slow, or `null`. Large counts are taken for any count, which is never better. */
function weakness(source: string, flags: string): string | null {
  const open = source.replace(/\{(\d+)(?:,(\d*))?\}/g, (counts, least: string, most?: string) =>
    Number(most || least) > 20 ? (least === "0" ? "*" : "+") : counts,
  );
  const found = checkSync(open, flags, { timeout: 20_000 });
  if (found.status === "safe") return null;
  return found.status === "vulnerable"
    ? `${found.complexity.summary}: ${found.attack.pattern}`
    : found.status;
}

test("no text makes a regular expression slow", { timeout: 240_000 }, () => {
  const all = expressions(house);
  expect(all.length).toBeGreaterThan(50);
  const weak = all.flatMap(({ path, source, flags }) => {
    const why = weakness(source, flags);
    return why === null ? [] : [`${path} /${source}/${flags} (${why})`];
  });
  expect(weak).toEqual([]);
});

test("one that is slow is found", () => {
  const sources = new Map([["a.ts", "export const slow = (text: string) => text.replace(/(a+)+$/g, '');"]]);
  expect(expressions(sources)).toEqual([{ path: "a.ts", source: "(a+)+$", flags: "g" }]);
  expect(weakness("(a+)+$", "g")).toContain("exponential");
  expect(weakness("^\\s*(\\d{1,4096})\\s*;$", "")).toBeNull();
  expect(weakness("\\s+$", "")).toContain("polynomial");
});

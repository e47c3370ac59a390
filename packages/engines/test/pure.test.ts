import { globSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";

const root = join(import.meta.dirname, "../src");

/** Whatever may differ between two machines, two engines of JavaScript or two moments. */
const impure =
  /\bMath\.(random|a?(sin|cos|tan)h?|atan2|exp(m1)?|log(2|10|1p)?|pow|cbrt|hypot)\b|\*\*|\bDate\b|\bperformance\b|\bawait\b|\bIntl\b|\.(toLocale|localeCompare)/;

test("no engine asks for the time, for chance, or for a function that is not the same everywhere", () => {
  const files = globSync("**/*.ts", { cwd: root });
  expect(files.length).toBeGreaterThan(4);
  const found = files.flatMap((path) =>
    readFileSync(join(root, path), "utf8")
      .split("\n")
      .flatMap((line, i) =>
        impure.test(line) && !/^\s*(\/?\*|\/\/)/.test(line) ? [`${path}:${i + 1} ${line.trim()}`] : [],
      ),
  );
  expect(found).toEqual([]);
});

test.each(["x ** 2", "Math.exp(1)", "Date.now()", "new Date()", "Math.random()", "a.localeCompare(b)"])(
  "%s would be found",
  (line) => expect(line).toMatch(impure),
);

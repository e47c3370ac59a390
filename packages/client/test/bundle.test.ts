import { expect, test } from "vitest";
import { bundleSize, describeSize } from "../scripts/bundle-size.ts";

const size = await bundleSize();
console.info(describeSize(size));

test("what a page downloads at once is within 4,000 B of ky and eventsource-parser, errors and all", () => {
  expect(size.initial - size.libraries).toBeLessThanOrEqual(4_000);
});

test("all of it, from a bundler that does not split, is 18,600 B: a budget that was measured, so that growth is noticed", () => {
  expect(size.whole).toBeLessThanOrEqual(18_600);
});

test("there is no zod in it, and of core the errors and live lists only", () => {
  expect(size.inputs.filter((path) => path.includes("node_modules/zod"))).toEqual([]);
  const core = size.inputs.filter((path) => path.includes("packages/core/"));
  expect(core.filter((path) => !/core\/src\/(errors\.ts|live)/.test(path))).toEqual([]);
});

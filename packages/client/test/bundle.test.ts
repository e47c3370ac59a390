import { expect, test } from "vitest";
import { bundleSize, describeSize } from "../scripts/bundle-size.ts";

const size = await bundleSize();
console.info(describeSize(size));

test("what a page downloads at once is within 2,900 B of ky and eventsource-parser, errors and all", () => {
  expect(size.initial - size.libraries).toBeLessThanOrEqual(2_900);
});

test("all of it, from a bundler that does not split, is 13,900 B: a budget that was measured, so that growth is noticed", () => {
  expect(size.whole).toBeLessThanOrEqual(13_900);
});

test("there is no zod in it, and of core the errors only", () => {
  expect(size.inputs.filter((path) => path.includes("node_modules/zod"))).toEqual([]);
  expect(size.inputs.filter((path) => path.includes("packages/core/"))).toEqual([
    expect.stringMatching(/core\/src\/errors\.ts$/),
  ]);
});

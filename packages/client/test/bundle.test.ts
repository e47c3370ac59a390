import { expect, test } from "vitest";
import { bundleSize, describeSize } from "../scripts/bundle-size.ts";

test("a page's client is 2.5 KB on top of ky, eventsource-parser and core's errors, with no zod in it", async () => {
  const size = await bundleSize();
  console.info(describeSize(size));
  expect(size.client - size.foundation).toBeLessThanOrEqual(2560);
  expect(size.inputs.filter((path) => path.includes("node_modules/zod"))).toEqual([]);
  expect(size.inputs.filter((path) => path.includes("packages/core/"))).toEqual([
    expect.stringMatching(/core\/src\/errors\.ts$/),
  ]);
});

import fc from "fast-check";
import { expect, test } from "vitest";
import { histories, play } from "./histories.ts";

test("whatever happens to a product, what is predicted of it can be read", async () => {
  await fc.assert(
    fc.asyncProperty(histories, async (history) => {
      expect(await play(history)).toEqual([]);
    }),
    { seed: 1, numRuns: 100 },
  );
});

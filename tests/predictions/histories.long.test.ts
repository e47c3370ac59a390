import fc from "fast-check";
import { expect, test } from "vitest";
import { histories, play } from "./histories.ts";

test.each([2, 3, 4])(
  "whatever happens to a product, what is predicted of it can be read (seed %i)",
  async (seed) => {
    await fc.assert(
      fc.asyncProperty(histories, async (history) => {
        expect(await play(history)).toEqual([]);
      }),
      { seed, numRuns: 1_000 },
    );
  },
);

import { describe, inject, test } from "vitest";
import { folder } from "./support/process.ts";
import { withNextServer } from "./support/storm/commit-and-hint.ts";
import { stormOnPglite, stormOnPostgres } from "./support/storm/holds.ts";

const missing = inject("databaseUrl") === null;

describe("while connections are cut, stalled and half open, and servers are killed", () => {
  const many = { sellers: 3, writers: 3, acknowledged: 300 };

  for (const seed of [2, 3, 4])
    test.skipIf(missing)(`nothing is lost and nothing is doubled, on two nodes (seed ${seed})`, () =>
      stormOnPostgres({ ...many, seed, kills: [0, 1] }),
    );

  for (const seed of [6])
    test(`nothing is lost and nothing is doubled, on the embedded store (seed ${seed})`, () =>
      stormOnPglite({ ...many, seed, kills: [0] }));
});

test("readers of an embedded server that is killed between commit and hint find the sale on the next one", async () => {
  const data = await folder();
  await withNextServer("pglite", data, { args: ["--data", data] });
});

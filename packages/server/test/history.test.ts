import { describe, inject, test } from "vitest";
import { stormOnPostgres } from "./support/storm/holds.ts";

const missing = inject("databaseUrl") === null;

// Longer storms, and those on the embedded store, are in history.long.test.ts.
describe("while connections are cut, stalled and half open, and a server is killed", () => {
  test.skipIf(missing)(
    "nothing is lost and nothing is doubled, on two nodes",
    { timeout: 200_000 },
    async () => {
      await stormOnPostgres({ seed: 1, sellers: 2, writers: 2, acknowledged: 150, kills: [0] });
    },
  );
});

import { describe, inject, test } from "vitest";
import { stormOnPostgres } from "./support/storm/holds.ts";

const given = inject("databaseUrl") === null ? test.skip : test;

describe("while connections are cut, stalled and half open, and a server is killed", () => {
  given("nothing is lost and nothing is doubled, on two nodes", { timeout: 120_000 }, () =>
    stormOnPostgres({ seed: 1, sellers: 2, writers: 2, acknowledged: 150, kills: [0] }),
  );
});

import { randomBytes } from "node:crypto";
import { storeConformance } from "@amused/testkit";
import { expect, test } from "vitest";
import { describePostgres, freshPool } from "./database.ts";
import { storeWithoutFilters } from "./without-filters.ts";

describePostgres("row-level security alone, without the filters in our statements,", () => {
  const schema = `walls_${randomBytes(4).toString("hex")}`;
  const { store, leftOut } = storeWithoutFilters(schema, true);

  storeConformance({
    name: "postgresStore",
    async open() {
      await store.migrate();
      return store;
    },
    async cleanup() {
      const pool = freshPool(1);
      await pool.query(`drop schema if exists ${schema} cascade`);
      await pool.end();
    },
  });

  test("the filters were left out", () => expect(leftOut()).toBeGreaterThan(1_000));
});

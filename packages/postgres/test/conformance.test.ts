import { randomBytes } from "node:crypto";
import { fileURLToPath } from "node:url";
import { storeConformance } from "@amused/testkit";
import type pg from "pg";
import { inject } from "vitest";
import { postgresStore } from "../src/index.ts";
import { describePostgres, freshPool } from "./database.ts";

describePostgres("on a server", () => {
  const schema = `conformance_${randomBytes(4).toString("hex")}`;
  const crashed = `crashed_${randomBytes(4).toString("hex")}`;
  const pools: pg.Pool[] = [];

  function open(schema: string) {
    const pool = freshPool();
    pools.push(pool);
    const store = postgresStore({ pool, schema, rowSecurity: true });
    return { ...store, close: () => pool.end() };
  }

  async function drop(schema: string) {
    const pool = freshPool(1);
    await pool.query(`drop schema if exists ${schema} cascade`);
    await pool.end();
  }

  storeConformance({
    name: "postgresStore",
    async open() {
      const store = open(schema);
      await store.migrate();
      return store;
    },
    another: () => open(schema),
    reopen: () => open(schema),
    crash: () => ({
      command: process.execPath,
      args: [
        "--conditions=@amused/source",
        fileURLToPath(new URL("./writer.ts", import.meta.url)),
        "postgres",
        inject("databaseUrl") as string,
        crashed,
      ],
      open: async () => open(crashed),
      cleanup: () => drop(crashed),
    }),
    cleanup: () => drop(schema),
  });
});

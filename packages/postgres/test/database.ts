import { randomBytes } from "node:crypto";
import type { Store } from "@amused/core";
import pg from "pg";
import { describe, inject, test } from "vitest";
import { postgresStore } from "../src/index.ts";

const url = inject("databaseUrl");

/** Tests that need a server; where there is none they are skipped, with the reason in their name. */
export function describePostgres(name: string, tests: () => void): void {
  if (url === null)
    describe(name, () => test.skip(`needs a PostgreSQL server: ${inject("databaseMissing")}`));
  else describe(name, tests);
}

/** Its days are not ours: what is asked of them must not depend on where a database stands. */
export function freshPool(max = 16): pg.Pool {
  return new pg.Pool({ connectionString: url as string, max, options: "-c timezone=America/New_York" });
}

/** A store in a schema of its own, migrated; `close` takes it all away. */
export async function freshStore(): Promise<{
  store: Store;
  pool: pg.Pool;
  schema: string;
  close: () => Promise<void>;
}> {
  const pool = freshPool();
  const schema = `test_${randomBytes(6).toString("hex")}`;
  const store = postgresStore({ pool, schema });
  await store.migrate();
  return {
    ...{ store, pool, schema },
    close: async () => {
      await pool.query(`drop schema if exists ${schema} cascade`);
      await pool.end();
    },
  };
}

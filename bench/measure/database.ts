import { randomBytes } from "node:crypto";
import pg from "pg";
import { findPostgres } from "../../scripts/services/postgres.ts";

/** A PostgreSQL server to make databases on. */
export interface DatabaseServer {
  how: string;
  /** Makes an empty database under a name of its own. */
  fresh(what: string): Promise<FreshDatabase>;
  /** Runs a statement on the server's own database. */
  run<Row extends pg.QueryResultRow>(text: string, values?: unknown[]): Promise<Row[]>;
  close(): Promise<void>;
}

export interface FreshDatabase {
  url: string;
  name: string;
  drop(): Promise<void>;
}

/** The server of DATABASE_URL or of this machine, found as the tests find it. */
export async function databaseServer(): Promise<DatabaseServer> {
  const service = await findPostgres();
  const pool = steadyPool(service.url, 2);
  return {
    how: service.how,
    async fresh(what) {
      const name = `amused_bench_${what}_${randomBytes(4).toString("hex")}`;
      await pool.query(`create database ${name}`);
      const url = new URL(service.url);
      url.pathname = `/${name}`;
      return {
        url: url.href,
        name,
        async drop() {
          await pool.query(`drop database if exists ${name} with (force)`);
        },
      };
    },
    run: async <Row extends pg.QueryResultRow>(text: string, values: unknown[] = []) =>
      (await pool.query<Row>(text, values)).rows,
    async close() {
      await pool.end();
      await service.stop();
    },
  };
}

/** A pool that stays as it is while others are measured: no connection is closed for being idle. */
export function steadyPool(url: string, max: number): pg.Pool {
  const pool = new pg.Pool({ connectionString: url, max, idleTimeoutMillis: 0 });
  // At the end the database is dropped under connections that are on their way out.
  pool.on("error", () => {});
  return pool;
}

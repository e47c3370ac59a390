import { randomBytes } from "node:crypto";
import pg from "pg";

/** The server that the databases are made on. */
const serverUrl = process.env.DATABASE_URL ?? "postgres://postgres@127.0.0.1:5432/postgres";

export interface FreshDatabase {
  url: string;
  name: string;
  drop(): Promise<void>;
}

/** Makes an empty database under a name of its own. */
export async function freshDatabase(what: string): Promise<FreshDatabase> {
  const name = `amused_bench_${what}_${randomBytes(4).toString("hex")}`;
  await onServer(`create database ${name}`);
  const url = new URL(serverUrl);
  url.pathname = `/${name}`;
  return {
    url: url.href,
    name,
    async drop() {
      await onServer(`drop database if exists ${name} with (force)`);
    },
  };
}

/** A pool on it that stays as it is while others are measured: no connection is closed for being idle. */
export function steadyPool(url: string, max: number): pg.Pool {
  const pool = new pg.Pool({ connectionString: url, max, idleTimeoutMillis: 0 });
  // At the end the database is dropped under connections that are on their way out.
  pool.on("error", () => {});
  return pool;
}

/** Runs a statement on the server's own database. */
export async function onServer<Row extends pg.QueryResultRow>(
  text: string,
  values: unknown[] = [],
): Promise<Row[]> {
  const client = new pg.Client({ connectionString: serverUrl });
  await client.connect();
  try {
    return (await client.query<Row>(text, values)).rows;
  } finally {
    await client.end();
  }
}

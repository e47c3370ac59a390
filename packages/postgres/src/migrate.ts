import { readdirSync, readFileSync } from "node:fs";
import { listenTo } from "./database.ts";
import { databaseError } from "./errors.ts";
import type { QueryablePool } from "./queryable.ts";
import { isAsWanted, secureTables, seeAll } from "./row-security.ts";

const folder = new URL("./migrations/", import.meta.url);
const dayMs = 86_400_000;

/** The migrations of this version, by name in their order. */
export function migrations(): { name: string; sql: string }[] {
  const files = readdirSync(folder).filter((file) => file.endsWith(".sql"));
  return files
    .sort()
    .map((file) => ({ name: file.replace(/\.sql$/, ""), sql: readFileSync(new URL(file, folder), "utf8") }));
}

/**
 * Applies what the database lacks, and has row-level security as `secure` says, in one transaction. Processes that start at
 * once take turns, and the first does it.
 */
export async function migrate(
  pool: QueryablePool,
  schema: string,
  secure: boolean | undefined,
): Promise<{ applied: string[] }> {
  const wanted = migrations();
  if (isCurrent(wanted, await appliedNames(pool, schema)) && (await isAsWanted(pool, schema, secure)))
    return { applied: [] };
  const client = await pool.connect();
  listenTo(client);
  let failed: Error | undefined;
  try {
    await client.query({ text: "begin" });
    // A connection that served statements may have the role of those.
    await client.query({ text: "set local role none" });
    await seeAll(client, schema);
    // What is meant for requests is too short for a large table, or for one process to wait for another that is at it.
    await client.query({ text: "set local statement_timeout = 0; set local lock_timeout = 0" });
    await client.query({
      text: "select pg_advisory_xact_lock(hashtextextended($1, 20261123))",
      values: [`amused migrations ${schema}`],
      query_timeout: dayMs,
    });
    // Asking for a schema that is there would need the right to make one.
    const { rows: found } = await client.query({
      text: "select to_regnamespace($1) as schema",
      values: [schema],
    });
    if (found[0]?.schema === null) await client.query({ text: `create schema ${schema}` });
    await client.query({
      text: `create table if not exists ${schema}.migrations (name text primary key, applied_at timestamptz not null default now())`,
    });
    // Unqualified names in the files mean the schema; local, so that a pooled connection goes back as it came.
    await client.query({ text: `set local search_path to ${schema}` });
    const { rows } = await client.query({ text: `select name from ${schema}.migrations` });
    const known = new Set(rows.map(({ name }) => name));
    const missing = wanted.filter(({ name }) => !known.has(name));
    for (const { name, sql } of missing) {
      await client.query({ text: sql, query_timeout: dayMs });
      await client.query({ text: `insert into ${schema}.migrations (name) values ($1)`, values: [name] });
    }
    await secureTables(client, schema, secure);
    await client.query({ text: "commit" });
    return { applied: missing.map(({ name }) => name) };
  } catch (error) {
    await client.query({ text: "rollback" }).catch((lost: Error) => {
      failed = lost;
    });
    throw error;
  } finally {
    client.release(failed);
  }
}

async function appliedNames(pool: QueryablePool, schema: string): Promise<string[]> {
  try {
    const { rows } = await pool.query({ text: `select name from ${schema}.migrations order by name` });
    return rows.map(({ name }) => name as string);
  } catch (error) {
    // The table or the schema is not there yet.
    if (["42P01", "3F000"].includes(databaseError(error).code)) return [];
    throw error;
  }
}

function isCurrent(wanted: { name: string }[], applied: string[]): boolean {
  const newer = applied.filter((name) => !wanted.some((migration) => migration.name === name));
  if (newer.length > 0)
    throw new Error(
      `The database was migrated by a newer Amused (${newer.join(", ")}). Update @amused/postgres.`,
    );
  return applied.length === wanted.length;
}

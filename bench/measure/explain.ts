import type { Store } from "@amused/core";
import { postgresStore, type QueryablePool } from "@amused/postgres";
import pg, { type Pool } from "pg";

interface Statement {
  text: string;
  values: unknown[];
}

/** The plan of the statement that `work` sends, as a prepared statement has it once it is no longer planned anew. */
export async function explained(pool: Pool, work: (store: Store) => Promise<unknown>): Promise<string> {
  const { text, values } = await firstStatement((pool) => work(postgresStore({ pool })));
  const client = await pool.connect();
  try {
    await client.query("begin");
    await client.query("set local plan_cache_mode = force_generic_plan");
    await client.query(`prepare explained as ${text}`);
    const lines: string[] = [];
    // The first run fills the caches, and plans.
    for (const run of ["analyze, buffers", "analyze, buffers"]) {
      const given = values.length === 0 ? "" : `(${values.map(literal).join(", ")})`;
      await client.query("savepoint before");
      const { rows } = await client.query<{ "QUERY PLAN": string }>(
        `explain (${run}) execute explained${given}`,
      );
      await client.query("rollback to savepoint before");
      lines.splice(0, lines.length, ...rows.map((row) => row["QUERY PLAN"]));
    }
    return lines.join("\n");
  } finally {
    await client.query("rollback");
    await client.query("deallocate all");
    client.release(true);
  }
}

/** What a store would send is heard by a pool that only listens; it is not run, so that no key is used up. */
async function firstStatement(work: (pool: QueryablePool) => Promise<unknown>): Promise<Statement> {
  let first: Statement | undefined;
  const query = async ({ text, values = [] }: { text: string; values?: unknown[] }) => {
    first ??= { text, values };
    throw new Error("Only listening.");
  };
  await work({ query, connect: async () => ({ query, release: () => {} }) }).catch(() => {});
  if (first === undefined) throw new Error("The work sent no statement.");
  return first;
}

function literal(value: unknown): string {
  if (value === null || value === undefined) return "null";
  if (value instanceof Date) return pg.escapeLiteral(value.toISOString());
  if (Array.isArray(value)) return pg.escapeLiteral(`{${value.map((item) => item ?? "null").join(",")}}`);
  return pg.escapeLiteral(String(value));
}

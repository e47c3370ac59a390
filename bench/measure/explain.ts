import pg, { type Pool } from "pg";

interface Statement {
  text: string;
  values: unknown[];
}

/** The plan of the statement that `work` sends, as a prepared statement has it once it is no longer planned anew. */
export async function explained(pool: Pool, work: () => Promise<unknown>): Promise<string> {
  const { text, values } = await lastStatement(pool, work);
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

/** What a store would send is seen by standing in for the pool's `query`; it is not run, so that no key is used up. */
async function lastStatement(pool: Pool, work: () => Promise<unknown>): Promise<Statement> {
  const { query } = pool;
  let last: Statement | undefined;
  const listening = async (statement: Statement) => {
    last = statement;
    throw new Error("Only listening.");
  };
  pool.query = listening as unknown as typeof query;
  await work().catch(() => {});
  pool.query = query;
  if (last === undefined) throw new Error("The work sent no statement through the pool.");
  return last;
}

function literal(value: unknown): string {
  if (value === null || value === undefined) return "null";
  if (value instanceof Date) return pg.escapeLiteral(value.toISOString());
  if (Array.isArray(value)) return pg.escapeLiteral(`{${value.map((item) => item ?? "null").join(",")}}`);
  return pg.escapeLiteral(String(value));
}

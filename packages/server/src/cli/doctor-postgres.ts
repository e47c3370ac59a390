import pg from "pg";
import { lineOf } from "./fail.ts";

type Finding = { fine: string } | { fault: string };

/** Whether the database answers, is new enough, has the tables, and agrees on the time. */
export async function postgres(url: string): Promise<[string, Finding][]> {
  const client = new pg.Client({ connectionString: url, connectionTimeoutMillis: 5_000 });
  try {
    await client.connect();
  } catch (error) {
    const message = lineOf(error).replace(/^amused: /, "");
    return [
      [
        "database",
        { fault: `can not be reached: ${message} Look at DATABASE_URL, and whether the server runs.` },
      ],
    ];
  }
  try {
    const { rows } = await client.query<{
      number: string;
      version: string;
      now: Date;
      migrations: string | null;
    }>(
      `select current_setting('server_version_num') as number, current_setting('server_version') as version,
        clock_timestamp() as now, to_regclass('amused.migrations')::text as migrations`,
    );
    const [row] = rows;
    if (row === undefined) return [];
    return [
      ["database", versionFinding(row)],
      ["clock", clockFinding(row.now)],
      ["migrations", await migrationsFinding(client, row.migrations)],
      ["rows", await rowsFinding(client)],
    ];
  } finally {
    await client.end();
  }
}

function versionFinding({ number, version }: { number: string; version: string }): Finding {
  return Number(number) >= 150_000
    ? { fine: `PostgreSQL ${version}` }
    : { fault: `PostgreSQL ${version} is too old: 15 or newer is needed.` };
}

function clockFinding(now: Date): Finding {
  const seconds = Math.abs(Date.now() - now.getTime()) / 1000;
  if (seconds < 5) return { fine: "agrees with the database's" };
  return {
    fault: `differs from the database's by ${seconds.toFixed(0)} s. Let both machines keep time with NTP.`,
  };
}

async function migrationsFinding(client: pg.Client, table: string | null): Promise<Finding> {
  if (table === null) return { fine: "none yet; applied at the first start, or by amused migrate" };
  const { rows } = await client.query<{ name: string }>("select name from amused.migrations order by name");
  return { fine: `${rows.length} applied, the last: ${rows.at(-1)?.name ?? "none"}` };
}

/** Which tables with sellers' rows are not held to the seller of a statement by the database. */
async function rowsFinding(client: pg.Client): Promise<Finding> {
  const { rows } = await client.query<{ name: string; secured: boolean }>(
    `select c.relname as name, c.relrowsecurity and c.relforcerowsecurity as secured
     from pg_class c join pg_attribute a on a.attrelid = c.oid
     where c.relnamespace = to_regnamespace('amused') and c.relkind = 'r' and a.attname = 'seller_id' order by 1`,
  );
  const open = rows.filter(({ secured }) => !secured).map(({ name }) => name);
  if (rows.length === 0) return { fine: "no tables yet" };
  if (open.length === rows.length) return { fine: "row-level security is off, or comes with the next start" };
  if (open.length === 0) return { fine: `row-level security holds for all ${rows.length} tables of sellers` };
  return {
    fault: `row-level security does not hold for ${open.join(", ")}: start the server once, or amused migrate.`,
  };
}

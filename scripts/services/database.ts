import { randomBytes } from "node:crypto";
import pg from "pg";

const prefix = "amused_test_";
const anHour = 60 * 60 * 1000;

export interface Database {
  url: string;
  drop(): Promise<void>;
}

/** A database of its own for one run, and an end to those that killed runs have left. */
export async function createDatabase(serverUrl: string): Promise<Database> {
  // The time is part of the name, so that a leftover tells its age.
  const name = `${prefix}${Date.now().toString(36)}_${randomBytes(4).toString("hex")}`;
  await withClient(serverUrl, async (client) => {
    await client.query(`create database ${name}`);
    await dropLeftovers(client);
  });
  const url = new URL(serverUrl);
  url.pathname = `/${name}`;
  return {
    url: url.href,
    drop: () =>
      withClient(serverUrl, (client) => client.query(`drop database if exists ${name} with (force)`)),
  };
}

async function dropLeftovers(client: pg.Client): Promise<void> {
  const { rows } = await client.query<{ datname: string }>(
    `select datname from pg_database d where starts_with(datname, $1)
     and not exists (select from pg_stat_activity a where a.datname = d.datname)`,
    [prefix],
  );
  for (const { datname } of rows) {
    if (!isLeftover(datname, Date.now())) continue;
    // Another run may have the same thought at the same time, or the database may be another user's.
    await client.query(`drop database if exists "${datname}"`).catch(() => {});
  }
}

export function isLeftover(name: string, now: number): boolean {
  const made = /^amused_test_([0-9a-z]+)_[0-9a-f]{8}$/.exec(name)?.[1];
  return made !== undefined && now - Number.parseInt(made, 36) > anHour;
}

async function withClient(url: string, work: (client: pg.Client) => Promise<unknown>): Promise<void> {
  const client = new pg.Client({ connectionString: url, connectionTimeoutMillis: 5000 });
  await client.connect();
  try {
    await work(client);
  } finally {
    await client.end();
  }
}

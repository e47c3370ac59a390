import { createHash, randomBytes } from "node:crypto";
import { startAmused } from "../amused/command.ts";
import { prepareAmused } from "../amused/database.ts";
import { prepareByHand } from "../by-hand/database.ts";
import { type DatabaseServer, type FreshDatabase, steadyPool } from "../measure/database.ts";
import { startServer } from "../measure/process.ts";
import { shops } from "../shop.ts";
import type { Target } from "./driver.ts";
import { type Tally, tallies } from "./tally.ts";

/** A server with its database, ready to be driven. */
export interface Contestant {
  target: Target;
  title: string;
  pid: number;
  database: FreshDatabase;
  tallies(): Promise<Tally[]>;
  stop(): Promise<void>;
}

type Preparation = (database: FreshDatabase) => Promise<{
  pid: number;
  url: string;
  /** That of each shop. */
  apiKeys: string[];
  stop(): Promise<void>;
}>;

const kinds: { name: string; title: string; schema: string; prepare: Preparation }[] = [
  { name: "express", title: "Express 5 + pg, by hand", schema: "public", prepare: express },
  { name: "bare", title: "node:http + Amused's SQL", schema: "amused", prepare: bare },
  { name: "amused", title: "Amused", schema: "amused", prepare: amused },
];

const here = (script: string) => new URL(script, import.meta.url);

/** Starts all three, each on a database of its own that is filled with the same shops. */
export async function startContestants(server: DatabaseServer): Promise<Contestant[]> {
  const started: Contestant[] = [];
  try {
    for (const { name, title, schema, prepare } of kinds) {
      const database = await server.fresh(name);
      const { pid, url, apiKeys, stop } = await prepare(database).catch(async (error: unknown) => {
        await database.drop();
        throw error;
      });
      const looking = steadyPool(database.url, 1);
      started.push({
        target: { name, url, apiKeys },
        title,
        pid,
        database,
        tallies: () => tallies(looking, schema),
        async stop() {
          await Promise.all([stop(), looking.end()]);
          await database.drop();
        },
      });
    }
    return started;
  } catch (error) {
    await Promise.all(started.map(({ stop }) => stop()));
    throw error;
  }
}

async function express({ url: databaseUrl }: FreshDatabase) {
  const apiKeys = shops.map(() => randomBytes(32).toString("base64url"));
  const pool = steadyPool(databaseUrl, 1);
  await prepareByHand(pool);
  await pool.query(
    `insert into api_keys (seller_id, hash, scopes)
     select seller_id, hash, '{read,write}' from unnest($1::text[], $2::text[]) as keys (seller_id, hash)`,
    [shops, apiKeys.map((apiKey) => createHash("sha256").update(apiKey).digest("hex"))],
  );
  await pool.end();
  return { ...(await startServer(here("../by-hand/server.ts"), [], { DATABASE_URL: databaseUrl })), apiKeys };
}

async function bare({ url: databaseUrl }: FreshDatabase) {
  const pool = steadyPool(databaseUrl, 1);
  await prepareAmused(pool);
  await pool.end();
  return {
    ...(await startServer(here("../bare/server.ts"), [], { DATABASE_URL: databaseUrl })),
    apiKeys: shops,
  };
}

/** The command that everyone starts, with all that it does for a request switched on; only the rate is not limited. */
async function amused({ url: databaseUrl }: FreshDatabase) {
  const pool = steadyPool(databaseUrl, 1);
  await prepareAmused(pool);
  await pool.end();
  const server = await startAmused(databaseUrl, { RATE_LIMIT: "off" });
  return { ...server, apiKeys: await Promise.all(shops.map(server.keyFor)) };
}

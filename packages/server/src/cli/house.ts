import { mkdir, readdir, stat } from "node:fs/promises";
import { dirname, join, resolve } from "node:path";
import {
  type Amused,
  type Broadcaster,
  createAmused,
  isAmusedError,
  type Models,
  type Store,
} from "@amused/core";
import { diskFiles } from "@amused/providers/files";
import type { ClientBase } from "pg";
import { Refusal } from "./fail.ts";
import type { Settings } from "./settings.ts";

/** Opens the store that the settings name, and what wakes others on it. The heavy drivers are loaded only when they are the ones. */
export async function openAdapters(settings: Settings): Promise<{ store: Store; broadcaster?: Broadcaster }> {
  await makeFolder(settings.AMUSED_DATA);
  const { DATABASE_URL, AMUSED_ROW_SECURITY: rowSecurity } = settings;
  if (DATABASE_URL === undefined) {
    const { pgliteStore } = await import("@amused/postgres/pglite");
    return { store: await pgliteStore(settings.AMUSED_DATA) };
  }
  const [{ default: pg }, { postgresBroadcaster, postgresStore }] = await Promise.all([
    import("pg"),
    import("@amused/postgres"),
  ]);
  const { AMUSED_STATEMENT_TIMEOUT: statement, AMUSED_BATCH_TIMEOUT: batch } = settings;
  const pool = new pg.Pool({
    connectionString: DATABASE_URL,
    max: settings.AMUSED_DATABASE_CONNECTIONS,
    connectionTimeoutMillis: settings.AMUSED_CONNECT_TIMEOUT,
    // The database ends a slow statement itself, which then has changed nothing; this is for one that has gone silent.
    query_timeout: statement + 1_000,
    keepAlive: true,
    application_name: "amused",
    onConnect: (client) => limit(client, statement),
  });
  // A connection that breaks while nobody uses it is no reason to die: the pool makes another.
  pool.on("error", () => {});
  const store = postgresStore({ pool, rowSecurity, timeouts: { turn: statement, batch } });
  const close = async () => {
    await store.close();
    if (!pool.ended) await pool.end();
  };
  return { store: { ...store, close }, broadcaster: postgresBroadcaster({ pool }) };
}

/** Not as parameters of the connection: a pooler in between refuses those that it does not know. */
async function limit(client: ClientBase, ms: number): Promise<void> {
  const names = ["statement_timeout", "lock_timeout", "idle_in_transaction_session_timeout"];
  await client.query(names.map((name) => `set ${name} = ${ms}`).join("; "));
}

/** The whole system as the settings describe it, brought to the current layout. */
export async function openAmused(
  settings: Settings,
  onError: (error: unknown) => void = () => {},
  models: Models | null = null,
): Promise<Amused> {
  const { store, broadcaster } = await openAdapters(settings);
  try {
    const files = diskFiles(join(settings.AMUSED_DATA, "files"));
    const adapters = { store, files, ...(broadcaster && { broadcaster }), ...(models && { models }) };
    const retention = {
      days: settings.AMUSED_RETENTION_DAYS,
      events: settings.AMUSED_RETENTION_EVENTS,
      every: settings.AMUSED_PRUNE_EVERY,
    };
    const { AMUSED_CURRENCY: currency, AMUSED_THREADS: threads } = settings;
    return await createAmused({ ...adapters, currency, threads, retention, onError });
  } catch (error) {
    await store.close().catch(() => {});
    if (settings.DATABASE_URL === undefined) throw error;
    if (isAmusedError(error, "unavailable")) throw unreachable(error);
    // No such database, or not for this user: PostgreSQL says what, not which setting said so.
    if (error instanceof Error && "code" in error && /^(3D|28)/.test(String(error.code)))
      throw new Refusal(`The database of DATABASE_URL can not be used: ${error.message}`);
    throw error;
  }
}

function unreachable(error: Error): Refusal {
  const { cause } = error;
  const why = cause instanceof Error ? `: ${cause.message || (cause as NodeJS.ErrnoException).code}` : "";
  return new Refusal(`The database of DATABASE_URL can not be reached${why}`);
}

async function makeFolder(path: string): Promise<void> {
  try {
    await make(resolve(path), true);
  } catch (error) {
    throw new Refusal(`The data folder ${path} can not be made: ${(error as Error).message}`);
  }
}

/** `mkdir -p`. Node's own `recursive` never returns where a folder can not be made in one that is there (/proc). */
async function make(path: string, parents: boolean): Promise<void> {
  try {
    await mkdir(path);
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    if (code === "EEXIST" && (await stat(path)).isDirectory()) return;
    if (code !== "ENOENT" || !parents || dirname(path) === path) throw error;
    await make(dirname(path), true);
    await make(path, false);
  }
}

/** Does something with an open system, and closes it. */
export async function withAmused<T>(settings: Settings, work: (amused: Amused) => Promise<T>): Promise<T> {
  const amused = await openAmused(settings);
  try {
    return await work(amused);
  } finally {
    await amused.close();
  }
}

/** The same for what only looks at data or mends it: where there is none, it is refused, and none is made. */
export async function withData<T>(settings: Settings, work: (amused: Amused) => Promise<T>): Promise<T> {
  if (settings.DATABASE_URL === undefined) {
    const files = await readdir(join(settings.AMUSED_DATA, "pg")).catch(() => []);
    if (files.length === 0)
      throw new Refusal(
        `The folder ${resolve(settings.AMUSED_DATA)} holds no data; name another with --data or AMUSED_DATA.`,
      );
  }
  return withAmused(settings, work);
}

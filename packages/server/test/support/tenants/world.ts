import { AsyncLocalStorage } from "node:async_hooks";
import { type Amused, createAmused, memoryStore, type Store } from "@amused/core";
import { postgresStore } from "@amused/postgres";
import { createApp } from "@amused/server";
import { fakeClock } from "@amused/testkit";
import pg from "pg";
import { createDatabase } from "../../../../../scripts/services/database.ts";
import { adminKey } from "../app.ts";
import { blocksOf, next } from "../stream.ts";

/** What was answered, and what the store was asked for it: time that a seller could measure is spent there. */
export interface Answer {
  status: number;
  headers: Record<string, string>;
  text: string;
  statements: string[];
}

export interface Ask {
  method: string;
  path: string;
  headers?: Record<string, string>;
  body?: BodyInit;
}

/** An app whose store tells what it is asked. */
export interface World {
  amused: Amused;
  store: Store;
  now: () => Date;
  advance(ms: number): void;
  /** Lines that it wrote into its log. */
  said: string[];
  ask(ask: Ask, credential?: string): Promise<Answer>;
  /** The same, read by the caller. */
  open(ask: Ask, credential?: string): Promise<Response>;
  close(): Promise<void>;
}

/** Exports as lines of JSON, in which ids can be told from all else. */
const accept = "application/x-ndjson, */*;q=0.5";

/** What is asked of a store goes to whoever asked, so that work in the background is not taken for theirs. */
const asked = new AsyncLocalStorage<string[]>();

export interface Opened {
  store: Store;
  close(): Promise<void>;
}

export async function worldOn(opened: (now: () => Date) => Promise<Opened>): Promise<World> {
  const clock = fakeClock("2026-06-15T12:00:00.000Z");
  const { store, close } = await opened(clock.now);
  const said: string[] = [];
  const amused = await createAmused({ store, now: clock.now, threads: 0 });
  const write = (fields: object, message: string) => void said.push(`${message} ${JSON.stringify(fields)}`);
  const logger = { debug: write, info: write, warn: write, error: write };
  const app = createApp(amused, { adminKey, logger });
  const open: World["open"] = async ({ method, path, headers = {}, body }, credential) =>
    app.request(path, {
      method,
      headers: {
        accept,
        ...headers,
        ...(credential !== undefined && { authorization: `Bearer ${credential}` }),
      },
      ...(body !== undefined && { body, duplex: "half" }),
    });
  return {
    ...{ amused, store, said, open, now: clock.now, advance: clock.advance },
    async ask(ask, credential) {
      const statements: string[] = [];
      return asked.run(statements, async () => {
        const response = await open(ask, credential);
        const text = await textOf(response);
        const { "x-request-id": _, ...headers } = Object.fromEntries(response.headers);
        // Some are asked at once, on several connections.
        return { status: response.status, headers, text, statements: [...statements].sort() };
      });
    },
    async close() {
      await amused.close();
      await close();
    },
  };
}

/** The body; of a stream its first event. */
async function textOf(response: Response): Promise<string> {
  if (!response.headers.get("content-type")?.startsWith("text/event-stream")) return response.text();
  if (response.body === null) return "";
  const blocks = blocksOf(response);
  const first = await next(blocks);
  await blocks.return(undefined);
  return JSON.stringify(first);
}

/** In memory; what is asked are the methods of the port. */
export async function inMemory(now: () => Date): Promise<Opened> {
  return { store: telling(memoryStore({ now })), close: async () => {} };
}

/** The same object, whose methods say that they were called, down to those of the units of work it hands out. */
function telling<T extends object>(target: T, path = ""): T {
  return new Proxy(target, {
    get(_, name) {
      const value: unknown = Reflect.get(target, name);
      if (typeof value === "object" && value !== null) return telling(value, `${path}${String(name)}.`);
      if (typeof value !== "function") return value;
      return (...given: unknown[]) => {
        asked.getStore()?.push(path + String(name));
        const [work] = given;
        if (name === "transaction" && typeof work === "function")
          return value.call(target, (within: object) => work(telling(within)));
        return value.apply(target, given);
      };
    },
  });
}

/** On PostgreSQL with row-level security, in a database of its own; what is asked are the statements. */
export async function onPostgres(url: string): Promise<Opened> {
  const database = await createDatabase(url);
  const pool = new pg.Pool({ connectionString: database.url, max: 4 });
  pool.on("connect", (client) => {
    const query = client.query.bind(client) as (...call: unknown[]) => unknown;
    client.query = ((statement: { text?: string } | string, ...rest: unknown[]) => {
      const text = typeof statement === "string" ? statement : (statement.text ?? "");
      // For whom a connection was used last is said by none of what is asked.
      if (!text.startsWith("select set_config("))
        asked.getStore()?.push(text.replace(/(savepoint \w+_)\d+/, "$1n"));
      return query(statement, ...rest);
    }) as typeof client.query;
  });
  const close = async () => {
    await pool.end();
    await database.drop();
  };
  return { store: postgresStore({ pool, rowSecurity: true }), close };
}

import type { Broadcaster } from "@amused/core";
import { listenTo } from "./database.ts";
import type { Connection, QueryablePool } from "./queryable.ts";

export interface PostgresBroadcasterOptions {
  /** The pool of the store: one of its connections is kept for this. Not one of a pooler that hands out transactions. */
  pool: QueryablePool;
  /** The schema that holds our tables; `amused` when not said. */
  schema?: string;
}

/** Hints of this long are told as one, so that a burst of writes costs few notifications. */
const gatherMs = 5;
/** PostgreSQL takes less than 8,000 bytes at a time. */
const mostBytes = 7_900;
/** Sellers beyond are found by a look at the heads. */
const mostSellers = 5_000;
const reconnectMs = 1_000;

/**
 * Tells other processes by `LISTEN` and `NOTIFY`, gathered, on a connection of its own: within a writing transaction a
 * notification would cost more than half of the writes. While the connection is away nothing is told.
 *
 * @example
 * const amused = await createAmused({ store: postgresStore({ pool }), broadcaster: postgresBroadcaster({ pool }) });
 */
export function postgresBroadcaster({ pool, schema = "amused" }: PostgresBroadcasterOptions): Broadcaster {
  const channel = `${schema}_logs`;
  // Names the sender in what it tells, so that it does not wake itself.
  const self = crypto.randomUUID();
  const gathered = new Set<string>();
  let heard: (sellerId: string) => void = () => {};
  let connection: Connection | null = null;
  let connecting: Promise<void> | null = null;
  let timer: ReturnType<typeof setTimeout> | null = null;
  let telling: Promise<void> | null = null;
  let closed = false;

  function connect(): void {
    // A reconnection may come due after the end, or after another one.
    if (closed || connection !== null) return;
    connecting ??= open()
      .catch(() => lose(connection))
      .finally(() => {
        connecting = null;
      });
  }

  async function open(): Promise<void> {
    const client = await pool.connect();
    if (closed) return client.release(true);
    connection = client;
    listenTo(client);
    client.on?.("error", () => lose(client));
    client.on?.("end", () => lose(client));
    client.on?.("notification", ({ payload = "" }) => {
      const [sender, ...sellerIds] = payload.split("\n");
      if (sender !== self && !closed) for (const sellerId of sellerIds) heard(sellerId);
    });
    await client.query({ text: `listen ${channel}` });
  }

  function lose(lost: Connection | null): void {
    if (lost !== connection) return;
    connection = null;
    lost?.release(true);
    if (closed) return;
    later(connect, reconnectMs);
  }

  function later(work: () => void, ms: number): void {
    const timeout = setTimeout(work, ms);
    // A broadcaster alone does not keep a process alive.
    timeout.unref?.();
  }

  /** Tells what was gathered, as few notifications as it takes; what comes meanwhile is told after it. */
  async function tell(): Promise<void> {
    while (gathered.size > 0 && connection !== null && !closed) {
      const payload = nextPayload();
      const client = connection;
      await client
        .query({ text: "select pg_notify($1, $2)", values: [channel, payload] })
        .catch(() => lose(client));
    }
    gathered.clear();
  }

  function nextPayload(): string {
    let payload = self;
    let size = self.length;
    for (const sellerId of gathered) {
      size += Buffer.byteLength(sellerId) + 1;
      if (size > mostBytes) break;
      payload += `\n${sellerId}`;
      gathered.delete(sellerId);
    }
    return payload;
  }

  function flush(): void {
    timer = null;
    telling ??= tell().finally(() => {
      telling = null;
    });
  }

  return {
    publish(sellerId) {
      if (connection === null || closed || gathered.size >= mostSellers) return;
      gathered.add(sellerId);
      timer ??= setTimeout(flush, gatherMs);
    },
    listen(listener) {
      heard = listener;
      connect();
    },
    async close() {
      closed = true;
      if (timer !== null) clearTimeout(timer);
      const client = connection;
      connection = null;
      // Nobody else should get it, as it has listeners of ours; and a database that has gone silent must not hold up the end.
      client?.release(true);
      await connecting;
      await telling;
    },
  };
}

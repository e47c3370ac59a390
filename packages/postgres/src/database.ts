import { busy, isLost, isTransient, translated, unconnected } from "./errors.ts";
import type { Queryable, QueryablePool } from "./queryable.ts";
import type { RowSecurity } from "./row-security.ts";
import { sellerTurns } from "./turns.ts";

export type Row = Record<string, unknown>;

/**
 * Where statements are run: each for itself, several in one transaction, or within a transaction of the host's. `whose` is
 * the seller whose rows a statement may touch, or `everySeller`; with row-level security the database holds it to that.
 */
export interface Database {
  run(whose: string, text: string, values?: unknown[]): Promise<Row[]>;
  /**
   * The same for batches, planned anew each time by the tables' sizes of that moment. A plan that was made and kept while a
   * table was small looks each row of a batch up by reading all of the table: that took hundreds of times as long.
   */
  runAnew(whose: string, text: string, values?: unknown[]): Promise<Row[]>;
  /**
   * Runs what belongs together; a deadlock or serialisation failure runs it again, three times at most. What fails in it
   * fails alone: the work may catch it and go on.
   */
  transaction<T>(whose: string, work: (database: Database) => Promise<T>): Promise<T>;
  /** Runs a command of a seller when it is its turn; within a transaction it is at once. */
  inTurn<T>(sellerId: string, command: () => Promise<T>): Promise<T>;
}

// A statement is prepared once for each connection under a name of its own; texts are few, being made at the start.
const names = new Map<string, string>();
function nameOf(text: string): string {
  const name = names.get(text) ?? `amused_${names.size + 1}`;
  names.set(text, name);
  return name;
}

async function query(queryable: Queryable, text: string, values: unknown[]): Promise<Row[]> {
  return (await queryable.query({ name: nameOf(text), text, values })).rows;
}

async function queryAnew(
  queryable: Queryable,
  text: string,
  values: unknown[],
  timeout?: number,
): Promise<Row[]> {
  const limit = timeout === undefined ? {} : { query_timeout: timeout };
  return (await queryable.query({ text, values, ...limit })).rows;
}

/** Tries again what lost a race with another transaction, after a moment that differs for each. */
async function retried<T>(work: () => Promise<T>): Promise<T> {
  for (let attempt = 1; ; attempt++) {
    try {
      return await work();
    } catch (error) {
      if (!isTransient(error)) throw translated(error);
      if (attempt > 3) throw busy(error);
      await new Promise((done) => setTimeout(done, Math.random() * 20 * attempt));
    }
  }
}

const heard = new WeakSet<Queryable>();

/** Listens for the end of a connection that is out of its pool: unheard, that event would end the process. */
export function listenTo(client: Queryable): void {
  if (heard.has(client)) return;
  heard.add(client);
  // Whoever uses the connection meets the same error there.
  client.on?.("error", () => {});
}

/** How long is waited, in milliseconds; where nothing is said, for as long as it takes. */
export interface Timeouts {
  /** For the turn among the writes of one seller. */
  turn?: number | undefined;
  /** For a batch of background work, which may take longer than the pool's `statement_timeout` lets others. */
  batch?: number | undefined;
}

/** How much longer than the database itself the driver waits for an answer: only a silent one is given up on. */
export const silenceMs = 1_000;

/** Each statement on whichever connection is free. */
export function pooled(pool: QueryablePool, security: RowSecurity, { turn, batch }: Timeouts = {}): Database {
  /** Hands the work a connection; one that turns out to be lost does not go back. `pool.query` would throw away any that saw an error. */
  async function connected<T>(whose: string, work: (client: Queryable) => Promise<T>): Promise<T> {
    const client = await pool.connect().catch((error) => {
      throw unconnected(error);
    });
    listenTo(client);
    let lost = false;
    try {
      await security.enter(client, whose);
      return await work(client);
    } catch (error) {
      lost = isLost(error);
      throw error;
    } finally {
      client.release(lost);
    }
  }

  return {
    run: (whose, text, values = []) =>
      retried(() => connected(whose, (client) => query(client, text, values))),
    runAnew: (whose, text, values = []) =>
      retried(() =>
        connected(whose, (client) =>
          batch === undefined
            ? queryAnew(client, text, values)
            : committed(client, `begin; set local statement_timeout = ${Math.ceil(batch)}`, () =>
                queryAnew(client, text, values, batch + silenceMs),
              ),
        ),
      ),
    transaction: (whose, work) =>
      retried(() =>
        connected(whose, (client) =>
          committed(client, "begin", () => work(joined(client, security))).catch((error) => {
            security.forget(client);
            throw error;
          }),
        ),
      ),
    inTurn: sellerTurns(turn),
  };
}

/** How it is said on a connection for whom the next statement is, and that what was said was rolled back. */
interface Saying {
  enter(client: Queryable, whose: string): Promise<void>;
  forget(client: Queryable): void;
}

/** Work in a transaction of its own. */
async function committed<T>(client: Queryable, begin: string, work: () => Promise<T>): Promise<T> {
  await client.query({ text: begin });
  try {
    const result = await work();
    await client.query({ text: "commit" });
    return result;
  } catch (error) {
    // A lost connection has nothing to roll back, and to ask for it would only be waiting once more.
    if (!isLost(error)) await client.query({ text: "rollback" });
    throw error;
  }
}

/** Statements of one unit of work, which fail together. */
function within(client: Queryable, saying: Saying): Database {
  const database: Database = {
    async run(whose, text, values = []) {
      await saying.enter(client, whose);
      return query(client, text, values);
    },
    async runAnew(whose, text, values = []) {
      await saying.enter(client, whose);
      return queryAnew(client, text, values);
    },
    transaction: (_, work) => work(database),
    inTurn: (_, command) => command(),
  };
  return database;
}

let savepoints = 0;
const turns = new WeakMap<Queryable, Promise<unknown>>();

/** Everything within an open transaction, ours or the host's: a statement that fails leaves it as it was before that statement. */
export function joined(client: Queryable, saying: Saying): Database {
  const statements = within(client, saying);
  /** In turn: savepoints nest, so those of two callers at once would take each other away. */
  function guarded<T>(work: () => Promise<T>): Promise<T> {
    const turn = (turns.get(client) ?? Promise.resolve()).then(() => saved(work));
    turns.set(
      client,
      turn.catch(() => {}),
    );
    return turn;
  }
  async function saved<T>(work: () => Promise<T>): Promise<T> {
    const savepoint = `amused_${++savepoints}`;
    await client.query({ text: `savepoint ${savepoint}` }).catch((lost) => {
      throw translated(lost);
    });
    try {
      const result = await work();
      await client.query({ text: `release savepoint ${savepoint}` });
      return result;
    } catch (error) {
      saying.forget(client);
      if (isLost(error)) throw translated(error);
      await client.query({ text: `rollback to savepoint ${savepoint}` }).catch((lost) => {
        throw translated(lost);
      });
      throw translated(error);
    }
  }
  return {
    run: (whose, text, values) => guarded(() => statements.run(whose, text, values)),
    runAnew: (whose, text, values) => guarded(() => statements.runAnew(whose, text, values)),
    transaction: (_, work) => guarded(() => work(statements)),
    inTurn: (_, command) => command(),
  };
}

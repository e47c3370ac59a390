import type { Command, Written } from "@amused/core";
import { type Encoded, encodedText } from "@amused/core";
import { AmusedError, keyUsed } from "@amused/core/errors";
import type { Database, Row } from "../database.ts";
import { databaseError } from "../errors.ts";
import { isOpen } from "./open.ts";

/**
 * A command as one statement. Its effect is a chain of common table expressions that ends in
 * `facts (ord, product_id, type, payload)`, the events in their order from 1. Behind it comes what is the same for every
 * command: the seller's counter, taken last of all locks, the events, and the idempotency key with the answer.
 *
 * Parameters: $1 seller, $2 actor, $3 time, $4 epoch; the effect's own from $5 on; behind them the request's id and the
 * idempotency key.
 */
export interface Effect {
  /** How many parameters of its own the effect has. */
  parameters: number;
  sql: string;
  /** A query for the answer, `(body text, revision text)`, the body being JSON: one row, or none where the command is refused. */
  outcome: string;
  /** Expressions that write and return a row for each: done before the counter is taken, so that it is held for less. */
  first?: string[];
  /** A JSON expression that says why there is no outcome; evaluated only then. */
  refusal?: string;
}

export interface Outcome<T> {
  written: Written<T> | null;
  /** Why there is none. */
  refusal: unknown;
}

export type RunCommand = <T>(database: Database, command: Command, values: unknown[]) => Promise<Outcome<T>>;

/** Prepares a command's two texts, with and without an idempotency key, and says how to run them. */
export function commandStatement(
  schema: string,
  { parameters, sql, outcome, first = [], refusal = "null::json" }: Effect,
): RunCommand {
  const [request, key, hash] = [5, 6, 7].map((n) => `$${parameters + n}`);
  const tail = `
    stream as (
      insert into ${schema}.event_streams as s (seller_id, epoch, seq)
      select $1::text, $4::text, count(*) from facts${first.map((write) => `, (select count(*) from ${write}) as ${write}_done`).join("")} having count(*) > 0
      on conflict (seller_id) do update set seq = s.seq + excluded.seq
      returning s.epoch, s.seq),
    logged as (
      insert into ${schema}.events (seller_id, seq, type, product_id, payload, actor, request_id, created_at)
      select $1::text, stream.seq - (select count(*) from facts) + facts.ord, facts.type, facts.product_id, facts.payload::json, $2::text, ${request}::text, $3::timestamptz
      from facts, stream),
    outcome as (${outcome})`;
  const answer = `
    select outcome.body, outcome.revision, stream.epoch, stream.seq, case when outcome.body is null then ${refusal} end as refusal
    from (select) as one left join outcome on true left join stream on true`;
  const plain = `with ${sql}, ${tail} ${answer}`;
  // A key that was used makes the whole statement fail: so a first request, which most are, need not look for it.
  const keyed = `with ${sql}, ${tail},
    kept as (
      insert into ${schema}.idempotency_keys (seller_id, key, hash, body, revision, epoch, seq, created_at)
      select $1::text, ${key}::text, ${hash}::text, outcome.body, outcome.revision, stream.epoch, stream.seq, $3::timestamptz
      from outcome left join stream on true where stream.seq is not null or ${isOpen(schema)})
    ${answer}`;

  return <T>(database: Database, command: Command, values: unknown[]): Promise<Outcome<T>> =>
    database.inTurn(command.sellerId, () => run(database, command, values));

  async function run<T>(database: Database, command: Command, values: unknown[]): Promise<Outcome<T>> {
    const { sellerId, actor, requestId = null, at, epoch, idempotency } = command;
    const common = [sellerId, actor, at, epoch, ...values, requestId];
    if (idempotency === null) return outcomeOf(only(await database.run(sellerId, plain, common)));
    try {
      const row = only(await database.run(sellerId, keyed, [...common, idempotency.key, idempotency.hash]));
      // Refused, perhaps only because the first request with this key has had its effect.
      const kept = row.body === null ? await findKept<T>(database, schema, command) : null;
      return kept === null ? outcomeOf(row) : { written: kept, refusal: null };
    } catch (error) {
      // A key or a SKU that was taken before: the key says whether that was by this very command.
      const kept =
        databaseError(error).code === "23505" ? await findKept<T>(database, schema, command) : null;
      if (kept === null) throw error;
      return { written: kept, refusal: null };
    }
  }
}

function only(rows: Row[]): Row {
  return rows[0] as Row;
}

function outcomeOf<T>(row: Row): Outcome<T> {
  if (row.body === null) return { written: null, refusal: row.refusal };
  return { written: writtenOf<T>(row, false), refusal: null };
}

function writtenOf<T>(row: Row, replayed: boolean): Written<T> {
  const body: Encoded<T> = encodedText(row.body as string);
  const position = row.seq === null ? null : { epoch: row.epoch as string, seq: Number(row.seq) };
  return { body, position, revision: row.revision as string | null, replayed };
}

/** The answer kept under a command's key; a key of another request, or one in use by a long one, is refused. */
export function replay<T>(row: Row, { idempotency }: Command): Written<T> {
  if (row.hash !== idempotency?.hash) throw keyUsed();
  if (row.body === null)
    throw new AmusedError(
      "idempotency_in_flight",
      "The first request with this idempotency key has not finished.",
      { retryAfter: 1 },
    );
  return writtenOf<T>(row, true);
}

export async function findKept<T>(
  database: Database,
  schema: string,
  command: Command,
): Promise<Written<T> | null> {
  const [row] = await database.run(
    command.sellerId,
    `select hash, body, revision, epoch, seq from ${schema}.idempotency_keys where seller_id = $1 and key = $2`,
    [command.sellerId, command.idempotency?.key],
  );
  return row === undefined ? null : replay<T>(row, command);
}

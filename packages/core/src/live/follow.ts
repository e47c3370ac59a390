import type { StreamReset } from "../domain/event.ts";
import type { Page } from "../domain/page.ts";
import type { AmusedErrorOf } from "../errors.ts";
import { sleep } from "./sleep.ts";

/** What is known of a list: its first items in order; all of them, where it is `whole`. */
export interface Known<T> {
  readonly items: readonly T[];
  readonly whole: boolean;
}

/** Where a list comes from, on whatever transport, and what its events make of it. */
export interface LiveSource<T, Event> {
  /** The first page, with the cursor of the moment at which it was read. */
  read(signal: AbortSignal): PromiseLike<Page<T>>;
  /** All events of the seller after a cursor that can matter to the list. */
  subscribe(from: string, signal: AbortSignal): AsyncIterable<Event | StreamReset>;
  /** What is known after an event, the same object where it changes nothing; `undefined`: read the page again. */
  step(known: Known<T>, event: Event): Known<T> | undefined;
}

/** Who is told how it goes. */
export interface Watch<T> {
  items(items: readonly T[]): void;
  /** It was tried in vain, and will be again. */
  failure(error: unknown): void;
}

/** A page is read at most once in so long, however much happens. */
const pauseMs = 250;
/** One that was answered from before what is known is asked for again after so long. */
const behindMs = 1_000;
/** So often; then the list is behind for all to see, and begun anew. */
const maxBehind = 10;
/** Waits after failures grow up to this. */
const maxDelayMs = 30_000;
/** Answers after which asking the same again can do no better. */
const final = [400, 401, 403, 404];

/**
 * Follows a list until the signal aborts or its stream ends; throws what can not be waited out.
 *
 * The page is a snapshot with its cursor, and the stream goes on from there. While a page is read again, the stream is
 * not: its events wait where they are kept anyway, and those which the new page knows already are left out afterwards.
 */
export async function follow<T, Event extends { id: string; type: string }>(
  { read, subscribe, step }: LiveSource<T, Event>,
  watch: Watch<T>,
  signal: AbortSignal,
): Promise<void> {
  let known: Known<T> = { items: [], whole: true };
  /** The position at which `known` is true, or the least at which the next page has to be. */
  let position: string | undefined;
  let failures = 0;
  let behind = 0;
  let pause = Promise.resolve();

  async function load(): Promise<void> {
    await pause;
    if (signal.aborted) return;
    pause = sleep(pauseMs, signal);
    const { items, nextCursor, asOf } = await read(signal);
    if (signal.aborted) return;
    if (position !== undefined && Number(distance(position, asOf)) < 0) {
      if (++behind > maxBehind) throw new Error("The list is answered from before the events already seen.");
      pause = sleep(behindMs, signal);
      return load();
    }
    behind = 0;
    const same = JSON.stringify(items) === JSON.stringify(known.items);
    known = { items: same ? known.items : items, whole: nextCursor === null };
    position = asOf;
    watch.items(known.items);
  }

  while (!signal.aborted) {
    try {
      await load();
      for await (const event of position === undefined ? [] : subscribe(position, signal)) {
        if (signal.aborted) return;
        if (isReset(event)) {
          position = event.payload.cursor;
          await load();
          continue;
        }
        failures = 0;
        const way: number | undefined = position === undefined ? undefined : distance(position, event.id);
        if (way !== undefined && way <= 0) continue;
        position = event.id;
        // Another history than the page's: a stream is told of that by a reset, sooner or later.
        const next = way === undefined ? undefined : step(known, event);
        if (next === undefined) await load();
        else if (next !== known) {
          known = next;
          watch.items(known.items);
        }
      }
      return;
    } catch (error) {
      if (signal.aborted) return;
      const { status, retryAfter = 0 } = readError(error);
      if (behind <= maxBehind && (status === undefined || final.includes(status))) throw error;
      behind = 0;
      watch.failure(error);
      // Begun anew, from whatever there is: a database that was restored may not have come as far.
      position = undefined;
      await sleep(retryAfter * 1000 + Math.random() * Math.min(maxDelayMs, 500 * 2 ** failures++), signal);
    }
  }
}

/**
 * What is read of an error of ours; of another there is nothing. Not by `isAmusedError`: bundlers would make a file of
 * what this module, which is loaded later, had in common with the one that pages load at once.
 */
function readError(error: unknown): Partial<AmusedErrorOf<"unavailable">> {
  const { name } = error as Partial<Error>;
  return name === "AmusedError" ? (error as AmusedErrorOf<"unavailable">) : {};
}

function isReset(event: { type: string }): event is StreamReset {
  return event.type === "stream.reset";
}

/** How many events lie from one cursor to another; `undefined` where they are of different histories. */
function distance(from: string, to: string): number | undefined {
  const [epoch, seq] = from.split(".");
  const [otherEpoch, otherSeq] = to.split(".");
  return epoch === otherEpoch ? Number(otherSeq) - Number(seq) : undefined;
}

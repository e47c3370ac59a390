import { z } from "zod";
import { dayMs } from "../domain/time.ts";
import type { EventRepository } from "../ports/repositories.ts";
import { pause } from "./pause.ts";

/** How many events one statement lets go of. */
const batchSize = 5_000;
/** The pause between two batches, in which others get to the store. */
const pauseMs = 10;

/** How long the log is held. */
export interface Retention {
  /** Events older than so many days are let go; 30 when not said. */
  days?: number;
  /** Of each seller so many of the newest events are held at most; 1,000,000 when not said. */
  events?: number;
  /** How often this is seen to, in milliseconds; hourly when not said. */
  every?: number;
}

const wholeFrom1 = z.int("must be a whole number").min(1, "must be 1 or more");

export const retentionSchema = z.strictObject({
  days: wholeFrom1.max(36_500, "must be at most 36500").default(30),
  events: wholeFrom1.default(1_000_000),
  // A longer wait is more than a timer holds.
  every: z
    .number()
    .min(1_000, "must be at least a second")
    .max(24 * dayMs, "must be at most 24 days")
    .default(3_600_000),
});

export interface RetentionDeps {
  events: Pick<EventRepository, "prune">;
  now: () => Date;
  onError: (error: unknown) => void;
}

/** Lets go of old events every so often, a batch at a time; stopping waits for the batch in flight only. */
export function retention(
  { events, now, onError }: RetentionDeps,
  { days, events: keep, every }: z.output<typeof retentionSchema>,
): { start(): void; stop(): Promise<void> } {
  let stopped: AbortController | null = null;
  let working: Promise<void> = Promise.resolve();

  async function prune(signal: AbortSignal): Promise<void> {
    const before = new Date(now().getTime() - days * dayMs);
    let from: string | null = "";
    while (from !== null && !signal.aborted) {
      from = (await events.prune({ before, keep, limit: batchSize, from })).next;
      if (from !== null) await pause(pauseMs, signal);
    }
  }

  async function work(signal: AbortSignal): Promise<void> {
    while (!signal.aborted) {
      await prune(signal).catch(onError);
      await pause(every, signal);
    }
  }

  return {
    start() {
      if (stopped !== null) return;
      stopped = new AbortController();
      working = work(stopped.signal);
    },
    async stop() {
      stopped?.abort();
      stopped = null;
      await working;
    },
  };
}

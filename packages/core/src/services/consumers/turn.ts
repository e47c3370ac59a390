import { formatCursor, type StreamPosition } from "../../domain/cursor.ts";
import { matches } from "../../domain/event.ts";
import type { Claim, ConsumerRepository, DeadLetterDraft, Lease } from "../../ports/consumers.ts";
import type { EventRepository, StoredEvent } from "../../ports/repositories.ts";
import { lost } from "../stream/lost.ts";
import { backoff, type ConsumeSettings, errorText, type Timing } from "./settings.ts";

/** Handles one event; fails by throwing. */
export type Handle = (
  event: unknown,
  context: { sellerId: string; attempt: number; signal: AbortSignal },
) => unknown;

export interface TurnDeps {
  consumers: Pick<ConsumerRepository, "advance" | "postpone" | "redriven" | "settle">;
  events: Pick<EventRepository, "read">;
  now: () => Date;
  random: () => number;
  onError: (error: unknown) => void;
  timing: Timing;
}

/** What one consumer does, whoever the seller. */
export interface Task {
  types: readonly string[] | null;
  handle: Handle;
  settings: ConsumeSettings;
}

/** How a turn ended: with more to do, with nothing, or with an event to be tried again after so long. */
export type TurnEnd = "more" | "done" | { retryMs: number };

/** The lease turned out to be somebody else's. */
class LeaseLost extends Error {}

/**
 * One turn with a seller that was claimed: redriven dead letters first, then events from the checkpoint on. `signal`
 * aborts when the lease can not be relied on any more; `stopping` asks for an end after the event in flight.
 */
export async function takeTurn(
  { consumers, events, now, random, onError, timing }: TurnDeps,
  { types, handle, settings }: Task,
  lease: Lease,
  claim: Claim,
  { signal, stopping }: { signal: AbortSignal; stopping: () => boolean },
): Promise<TurnEnd> {
  const { sellerId, consumer } = lease;
  let { position, attempts } = claim;
  let lastError = claim.error;
  let written = position;
  let writtenAt = now().getTime();
  // The last holder died or hung in one of the events to come. Each is checked off by itself, so that it is found out which.
  const careful = attempts > 0;

  async function write(letter: DeadLetterDraft | null, release = false, to = position): Promise<void> {
    const step = { position: to, at: now(), letter, release };
    if (signal.aborted || !(await consumers.advance(lease, step))) throw new LeaseLost();
    written = to;
    writtenAt = now().getTime();
  }

  function move(to: StreamPosition): void {
    position = to;
    attempts = 0;
    lastError = null;
  }

  /** Calls the handler; its failure, or `null`. What fails because the lease went is no failure of the event. */
  async function failureOf(event: unknown, attempt: number): Promise<{ error: unknown } | null> {
    let failed: { error: unknown } | null = null;
    try {
      await handle(event, { sellerId, attempt, signal });
    } catch (error) {
      failed = { error };
    }
    if (signal.aborted) throw new LeaseLost();
    return failed;
  }

  /** Handles a batch of redriven letters; says whether there may be more. */
  async function redrive(): Promise<boolean> {
    const letters = await consumers.redriven(sellerId, consumer, timing.batch);
    for (const { id, event, ...letter } of letters) {
      if (stopping()) return true;
      const attempts = letter.attempts + 1;
      const settle = async (error: string | null) => {
        const failure = error === null ? null : { attempts, error };
        if (!(await consumers.settle(lease, id, failure, now()))) throw new LeaseLost();
      };
      // Said before it is known: a letter that ends the process is not to end the next one too.
      await settle(died);
      const failed = await failureOf(event, attempts);
      await settle(failed && errorText(failed.error));
    }
    return letters.length === timing.batch;
  }

  /** Handles one event and moves past it; the wait before it is tried again, if it failed. */
  async function pass(stored: StoredEvent, to: StreamPosition): Promise<number | null> {
    const bury = async (error: string, cause: unknown) => {
      const [after, until] = [formatCursor({ ...to, seq: to.seq - 1 }), formatCursor(to)];
      const letter = { reason: "failed" as const, after, until, event: stored.text, attempts, error };
      // Only then: what fails here is written again without the letter, from where it was.
      await write(letter, false, to);
      move(to);
      const what = `Consumer ${consumer} gave up on event ${until} (${stored.type}) of seller ${sellerId}`;
      onError(new Error(`${what} after ${letter.attempts} attempts: ${error}`, { cause }));
    };
    // Where one attempt is all there is, the event at which a process died may not have had it.
    if (attempts >= Math.max(2, settings.attempts)) {
      await bury(lastError ?? died, undefined);
      return null;
    }
    const failed = await failureOf(JSON.parse(stored.text), attempts + 1);
    if (failed === null) {
      move(to);
      return null;
    }
    attempts++;
    lastError = errorText(failed.error);
    if (attempts >= settings.attempts) {
      await bury(lastError, failed.error);
      return null;
    }
    const retryMs = backoff(settings, attempts, random);
    const at = now();
    const failure = { position, attempts, error: lastError, at, retryAt: new Date(at.getTime() + retryMs) };
    if (!(await consumers.postpone(lease, failure))) throw new LeaseLost();
    return retryMs;
  }

  async function follow(): Promise<TurnEnd> {
    for (let batch = 0; batch < timing.batchesInTurn && !stopping(); batch++) {
      const run = await events.read(sellerId, {
        ...{ after: position.seq, limit: timing.batch, types: null, productId: null },
      });
      if (run === null) return "done";
      const first = run.events[0]?.seq ?? run.head + 1;
      // A hole would be a fault of the log. It is told like what was let go, and not waited at for ever.
      const reason = lost(position, run) ?? (first > position.seq + 1 ? "pruned" : null);
      if (reason !== null) {
        const next = { epoch: run.epoch, seq: (reason === "pruned" ? first : run.oldest) - 1 };
        const [after, until] = [formatCursor(position), formatCursor(next)];
        const error = gaps[reason];
        await write({ reason, after, until, event: null, attempts: 0, error }, false, next);
        move(next);
        onError(
          new Error(
            `Consumer ${consumer} missed events of seller ${sellerId}, ${after} to ${until}: ${error}`,
          ),
        );
        continue;
      }
      for (const stored of run.events) {
        if (stopping()) return "more";
        if (stored.seq !== position.seq + 1) break;
        const to = { epoch: run.epoch, seq: stored.seq };
        if (matches(stored, { types: types ?? undefined })) {
          const retryMs = await pass(stored, to);
          if (retryMs !== null) return { retryMs };
        } else move(to);
        if (careful || now().getTime() - writtenAt >= timing.checkpointMs) await write(null);
      }
      if (position.seq >= run.head) return "done";
      if (position !== written) await write(null);
      // Where neither the store nor the handler waits for anything, nothing else in the process would get its turn.
      await new Promise((resolve) => setImmediate(resolve));
    }
    return "more";
  }

  try {
    const more = await redrive();
    const end = await follow();
    if (typeof end === "string") await write(null, true);
    return more && end === "done" ? "more" : end;
  } catch (error) {
    if (error instanceof LeaseLost) return "more";
    // The store failed. Perhaps it is back: a lease that runs out costs time, and counts as a failure of the event.
    await write(null, true).catch(() => {});
    throw error;
  }
}

const died = "The process ended, or lost its lease, while it handled this event.";

const gaps = {
  pruned: "The events were let go before this consumer got to them.",
  ahead: "The log ends before the checkpoint: it is not the one that this consumer was reading.",
  epoch: "The log has another history than the one that this consumer was reading, as after a restore.",
};

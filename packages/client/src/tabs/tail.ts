import type { EventOf } from "@amused/core";

/** An event of any type, before the compiler knows which. */
export type AnyEvent = EventOf<string, unknown>;

/** What the tabs of a share say to each other: the leader all but the first, which asks it where it is. */
export type Said = { ask: true } | { at: string | undefined } | { event: AnyEvent } | { reset: string };

/** So many events wait for a consumer that is busy. Beyond it they are dropped and fetched again when it has time. */
const bound = 256;

/**
 * The newest stretch of the log as one subscription heard it from the leader: every event after `base` and up to `end`,
 * with no hole. Where what is heard does not join on, the stretch begins anew.
 */
export interface Tail {
  readonly base: string | undefined;
  readonly end: string | undefined;
  hear(said: Said): void;
  /** Tells whether all that follows this position was heard; what does not follow it is let go then. */
  continues(position: string | undefined): boolean;
  /** The next event that the subscription is for. */
  take(): AnyEvent | undefined;
}

export function createTail(matches: (event: AnyEvent) => boolean): Tail {
  let queue: AnyEvent[] = [];
  let base: string | undefined;
  let end: string | undefined;

  function begin(cursor: string) {
    queue = [];
    base = end = cursor;
  }

  return {
    get base() {
      return base;
    },
    get end() {
      return end;
    },
    hear(said) {
      if ("reset" in said) begin(said.reset);
      else if ("at" in said) {
        // A leader that is behind says nothing new.
        if (said.at !== undefined && !(steps(end, said.at) <= 0)) begin(said.at);
      } else if ("event" in said) {
        const { event } = said;
        const step = steps(end, event.id);
        if (step <= 0) return;
        if (step !== 1 || queue.length >= bound) begin(event.id.replace(/\d+$/, String(event.seq - 1)));
        end = event.id;
        if (matches(event)) queue.push(event);
      }
    },
    continues(position) {
      if (!(steps(base, position) >= 0)) return false;
      while (queue[0] && steps(position, queue[0].id) <= 0) queue.shift();
      if (steps(end, position) > 0) end = position;
      return true;
    },
    take: () => queue.shift(),
  };
}

/**
 * How far the second cursor is ahead; no number between two epochs, or where one is no cursor yet. Cursors are read here
 * and not by `cursor.ts`, of which bundlers would make a file of its own that pages have to load.
 */
export function steps(from = "", to = ""): number {
  const [epoch, seq] = from.split(".");
  const [otherEpoch, otherSeq] = to.split(".");
  return epoch === otherEpoch ? Number(otherSeq) - Number(seq) : Number.NaN;
}

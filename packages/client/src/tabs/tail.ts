import type { EventOf, StreamReset } from "@amused/core";

/** An event of any type, before the compiler knows which. */
export type AnyEvent = EventOf<string, unknown>;

/** What the leader of a share says: what its stream brings, and where it is (nowhere yet: an empty text). */
export type Said = AnyEvent | StreamReset | string;

/** So many events wait for a consumer that is busy. Beyond it they are dropped, and fetched again when it has time. */
const bound = 256;

/**
 * The newest stretch of the log as it was heard from the leader: every event after `base` and up to `end`, with no hole.
 * Where what is heard does not join on, the stretch begins anew.
 */
export interface Tail {
  readonly base: string | undefined;
  readonly end: string | undefined;
  hear(said: Said): void;
  /** Whether all that follows this position was heard; what does not follow it is let go then. */
  continues(position: string | undefined): boolean;
  /** The next of the events that pass. */
  take(): AnyEvent | undefined;
}

export function createTail(passes: (event: AnyEvent) => boolean): Tail {
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
      const cursor = cursorOf(said);
      const step = steps(end, cursor);
      if (isReset(said)) begin(cursor);
      // Nowhere yet, a double, or a leader that is behind.
      else if (!cursor || step <= 0) return;
      else if (typeof said === "string") begin(cursor);
      else {
        if (step !== 1 || queue.length >= bound) begin(cursor.replace(/(?<!\d)\d+$/, String(said.seq - 1)));
        end = cursor;
        if (passes(said)) queue.push(said);
      }
    },
    continues(position) {
      // One that is further than what was heard may be of a history that a reset took back.
      if (!(steps(base, position) >= 0 && steps(position, end) >= 0)) return false;
      while (queue[0] && steps(position, queue[0].id) <= 0) queue.shift();
      return true;
    },
    take: () => queue.shift(),
  };
}

const isReset = (said: Said): said is StreamReset => typeof said === "object" && !("id" in said);

export function cursorOf(said: Said): string {
  if (typeof said === "string") return said;
  return isReset(said) ? said.payload.cursor : said.id;
}

/**
 * How far the second cursor is ahead; no number between two epochs, or where one is no cursor yet. Cursors are read here
 * and not by `cursor.ts`, of which bundlers would make a file of its own that pages have to load.
 */
function steps(from = "", to = ""): number {
  const [epoch, seq] = from.split(".");
  const [otherEpoch, otherSeq] = to.split(".");
  return epoch === otherEpoch ? Number(otherSeq) - Number(seq) : Number.NaN;
}

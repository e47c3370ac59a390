import { parseCursor, type StreamPosition } from "../../domain/cursor.ts";
import { isBeingErased } from "../../errors.ts";
import type { EventRepository, EventRun, StoredEvent } from "../../ports/repositories.ts";
import { coalesced } from "../coalesced.ts";
import type { OpenedStream, StreamBlock, StreamReader } from "../services.ts";
import { runLength } from "./backlog.ts";
import { cursorBlock, openBlock, resetBlock } from "./blocks.ts";
import { type Filter, type Follower, followerOf, seenBy } from "./follower.ts";
import { handfulOf } from "./handful.ts";
import { lost } from "./lost.ts";
import { recentEvents, type Said, saidOf } from "./recent.ts";

/** A filtered reader of a long backlog is told how far it is after so many events that were not for it. */
const toldEvery = 5_000;

/** One seller's log as all readers of this process see it. */
export interface FollowedLog {
  /** Nobody follows it or is about to. */
  readonly idle: boolean;
  /** Something was committed, here or elsewhere. */
  wake(): void;
  /** What the store says is the head now; looks for itself if that is news. */
  compare(head: StreamPosition | undefined): void;
  /** Tells filtered readers how far they are, where that has changed without a word. */
  tellCursors(): void;
  follow(
    asked: StreamPosition | "start" | "now",
    filter: Filter,
    reader: StreamReader,
  ): Promise<OpenedStream>;
  /** Ends all readers. */
  close(): void;
}

export interface LogDeps {
  events: Pick<EventRepository, "read">;
  backlog(sellerId: string, after: number): Promise<EventRun | null>;
  /** The log is not dense, which is a fault of ours. */
  onGap(sellerId: string, expected: number, seen: number): void;
}

/**
 * Follows one log for many readers. What is new is read once, whoever has caused it and however many wait for it: its
 * events are made into blocks once, and all readers at the edge of the log are handed the same ones at once. A reader
 * that is behind is brought forward from what is kept of the newest events, or from the store.
 */
export function followedLog(
  sellerId: string,
  opened: Omit<EventRun, "events">,
  { events, backlog, onGap }: LogDeps,
): FollowedLog {
  let { epoch, head, oldest } = opened;
  const recent = recentEvents();
  const followers = new Set<Follower>();
  /** Those at the edge that take more. */
  const live = new Set<Follower>();
  let opening = 0;
  /** What is known may be old: a read failed, or nobody was here to look. */
  let stale = false;

  /** Reads what is new. */
  const refresh = coalesced(readNews);

  async function readNews(): Promise<void> {
    const request = { limit: runLength, types: null, productId: null };
    try {
      for (let more = true; more; ) {
        const run = await events.read(sellerId, { after: head, ...request });
        const reason = run === null ? "epoch" : lost({ epoch, seq: head }, run);
        // Whoever takes a log away has restored another database, in which this seller has not begun.
        if (run === null) {
          if (head > 0) resetAll("epoch", { epoch, head: 0, oldest: 1 });
        } else if (reason !== null) resetAll(reason, run);
        else {
          oldest = run.oldest;
          publish(run.events);
        }
        more = run !== null && reason === null && run.events.length === runLength;
      }
      stale = false;
    } catch (error) {
      stale = true;
      // Nothing comes any more.
      if (isBeingErased(error)) for (const follower of [...followers]) end(follower, error);
      throw error;
    }
  }

  function resetAll(reason: "pruned" | "ahead" | "epoch", now: Omit<EventRun, "events">): void {
    ({ epoch, head, oldest } = now);
    recent.clear();
    live.clear();
    for (const follower of followers) {
      reset(follower, reason, head);
      advance(follower);
    }
  }

  function reset(follower: Follower, reason: "pruned" | "ahead" | "epoch", seq: number): void {
    follower.seq = seq;
    follower.told = seq;
    follower.opening = resetBlock({ epoch, seq }, reason);
  }

  /** Hands what is new to everyone at the edge. */
  function publish(news: readonly StoredEvent[]): void {
    for (let from = 0; from < news.length; ) {
      const before = (news[from] as StoredEvent).seq - 1;
      if (before !== head) {
        onGap(sellerId, head + 1, before + 1);
        resetAll("pruned", { epoch, head: before, oldest });
      }
      const to = handfulOf(news, from, ({ text }) => text.length);
      const run = news.slice(from, to).map((event) => saidOf(epoch, event));
      from = to;
      recent.add(run);
      head = (run.at(-1) as Said).seq;
      const shared = new Map<string, StreamBlock[]>();
      for (const follower of live) {
        if (follower.seq !== before) {
          // It read beyond what was known here; what it lacks is among the recent ones.
          if (follower.seq < head) {
            live.delete(follower);
            advance(follower);
          }
          continue;
        }
        let blocks = shared.get(follower.key);
        if (blocks === undefined) {
          blocks = seenBy(follower, run);
          shared.set(follower.key, blocks);
        }
        follower.seq = head;
        if (blocks.length === 0) continue;
        follower.told = follower.filter === null ? head : seqOf(blocks);
        hand(follower, blocks, true);
      }
    }
  }

  function hand(follower: Follower, blocks: readonly StreamBlock[], atEdge: boolean): void {
    try {
      if (follower.reader.take(blocks, atEdge)) return;
      follower.wants = false;
      live.delete(follower);
    } catch (error) {
      end(follower, error);
    }
  }

  /** Brings a reader forward for as long as it takes more: to the edge, where it waits. */
  function advance(follower: Follower): void {
    if (follower.busy) return;
    follower.busy = true;
    while (follower.wants && !follower.ended) {
      if (follower.opening !== null) {
        const block = follower.opening;
        follower.opening = null;
        hand(follower, [block], false);
        continue;
      }
      if (follower.seq >= head) {
        live.add(follower);
        if (follower.seq > head) wake();
        break;
      }
      const held = recent.after(follower.seq, head);
      if (held === null) {
        void catchUp(follower);
        return;
      }
      give(follower, held);
    }
    follower.busy = false;
  }

  /** Hands a reader the first of these events, as many as it may have at a time. */
  function give(follower: Follower, behind: readonly Said[]): void {
    const before = (behind[0] as Said).seq - 1;
    if (before !== follower.seq) {
      onGap(sellerId, follower.seq + 1, before + 1);
      reset(follower, "pruned", before);
      return;
    }
    const run = behind.slice(
      0,
      handfulOf(behind, 0, ({ block }) => block.text.length),
    );
    follower.seq = (run.at(-1) as Said).seq;
    const blocks = seenBy(follower, run);
    if (blocks.length === 0 && follower.seq - follower.told < toldEvery) return;
    if (blocks.length === 0) blocks.push(cursorBlock({ epoch, seq: follower.seq }));
    follower.told = seqOf(blocks);
    hand(follower, blocks, false);
  }

  /** Gives a reader the next run from the store. */
  async function catchUp(follower: Follower): Promise<void> {
    try {
      const run = await backlog(sellerId, follower.seq);
      // Where it was reset meanwhile, what was read is not what comes next.
      if (follower.ended || follower.opening !== null) return;
      const reason = run === null ? "epoch" : lost({ epoch, seq: follower.seq }, run);
      if (run !== null && reason === "pruned") reset(follower, reason, run.head);
      // The store has another history than was known here: that is everybody's news.
      else if (run === null || reason !== null || run.events.length === 0) await refresh();
      else
        give(
          follower,
          run.events.map((event) => saidOf(epoch, event)),
        );
    } catch (error) {
      end(follower, error);
    } finally {
      follower.busy = false;
      advance(follower);
    }
  }

  function end(follower: Follower, error?: unknown): void {
    if (follower.ended) return;
    leave(follower);
    follower.reader.end(error);
  }

  function leave(follower: Follower): void {
    follower.ended = true;
    followers.delete(follower);
    live.delete(follower);
  }

  function wake(): void {
    if (followers.size === 0 && opening === 0) stale = true;
    else refresh().catch(() => {});
  }

  async function follow(
    asked: StreamPosition | "start" | "now",
    filter: Filter,
    reader: StreamReader,
  ): Promise<OpenedStream> {
    opening++;
    try {
      // Who comes back to what is kept here needs nothing of the store; a new position is one of this moment.
      const known = typeof asked === "object" && asked.epoch === epoch && asked.seq <= head;
      const here = known && followers.size > 0 && !stale && recent.after(asked.seq, head) !== null;
      if (!here) await refresh();
    } finally {
      opening--;
    }
    const reason = typeof asked === "object" ? lost(asked, { epoch, head, oldest }) : null;
    const seq = asked === "start" ? oldest - 1 : asked === "now" || reason !== null ? head : asked.seq;
    const follower = followerOf(reader, filter, seq);
    if (reason !== null) reset(follower, reason, head);
    else follower.opening = openBlock({ epoch, seq }, typeof asked === "object");
    followers.add(follower);
    return {
      more() {
        if (follower.wants || follower.ended) return;
        follower.wants = true;
        advance(follower);
      },
      close: () => leave(follower),
    };
  }

  return {
    get idle() {
      return followers.size === 0 && opening === 0;
    },
    wake,
    compare(now) {
      if (stale || now?.epoch !== epoch || now.seq !== head) wake();
    },
    tellCursors() {
      let shared: StreamBlock[] | undefined;
      for (const follower of live) {
        if (follower.filter === null || follower.told >= follower.seq || follower.seq !== head) continue;
        shared ??= [cursorBlock({ epoch, seq: head })];
        follower.told = head;
        hand(follower, shared, true);
      }
    },
    follow,
    close() {
      for (const follower of followers) end(follower);
    },
  };
}

function seqOf(blocks: readonly StreamBlock[]): number {
  return parseCursor((blocks.at(-1) as StreamBlock).id, "id").seq;
}

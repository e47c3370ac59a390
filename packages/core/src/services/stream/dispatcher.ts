import { parseCursor } from "../../domain/cursor.ts";
import { AmusedError } from "../../errors.ts";
import type { EventRepository } from "../../ports/repositories.ts";
import type { OpenedStream, StreamReader } from "../services.ts";
import { backlogReads } from "./backlog.ts";
import type { Filter } from "./follower.ts";
import { type FollowedLog, followedLog, type LogDeps } from "./log.ts";

export interface DispatcherDeps {
  events: EventRepository;
  /** An epoch for a log that is opened. */
  epoch: () => string;
  onGap: LogDeps["onGap"];
}

/** All logs that are followed in this process, each read once for all its readers. */
export interface Dispatcher {
  /** Something of this seller was committed: a hint, which may be lost. */
  wake(sellerId: string): void;
  /** Follows a seller's log after a cursor, from its `start`, or (`undefined`) from now on. */
  follow(
    sellerId: string,
    from: string | undefined,
    filter: Filter,
    reader: StreamReader,
  ): Promise<OpenedStream>;
  close(): void;
}

const tickMs = 1_000;
/** How often, in ticks, the heads are asked for beneath all hints: a lost hint, or another process, costs this at most. */
const pollTicks = 2;
/** For how many ticks the answer is waited for before they are asked for again. */
const patienceTicks = 30;
/** For how many ticks a log that nobody follows any more is kept: a reader cut off comes back to it. */
const idleTicks = 60;
/** How many of those are kept at most. */
const maxIdle = 200;

export function streamDispatcher({ events, epoch, onGap }: DispatcherDeps): Dispatcher {
  const logs = new Map<string, FollowedLog>();
  /** Logs being opened. */
  const opening = new Map<string, Promise<FollowedLog>>();
  /** Logs nobody follows, oldest first, with the tick at which that was seen. */
  const idle = new Map<string, number>();
  const deps: LogDeps = { events, backlog: backlogReads(events), onGap };
  let timer: ReturnType<typeof setInterval> | null = null;
  let ticks = 0;
  /** The tick of the last question for heads that has no answer yet. */
  let asked: number | null = null;
  let closed = false;

  async function open(sellerId: string): Promise<FollowedLog> {
    // Beyond every event, so that this tells the state of the log and nothing else.
    const nothing = { after: Number.MAX_SAFE_INTEGER, limit: 1, types: null, productId: null };
    const found = await events.read(sellerId, nothing);
    const begun = found ?? { ...(await events.open(sellerId, epoch())), head: 0, oldest: 1 };
    const log = followedLog(sellerId, begun, deps);
    logs.set(sellerId, log);
    return log;
  }

  function logOf(sellerId: string): Promise<FollowedLog> | FollowedLog {
    const known = logs.get(sellerId) ?? opening.get(sellerId);
    if (known !== undefined) return known;
    const opened = open(sellerId).finally(() => opening.delete(sellerId));
    opening.set(sellerId, opened);
    return opened;
  }

  function tick(): void {
    ticks++;
    for (const [sellerId, log] of logs) {
      if (!log.idle) {
        idle.delete(sellerId);
        log.tellCursors();
      } else if (!idle.has(sellerId)) idle.set(sellerId, ticks);
    }
    for (const [sellerId, since] of idle) {
      if (ticks - since < idleTicks && idle.size <= maxIdle) break;
      idle.delete(sellerId);
      logs.delete(sellerId);
    }
    if (logs.size === 0 && opening.size === 0) sleep();
    else if (ticks % pollTicks === 0 && (asked === null || ticks - asked >= patienceTicks)) void poll();
  }

  async function poll(): Promise<void> {
    const followed = [...logs].filter(([, log]) => !log.idle);
    if (followed.length === 0) return;
    const at = ticks;
    asked = at;
    try {
      const heads = await events.heads(followed.map(([sellerId]) => sellerId));
      for (const [sellerId, log] of followed) log.compare(heads.get(sellerId));
    } catch {
      // The store is away. Readers stay, and what they missed is found when it is back.
    } finally {
      if (asked === at) asked = null;
    }
  }

  function sleep(): void {
    if (timer !== null) clearInterval(timer);
    timer = null;
  }

  return {
    wake: (sellerId) => logs.get(sellerId)?.wake(),

    async follow(sellerId, from, filter, reader) {
      const asked = from === undefined ? "now" : from === "start" ? from : parseCursor(from, "after");
      if (closed) throw isClosed();
      if (timer === null) {
        timer = setInterval(tick, tickMs);
        // A stream alone does not keep a process alive.
        timer.unref?.();
      }
      const stream = await (await logOf(sellerId)).follow(asked, filter, reader);
      if (!closed) return stream;
      stream.close();
      throw isClosed();
    },

    close() {
      closed = true;
      sleep();
      for (const log of logs.values()) log.close();
      logs.clear();
      idle.clear();
    },
  };
}

function isClosed(): AmusedError<"unavailable"> {
  return new AmusedError("unavailable", "Amused is closed.", {});
}

import { isAmusedError } from "@amused/core";
import type { Logger } from "../options.ts";

/** A stream, as the one clock of all streams sees it. */
export interface OpenStream {
  /** When it last sent something, in milliseconds. */
  sentAt: number;
  /** When its credential ends, in milliseconds. */
  readonly expiresAt: number;
  /** Streams of one credential are checked together. */
  readonly credential: unknown;
  /** Bytes that its reader has not taken. */
  readonly buffered: number;
  /** Bytes that its reader has taken. */
  readonly taken: number;
  /** Throws `unauthenticated` or `forbidden` once the credential is no longer good for it. */
  check(): Promise<void>;
  beat(): void;
  /** Ends it; with `retryMs` it says when to come back. */
  end(retryMs?: number): void;
  /** Ends it without another word, because nobody reads. */
  cut(): void;
}

/** All open streams of an app. */
export interface OpenStreams {
  readonly size: number;
  readonly draining: boolean;
  add(stream: OpenStream): void;
  remove(stream: OpenStream): void;
}

/** How often credentials of open streams are looked at; a verified key is believed for up to 3 s more. */
const checkMs = 1_000;
/** Clients of a server that stops come back spread over this time, so that the next one is not run over. */
const spreadMs = 3_000;

/**
 * Keeps the streams that are open: one timer gives all of them their heartbeat, and their end when a credential expires or
 * is revoked or nothing is read for two heartbeats. It exists only while there are any.
 */
export function openStreams({
  heartbeat,
  drain,
  logger,
}: {
  heartbeat: number;
  drain: AbortSignal | undefined;
  logger: Logger;
}): OpenStreams {
  const open = new Set<OpenStream>();
  /** Streams whose reader has something to take: how much it had taken at a look, and since when that is no more. */
  const behind = new Map<OpenStream, { taken: number; since: number }>();
  let timer: ReturnType<typeof setInterval> | undefined;
  let checkedAt = 0;
  const tickMs = Math.max(10, Math.min(1_000, heartbeat / 3));

  function tick(): void {
    const now = Date.now();
    for (const stream of open) {
      if (stream.expiresAt <= now) stream.end();
      else if (stalled(stream, now)) stream.cut();
      // To a reader that has not taken the last bytes, more of them say nothing.
      else if (stream.buffered === 0 && now - stream.sentAt >= heartbeat - tickMs / 2) stream.beat();
    }
    // A timer's ticks are not quite as far apart as they should be: that must not cost a whole one.
    if (now - checkedAt < checkMs - tickMs / 2) return;
    checkedAt = now;
    const credentials = Map.groupBy(open, (stream) => stream.credential);
    for (const streams of credentials.values()) void check(streams);
  }

  function stalled(stream: OpenStream, now: number): boolean {
    if (stream.buffered === 0) return behind.delete(stream) && false;
    // Not by what is left: a reader of a backlog is given the next at once, so that as much is left at every look.
    const { taken } = stream;
    const last = behind.get(stream);
    if (last !== undefined && taken <= last.taken) return now - last.since >= 2 * heartbeat;
    behind.set(stream, { taken, since: now });
    return false;
  }

  async function check(streams: OpenStream[]): Promise<void> {
    try {
      await streams[0]?.check();
    } catch (error) {
      // A store that can not answer does not make a credential bad.
      if (isAmusedError(error, "unauthenticated") || isAmusedError(error, "forbidden"))
        for (const stream of streams) stream.end();
      else logger.warn({ err: error }, "The credential of an open stream could not be checked");
    }
  }

  function sendAway(stream: OpenStream): void {
    stream.end(500 + Math.random() * spreadMs);
  }

  drain?.addEventListener("abort", () => {
    for (const stream of [...open]) sendAway(stream);
  });

  return {
    get size() {
      return open.size;
    },
    get draining() {
      return drain?.aborted ?? false;
    },
    add(stream) {
      open.add(stream);
      // It was let in before, and looked for its place in the log meanwhile.
      if (drain?.aborted) return sendAway(stream);
      if (timer !== undefined) return;
      timer = setInterval(tick, tickMs);
      // On Node, a stream alone must not keep a process that wants to end.
      (timer as { unref?: () => void }).unref?.();
    },
    remove(stream) {
      open.delete(stream);
      behind.delete(stream);
      if (open.size > 0) return;
      clearInterval(timer);
      timer = undefined;
    },
  };
}

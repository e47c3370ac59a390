import type { EventOf, StreamReset, Subscription } from "@amused/core";
import { isAmusedError } from "@amused/core/errors";
import { readCursor } from "../cursor.ts";
import type { Http } from "../http/http.ts";
import type { ReconnectOptions } from "../options.ts";
import { readBlocks } from "./blocks.ts";
import { sleep } from "./sleep.ts";

/** Answers after which asking the same again can do no better. */
const final = [400, 401, 403, 404];

/** However long a server or a proxy asks to wait: a slip of theirs does not silence a page for a day. */
const longestPause = 300_000;

/**
 * The events of a seller from a position on, over as many connections as it takes: each event once, in order, or a
 * `stream.reset`. The position moves when the consumer asks for the next event, having taken the last; `moved` is told.
 */
export async function* subscribe(
  http: Http,
  { minDelay = 500, maxDelay = 30_000, watchdog = 35_000 }: ReconnectOptions = {},
  { from, types, productId, signal }: Subscription<string> = {},
  moved: (position: string) => void = () => {},
): AsyncGenerator<EventOf<string, unknown> | StreamReset, void, undefined> {
  const whole = types === undefined && productId === undefined;
  let position = from === "start" ? undefined : from;
  /** Where what came did not join on, the last time. */
  let torn: string | undefined;
  let retry = 0;
  let failures = 0;

  while (!signal?.aborted) {
    let pause = 0;
    // Only what comes after the opening shows a good connection: a server may open and fall over each time.
    let opened = false;
    const good = () => {
      if (opened) failures = 0;
    };
    try {
      const response = await http.open("/events/stream", {
        // In the query, because there are proxies that drop a Last-Event-ID.
        query: { types, productId, after: position ?? from },
        headers: { accept: "text/event-stream" },
        signal,
        timeout: watchdog,
        retry: 0,
      });
      const onRetry = (ms: number) => {
        retry = ms;
      };
      const heard = { onRetry, onComment: good };
      for await (const { event = "", data } of readBlocks(response, watchdog, signal, heard)) {
        if (signal?.aborted) return;
        const said = JSON.parse(data);
        const cursor: string = said.id ?? said.cursor;
        const control = event.startsWith("stream.");
        let reset: StreamReset["payload"] | undefined = event === "stream.reset" ? said : undefined;

        if (!control || event === "stream.open") {
          const [epoch, seq] = readCursor(cursor);
          const before = control ? cursor : `${epoch}.${seq - 1}`;
          position ??= before;
          const [lastEpoch, lastSeq] = readCursor(position);
          if (!control && epoch === lastEpoch && seq <= lastSeq) continue;
          // Without a filter every event comes by itself; an opening is where it was asked for.
          if (epoch !== lastEpoch || ((whole || control) && before !== position)) {
            // Asked once more from where it was, the server may do better. If not, that is told, and it goes on.
            if (torn !== position) {
              torn = position;
              break;
            }
            const reason = epoch !== lastEpoch ? "epoch" : seq < lastSeq ? "ahead" : "pruned";
            reset = { reason, cursor: before };
          }
        }
        good();
        opened = true;
        // What the consumer reads from now on is not older than what it was told.
        if (cursor) http.saw(cursor);
        if (reset) {
          yield { type: "stream.reset", payload: reset };
          position = reset.cursor;
        }
        if (!control && !signal?.aborted) {
          yield said;
          position = cursor;
        } else if (event === "stream.cursor" && !whole) position = cursor;
        if (position !== undefined) moved(position);
      }
    } catch (error) {
      if (signal?.aborted) return;
      if (isAmusedError(error)) {
        if (final.includes(error.status)) throw error;
        if ("retryAfter" in error) pause = (error.retryAfter ?? 0) * 1000;
      }
    }
    // The random part comes on top, so that clients which were told the same do not come back as one.
    const random = Math.random() * Math.min(maxDelay, minDelay * 2 ** failures++);
    await sleep(Math.min(longestPause, Math.max(retry, pause)) + random, signal);
  }
}

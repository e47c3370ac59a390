import type { EventOf, StreamReset, Subscription } from "@amused/core";
import { isAmusedError } from "@amused/core/errors";
import { readCursor } from "../cursor.ts";
import type { Http } from "../http/http.ts";
import type { ReconnectOptions } from "../options.ts";
import { readBlocks } from "./blocks.ts";
import { sleep } from "./sleep.ts";

/** Answers after which asking the same again can do no better. */
const final = [400, 401, 403, 404];

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
  let retry = 0;
  let failures = 0;

  while (!signal?.aborted) {
    let wait = retry;
    let opened = false;
    try {
      const { body } = await http.open("/events/stream", {
        // In the query, because there are proxies that drop a Last-Event-ID.
        query: { types, productId, after: position ?? from },
        headers: { accept: "text/event-stream" },
        signal,
        timeout: watchdog,
        retry: 0,
      });
      const heard = {
        onRetry(ms: number) {
          wait = retry = ms;
        },
        // Only what comes after the opening shows a good connection: a server may open and fall over each time.
        onComment() {
          if (opened) failures = 0;
        },
      };
      for await (const { event = "", data } of readBlocks(
        body as ReadableStream<Uint8Array>,
        watchdog,
        signal,
        heard,
      )) {
        if (signal?.aborted) return;
        const said = JSON.parse(data);
        if (event.startsWith("stream.")) {
          if (event === "stream.open") {
            position ??= said.cursor;
            // Opened somewhere else, it would leave out what lies between without a word.
            if (position !== said.cursor) break;
          } else if (event === "stream.reset") {
            yield { type: event, payload: said };
            position = said.cursor;
          } else if (event === "stream.cursor" && !whole) {
            // Without a filter every event comes by itself, and a cursor beyond them would hide a hole.
            position = said.cursor;
            failures = 0;
          }
          opened = true;
        } else {
          const [epoch, seq] = readCursor(said.id);
          const [lastEpoch, lastSeq] = readCursor(position ?? said.id);
          if (position !== undefined) {
            if (epoch === lastEpoch && seq <= lastSeq) continue;
            if (epoch !== lastEpoch || (whole && seq !== lastSeq + 1)) break;
          }
          failures = 0;
          http.saw(said.id);
          yield said;
          position = said.id;
        }
        if (position !== undefined) moved(position);
      }
    } catch (error) {
      if (signal?.aborted) return;
      if (isAmusedError(error)) {
        if (final.includes(error.status)) throw error;
        if ("retryAfter" in error) wait = Math.max(retry, (error.retryAfter ?? 0) * 1000);
      }
    }
    // The random part comes on top, so that clients which were told the same do not come back as one.
    await sleep(wait + Math.random() * Math.min(maxDelay, minDelay * 2 ** failures++), signal);
  }
}

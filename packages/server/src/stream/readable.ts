import type { StreamBlock } from "@amused/core";
import { encodeBlocks, encodeRetry, heartbeatBytes } from "./blocks.ts";
import type { OpenStream, OpenStreams } from "./open-streams.ts";

/** When a client that lost the stream comes back, if nobody says otherwise. */
const retryMs = 2_000;

export interface ReadableOptions {
  streams: OpenStreams;
  /** Aborted when the reader is gone or the stream ends, so that nothing stays behind. */
  abort: AbortController;
  expiresAt: number;
  credential: unknown;
  check: () => Promise<void>;
  /** Told when reading the log failed under way; the client comes back by itself. */
  onError: (error: unknown) => void;
  onEnd: () => void;
}

/**
 * Blocks as a web stream. The next ones are fetched only when the reader has taken the last, so that a slow reader is
 * behind but costs no memory.
 */
export function readable(
  blocks: AsyncIterable<StreamBlock[]>,
  options: ReadableOptions,
): ReadableStream<Uint8Array> {
  const { streams, abort, expiresAt, credential, check } = options;
  const iterator = blocks[Symbol.asyncIterator]();
  let controller: ReadableStreamDefaultController<Uint8Array>;
  let ended = false;

  /** The one way out, whoever takes it: reader, log, clock or drain. */
  function leave(): boolean {
    if (ended) return false;
    ended = true;
    streams.remove(stream);
    abort.abort();
    options.onEnd();
    return true;
  }

  const stream: OpenStream = {
    sentAt: Date.now(),
    expiresAt,
    credential,
    check,
    beat() {
      // To a reader that has not taken the last bytes, more of them say nothing.
      if (ended || (controller.desiredSize ?? 0) <= 0) return;
      stream.sentAt = Date.now();
      controller.enqueue(heartbeatBytes);
    },
    end(afterMs) {
      const stalled = (controller.desiredSize ?? 0) <= 0;
      if (!leave()) return;
      // A reader that takes nothing would hold the connection open for ever.
      if (stalled) return controller.error(new Error("The stream ended while its reader was not reading."));
      if (afterMs !== undefined) controller.enqueue(encodeRetry(afterMs));
      controller.close();
    },
  };

  return new ReadableStream<Uint8Array>(
    {
      start(given) {
        controller = given;
        controller.enqueue(encodeRetry(retryMs));
        streams.add(stream);
        // The reader is gone. To close for it is no more than to err, but is not told as a failure by whoever serves it.
        abort.signal.addEventListener("abort", () => {
          if (leave()) controller.close();
        });
      },
      async pull() {
        try {
          const next = await iterator.next();
          if (ended) return;
          if (next.done) {
            if (leave()) controller.close();
            return;
          }
          stream.sentAt = Date.now();
          controller.enqueue(encodeBlocks(next.value));
        } catch (error) {
          if (!leave()) return;
          options.onError(error);
          controller.close();
        }
      },
      cancel: () => void leave(),
    },
    { highWaterMark: 1 },
  );
}

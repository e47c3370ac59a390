import { createParser, type EventSourceMessage } from "eventsource-parser";

/** A server may send no larger event: what it sends beyond is not kept in memory. */
const maxBufferSize = 2 ** 22;

/**
 * The blocks of one connection, until it ends, the signal aborts or nothing comes for `silence` milliseconds. It is read
 * on only when all blocks that came are taken, so that a slow consumer holds back the server and not our memory.
 */
export async function* readBlocks(
  { body, headers }: Response,
  silence: number,
  signal: AbortSignal | undefined,
  heard: { onRetry(ms: number): void; onComment(): void },
): AsyncGenerator<EventSourceMessage> {
  const reader = (body as ReadableStream<Uint8Array>).getReader();
  // The parser takes off a byte order mark, and there is one only.
  const decoder = new TextDecoder("utf-8", { ignoreBOM: true });
  const blocks: EventSourceMessage[] = [];
  const parser = createParser({ ...heard, onEvent: (block) => blocks.push(block), maxBufferSize });
  // Ends a read that is under way too, and closes the connection.
  const cut = () => void reader.cancel().catch(() => {});
  signal?.addEventListener("abort", cut);
  try {
    // A captive portal, or the page of another server, answers with 200 too.
    if (!/^text\/event-stream\s*(;|$)/i.test(headers.get("content-type") ?? "")) return;
    while (!signal?.aborted) {
      const watchdog = setTimeout(cut, silence);
      const { done, value } = await reader.read().finally(() => clearTimeout(watchdog));
      if (done) return;
      parser.feed(decoder.decode(value, { stream: true }));
      yield* blocks.splice(0);
    }
  } finally {
    signal?.removeEventListener("abort", cut);
    cut();
  }
}

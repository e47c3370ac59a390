import type { StreamBytes } from "./blocks.ts";
import { lastMs, type OpenedSink, type SinkOwner } from "./sink.ts";

/** So many untaken bytes ask to wait. */
const enough = 64 * 1024;

/** A stream on a web stream. Some hosts cancel it when the reader is gone, the others abort the request. */
export function webSink(signal: AbortSignal, owner: SinkOwner): OpenedSink {
  let controller!: ReadableStreamDefaultController<Uint8Array>;
  let ended = false;
  let sent = 0;
  let last: ReturnType<typeof setTimeout> | undefined;

  function leave(): boolean {
    if (ended) return false;
    ended = true;
    signal.removeEventListener("abort", gone);
    return true;
  }

  /** To close for a reader that is gone is no more than to err, but is not told as a failure by whoever serves it. */
  function gone(): void {
    if (!leave()) return;
    controller.close();
    owner.closed();
  }

  const body = new ReadableStream<Uint8Array>(
    {
      start(given) {
        controller = given;
      },
      // Of size 0, so that it is asked for only by a host that has taken everything.
      pull: () => owner.drained(),
      cancel() {
        clearTimeout(last);
        if (leave()) owner.closed();
      },
    },
    { highWaterMark: 0, size: (bytes) => bytes.byteLength },
  );
  const buffered = () => -(controller.desiredSize ?? 0);

  function fail(): void {
    controller.error(new Error("The reader of a stream did not keep up."));
  }

  const sink = {
    write({ bytes }: StreamBytes) {
      if (ended) return false;
      sent += bytes.byteLength;
      controller.enqueue(bytes);
      return buffered() < enough;
    },
    get buffered() {
      return buffered();
    },
    get taken() {
      return sent - buffered();
    },
    end(bytes?: StreamBytes) {
      if (!leave()) return;
      if (bytes !== undefined) controller.enqueue(bytes.bytes);
      controller.close();
      // Nobody watches it any more, and what is never taken must not stay for ever.
      if (buffered() > 0) last = setTimeout(fail, lastMs);
      (last as { unref?: () => void } | undefined)?.unref?.();
    },
    cut() {
      if (leave()) fail();
    },
  };
  signal.addEventListener("abort", gone);
  // The owner has the sink by then.
  queueMicrotask(() => {
    if (signal.aborted) gone();
    else owner.opened();
  });
  return { sink, body };
}

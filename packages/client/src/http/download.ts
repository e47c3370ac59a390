import { isAmusedError } from "@amused/core/errors";
import { noAnswer } from "./problem.ts";

/** The body of an answer to come; whatever goes wrong on the way is said to whoever reads it. */
export function download(
  answer: Promise<Response>,
  name: string,
  signal: AbortSignal | undefined,
): ReadableStream<Uint8Array> {
  const { readable, writable } = new TransformStream<Uint8Array, Uint8Array>();
  // The reader's end and our own error both go through this pipe, so that the connection ends with either.
  const options = { preventAbort: true, signal } as StreamPipeOptions;
  answer
    .then(({ body }) => body?.pipeTo(writable, options))
    .catch((error) =>
      writable.abort(signal?.aborted ? signal.reason : isAmusedError(error) ? error : noAnswer(name, error)),
    )
    // A reader that left wants to know of nothing.
    .catch(() => {});
  return readable;
}

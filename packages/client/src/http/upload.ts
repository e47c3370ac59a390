import type { FileSource } from "@amused/core";

/** A file as the body of a request; a stream can be sent once only. */
export async function uploadBody(file: FileSource): Promise<BodyInit> {
  if (typeof file === "string" || !(file instanceof ReadableStream || Symbol.asyncIterator in file))
    return file as BodyInit;
  const body = file instanceof ReadableStream ? file : streamOf(file);
  // Browsers send a stream over HTTP/2 only, or not at all; gathered, it lies on their disk if it is large.
  return globalThis.navigator?.userAgent?.startsWith("Mozilla") ? new Response(body).blob() : body;
}

function streamOf(pieces: AsyncIterable<string | Uint8Array>): ReadableStream<Uint8Array> {
  const iterator = pieces[Symbol.asyncIterator]();
  const encoder = new TextEncoder();
  return new ReadableStream({
    async pull(controller) {
      const { done, value } = await iterator.next();
      if (done) controller.close();
      else controller.enqueue(typeof value === "string" ? encoder.encode(value) : value);
    },
    async cancel() {
      await iterator.return?.();
    },
  });
}

import { AmusedError, invalidRequest } from "@amused/core";

/** The whole body, or `payload_too_large` as soon as that is known: by its length, or while it is read. */
export async function readBytes(request: Request, limit: number): Promise<Uint8Array<ArrayBuffer>> {
  const length = declaredLength(request);
  if (length !== null) {
    if (length > limit) throw tooLarge(limit);
    // The host holds the sender to the length, so this path needs no counting (and on Node no web stream).
    const bytes = new Uint8Array(await broken(request.arrayBuffer()));
    if (bytes.byteLength > limit) throw tooLarge(limit);
    return bytes;
  }
  if (request.body === null) return new Uint8Array(0);
  const pieces: Uint8Array[] = [];
  let size = 0;
  for await (const piece of limited(request.body, limit)) {
    pieces.push(piece);
    size += piece.byteLength;
  }
  const bytes = new Uint8Array(size);
  let at = 0;
  for (const piece of pieces) {
    bytes.set(piece, at);
    at += piece.byteLength;
  }
  return bytes;
}

/** The body as it comes; ends in `payload_too_large` beyond the limit. */
export async function* streamBytes(request: Request, limit: number): AsyncGenerator<Uint8Array> {
  const length = declaredLength(request);
  if (length !== null && length > limit) throw tooLarge(limit);
  if (request.body !== null) yield* limited(request.body, limit);
}

async function* limited(body: ReadableStream<Uint8Array>, limit: number): AsyncGenerator<Uint8Array> {
  const reader = body.getReader();
  let size = 0;
  let ended = false;
  try {
    for (;;) {
      const { done, value } = await broken(reader.read());
      if (done) {
        ended = true;
        return;
      }
      size += value.byteLength;
      if (size > limit) throw tooLarge(limit);
      yield value;
    }
  } finally {
    if (!ended) await reader.cancel().catch(() => {});
  }
}

function declaredLength(request: Request): number | null {
  const length = request.headers.get("content-length");
  return length === null || !/^\d{1,15}$/.test(length) ? null : Number(length);
}

/** A body that breaks off is the sender's fault, not ours. */
async function broken<T>(reading: Promise<T>): Promise<T> {
  try {
    return await reading;
  } catch (cause) {
    throw Object.assign(invalidRequest([{ path: "", message: "the body broke off" }]), { cause });
  }
}

function tooLarge(limit: number): AmusedError<"payload_too_large"> {
  return new AmusedError("payload_too_large", `The body is larger than ${limit} bytes.`, { limit });
}

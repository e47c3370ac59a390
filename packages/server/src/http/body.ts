import { AmusedError, invalidRequest } from "@amused/core";

/** What a body may be at most: bytes, and milliseconds in which nothing of it comes. */
export interface BodyLimit {
  bytes: number;
  silenceMs: number;
}

/** A body whose length is told must come at this pace on the whole; the slowest of mobile networks have it. */
const leastBytesPerMs = 16;

/** The whole body, or `payload_too_large` as soon as that is known: by its length, or while it is read. */
export async function readBytes(
  request: Request,
  { bytes: limit, silenceMs }: BodyLimit,
): Promise<Uint8Array<ArrayBuffer>> {
  const length = declaredLength(request);
  if (length !== null) {
    if (length > limit) throw tooLarge(limit);
    // The host holds the sender to the length, so this path needs no counting (and on Node no web stream).
    const bytes = new Uint8Array(await coming(request.arrayBuffer(), silenceMs + length / leastBytesPerMs));
    if (bytes.byteLength > limit) throw tooLarge(limit);
    return bytes;
  }
  if (request.body === null) return new Uint8Array(0);
  const pieces: Uint8Array[] = [];
  let size = 0;
  for await (const piece of limited(request.body, { bytes: limit, silenceMs })) {
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
export async function* streamBytes(request: Request, limit: BodyLimit): AsyncGenerator<Uint8Array> {
  const length = declaredLength(request);
  if (length !== null && length > limit.bytes) throw tooLarge(limit.bytes);
  if (request.body !== null) yield* limited(request.body, limit);
}

async function* limited(
  body: ReadableStream<Uint8Array>,
  { bytes: limit, silenceMs }: BodyLimit,
): AsyncGenerator<Uint8Array> {
  const reader = body.getReader();
  let size = 0;
  let ended = false;
  try {
    for (;;) {
      const { done, value } = await coming(reader.read(), silenceMs);
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

/** A body that breaks off or does not come is the sender's fault, not ours. */
async function coming<T>(reading: Promise<T>, ms: number): Promise<T> {
  let timer: ReturnType<typeof setTimeout> | undefined;
  const silence = new Promise<never>((_, reject) => {
    timer = setTimeout(() => reject(fault("the body did not come in time")), ms);
  });
  try {
    return await Promise.race([reading.catch(brokeOff), silence]);
  } finally {
    clearTimeout(timer);
  }
}

function brokeOff(cause: unknown): never {
  throw Object.assign(fault("the body broke off"), { cause });
}

function fault(message: string): AmusedError<"invalid_request"> {
  return invalidRequest([{ path: "", message }]);
}

function tooLarge(limit: number): AmusedError<"payload_too_large"> {
  return new AmusedError("payload_too_large", `The body is larger than ${limit} bytes.`, { limit });
}

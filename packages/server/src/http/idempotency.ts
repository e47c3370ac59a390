import { invalidRequest } from "@amused/core";
import { sha256 } from "./sha256.ts";

/** The caller's key for this command, if it gives one. */
export function idempotencyKey(request: Request): string | null {
  const key = request.headers.get("idempotency-key");
  if (key === null || /^[\x20-\x7e]{1,255}$/.test(key)) return key;
  throw invalidRequest([{ path: "Idempotency-Key", message: "must be 1 to 255 visible ASCII characters" }]);
}

/** What makes a request the same request: method, path with query, and the bytes of its body (none for streamed files). */
export async function requestHash(request: Request, body: Uint8Array | null): Promise<string> {
  const { url, method } = request;
  const line = encoder.encode(`${method} ${url.slice(url.indexOf("/", url.indexOf("//") + 2))}\n`);
  if (body === null || body.byteLength === 0) return sha256(line);
  const all = new Uint8Array(line.byteLength + body.byteLength);
  all.set(line);
  all.set(body, line.byteLength);
  return sha256(all);
}

const encoder = new TextEncoder();

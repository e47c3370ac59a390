import type { StreamBlock } from "@amused/core";

const encoder = new TextEncoder();
const lineEnd = encoder.encode("\r\n");

/** What is sent to many readers, made once. */
export interface StreamBytes {
  bytes: Uint8Array;
  /** The same as one chunk of HTTP/1.1's chunked coding, for whoever writes to the socket itself. */
  chunk: Uint8Array;
}

export interface EncodedBlocks extends StreamBytes {
  /** How many of the blocks are events. */
  events: number;
}

/** Made once for a list of blocks, however many readers it is handed to, and gone with it. */
const encoded = new WeakMap<readonly StreamBlock[], EncodedBlocks>();

/** Blocks in the form of Server-Sent Events, joined: they cost one write, however many they are. */
export function encodeBlocks(blocks: readonly StreamBlock[]): EncodedBlocks {
  const known = encoded.get(blocks);
  if (known !== undefined) return known;
  let text = "";
  let events = 0;
  for (const { id, type, text: data } of blocks) {
    text += `id: ${id}\nevent: ${type}\ndata: ${oneLine(data)}\n\n`;
    if (!type.startsWith("stream.")) events++;
  }
  const made = { ...bytesOf(text), events };
  encoded.set(blocks, made);
  return made;
}

/** A comment, which keeps proxies and watchdogs from believing that the stream is dead. */
export const heartbeatBytes: StreamBytes = bytesOf(": heartbeat\n\n");

/** Says after how many milliseconds a client that lost the stream should come back. */
export function encodeRetry(milliseconds: number): StreamBytes {
  return bytesOf(`retry: ${Math.round(milliseconds)}\n\n`);
}

/** Both forms lie in one buffer. */
function bytesOf(text: string): StreamBytes {
  const encoded = encoder.encode(text);
  const head = encoder.encode(`${encoded.byteLength.toString(16)}\r\n`);
  const end = head.byteLength + encoded.byteLength;
  const chunk = new Uint8Array(end + 2);
  chunk.set(head);
  chunk.set(encoded, head.byteLength);
  chunk.set(lineEnd, end);
  return { bytes: chunk.subarray(head.byteLength, end), chunk };
}

/** JSON may be laid out on several lines, whose breaks mean nothing: within one event there is one line of data. */
function oneLine(json: string): string {
  return json.includes("\n") || json.includes("\r") ? json.replace(/[\r\n]+/g, " ") : json;
}

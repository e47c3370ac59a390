import type { StreamBlock } from "@amused/core";

const encoder = new TextEncoder();

/** Blocks as they go to a socket. */
export interface EncodedBlocks {
  bytes: Uint8Array;
  /** How many of them are events. */
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
  const made = { bytes: encoder.encode(text), events };
  encoded.set(blocks, made);
  return made;
}

/** A comment, which keeps proxies and watchdogs from believing that the stream is dead. */
export const heartbeatBytes: Uint8Array = encoder.encode(": heartbeat\n\n");

/** Says after how many milliseconds a client that lost the stream should come back. */
export function encodeRetry(milliseconds: number): Uint8Array {
  return encoder.encode(`retry: ${Math.round(milliseconds)}\n\n`);
}

/** JSON may be laid out on several lines, whose breaks mean nothing: within one event there is one line of data. */
function oneLine(json: string): string {
  return json.includes("\n") || json.includes("\r") ? json.replace(/[\r\n]+/g, " ") : json;
}

import type { AmusedEvent } from "../../src/index.ts";

const encoder = new TextEncoder();

/** An event of the log, as the server would write it. */
export function event(seq: number, epoch = "e"): string {
  const id = `${epoch}.${seq}`;
  const data = {
    id,
    seq,
    type: "sale.recorded",
    sellerId: "acme",
    productId: 7,
    payload: { name: `Tée ${seq} 🍵` },
    createdAt: "",
  };
  return `id: ${id}\nevent: sale.recorded\ndata: ${JSON.stringify(data)}\n\n`;
}

export const opened = (cursor: string, resumed = true) =>
  `id: ${cursor}\nevent: stream.open\ndata: ${JSON.stringify({ resumed, cursor })}\n\n`;
export const moved = (cursor: string) =>
  `id: ${cursor}\nevent: stream.cursor\ndata: ${JSON.stringify({ cursor })}\n\n`;
export const lost = (cursor: string, reason = "pruned") =>
  `id: ${cursor}\nevent: stream.reset\ndata: ${JSON.stringify({ reason, cursor })}\n\n`;

/** One connection: says all of this, then ends, breaks off or stays open; knows whether it is still held. */
export function connection(
  pieces: string | (string | Uint8Array)[],
  then: "ends" | "breaks" | "stays" = "ends",
) {
  const left = typeof pieces === "string" ? [pieces] : [...pieces];
  let controller!: ReadableStreamDefaultController<Uint8Array>;
  const state = { open: true, reads: 0, say: (text: string) => controller.enqueue(encoder.encode(text)) };
  const body = new ReadableStream<Uint8Array>(
    {
      start(given) {
        controller = given;
      },
      pull() {
        state.reads++;
        const piece = left.shift();
        if (piece !== undefined)
          controller.enqueue(typeof piece === "string" ? encoder.encode(piece) : piece);
        else if (then !== "stays") {
          state.open = false;
          if (then === "ends") controller.close();
          else controller.error(new TypeError("terminated"));
        }
      },
      cancel() {
        state.open = false;
      },
    },
    { highWaterMark: 0 },
  );
  const answer = () =>
    new Response(body, { headers: { "content-type": "text/event-stream; charset=utf-8" } });
  return { state, answer };
}

/** The sequence numbers of this many events, or `reset` where the stream said so. */
export async function take(stream: AsyncIterable<AmusedEvent | { type: "stream.reset" }>, count: number) {
  const seen: (number | "reset")[] = [];
  if (count === 0) return seen;
  for await (const one of stream) {
    seen.push("seq" in one ? one.seq : "reset");
    if (seen.length === count) break;
  }
  return seen;
}

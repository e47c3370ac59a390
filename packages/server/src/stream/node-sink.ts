import type { StreamBytes } from "./blocks.ts";
import { lastMs, type OpenedSink, type SinkOwner } from "./sink.ts";

/** What we need of Node's response: `@hono/node-server` hands it to apps as `env.outgoing`. */
export interface NodeResponse {
  readonly statusCode: number;
  readonly destroyed: boolean;
  readonly writableLength: number;
  /** HTTP/1.1 without a length: what is sent is framed in chunks. */
  readonly chunkedEncoding: boolean;
  readonly socket: NodeSocket | null;
  flushHeaders(): void;
  write(bytes: Uint8Array): boolean;
  end(...last: unknown[]): unknown;
  destroy(): unknown;
  on(event: "drain" | "close", listener: () => void): unknown;
}

interface NodeSocket {
  write(bytes: Uint8Array): boolean;
  on(event: "drain", listener: () => void): unknown;
  off(event: "drain", listener: () => void): unknown;
}

/**
 * A stream on Node's own response. The host is answered without a body: it writes the head, with whatever middleware put
 * in, and ends the response. That end is where the stream begins. No web stream stands between, which would take more of
 * a stream's memory than all the rest of it. And where what is sent is framed in chunks, the frame is made once for all
 * readers and goes to the socket as it is: one write of one buffer, where the response would gather four for each reader.
 */
export function nodeSink(response: NodeResponse, owner: SinkOwner): OpenedSink {
  const { end } = response;
  const drained = () => owner.drained();
  let socket: NodeSocket | null = null;
  let opened = false;
  let ended = false;
  let sent = 0;

  response.end = (...last) => {
    response.end = end;
    // Somebody on the way has answered something else.
    if (last.length > 0 || response.statusCode !== 200) {
      owner.closed();
      return end.apply(response, last);
    }
    opened = true;
    if (ended) return end.call(response);
    // Before anything of ours, and now: a reader shall know at once that there is a stream.
    response.flushHeaders();
    if (response.chunkedEncoding) socket = response.socket;
    (socket ?? response).on("drain", drained);
    owner.opened();
    return response;
  };
  function closed(): void {
    ended = true;
    // The connection may serve other requests.
    socket?.off("drain", drained);
    owner.closed();
  }
  // The reader may have gone while it was asked who it is: then nobody tells us any more.
  if (response.destroyed) closed();
  else response.on("close", closed);

  function write({ bytes, chunk }: StreamBytes): boolean {
    const out = socket === null ? bytes : chunk;
    sent += out.byteLength;
    return (socket ?? response).write(out);
  }

  return {
    body: null,
    sink: {
      write: (bytes) => !ended && write(bytes),
      get buffered() {
        return response.writableLength;
      },
      get taken() {
        return sent - response.writableLength;
      },
      end(last) {
        if (ended) return;
        ended = true;
        // The head is still the host's to write.
        if (!opened) return;
        if (last !== undefined) write(last);
        end.call(response);
        const timer = setTimeout(() => response.destroy(), lastMs);
        (timer as { unref?: () => void }).unref?.();
        response.on("close", () => clearTimeout(timer));
      },
      cut() {
        ended = true;
        response.destroy();
      },
    },
  };
}

/** Node's response to this call, where the host is Node and speaks HTTP/1.1. */
export function nodeResponseOf(env: unknown): NodeResponse | null {
  if (typeof env !== "object" || env === null || !("outgoing" in env)) return null;
  const { outgoing } = env;
  if (typeof outgoing !== "object" || outgoing === null || "stream" in outgoing) return null;
  return "writableLength" in outgoing && "flushHeaders" in outgoing ? (outgoing as NodeResponse) : null;
}

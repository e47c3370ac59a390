import type { OpenedSink, SinkOwner } from "./sink.ts";

/** What we need of Node's response: `@hono/node-server` hands it to apps as `env.outgoing`. */
export interface NodeResponse {
  readonly statusCode: number;
  readonly writableLength: number;
  write(bytes: Uint8Array): boolean;
  end(...last: unknown[]): unknown;
  destroy(): unknown;
  on(event: "drain" | "close", listener: () => void): unknown;
}

/** How long a reader may take for the rest of a stream that has ended. */
const lastMs = 5_000;

/**
 * A stream on Node's own response. The host is answered without a body: it writes the head, with whatever middleware put
 * in, and ends the response. That end is where the stream begins. No web stream stands between, which would take more of
 * a stream's memory than all the rest of it.
 */
export function nodeSink(response: NodeResponse, owner: SinkOwner): OpenedSink {
  const { end } = response;
  let opened = false;
  let ended = false;

  response.end = (...last) => {
    response.end = end;
    // Somebody on the way has answered something else.
    if (last.length > 0 || response.statusCode !== 200) {
      owner.closed();
      return end.apply(response, last);
    }
    opened = true;
    if (ended) return end.call(response);
    owner.opened();
    return response;
  };
  response.on("drain", () => owner.drained());
  response.on("close", () => {
    ended = true;
    owner.closed();
  });

  return {
    body: null,
    sink: {
      write: (bytes) => !ended && response.write(bytes),
      get buffered() {
        return response.writableLength;
      },
      end(last) {
        if (ended) return;
        ended = true;
        // The head is still the host's to write.
        if (!opened) return;
        end.call(response, ...(last === undefined ? [] : [last]));
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
  return "writableLength" in outgoing && "statusCode" in outgoing ? (outgoing as NodeResponse) : null;
}

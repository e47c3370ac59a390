/** What we need of Node's response: `@hono/node-server` hands it to apps as `env.outgoing`. */
export interface NodeResponse {
  readonly headersSent: boolean;
  readonly writableLength: number;
  write(bytes: Uint8Array): boolean;
  destroy(): void;
  on(event: "drain" | "close", listener: () => void): unknown;
}

/** Where a stream's bytes go, whatever host carries them. */
export interface Sink {
  /** Sends these; `false` asks whoever can to wait for `drained` before more. */
  write(bytes: Uint8Array): boolean;
  /** Bytes that were sent but that nobody has taken. */
  readonly buffered: number;
  /** Ends it when what was sent is taken. */
  end(last?: Uint8Array): void;
  /** Ends it now, whatever was sent. */
  cut(): void;
}

/** The owner of a sink, told what becomes of it. */
export interface SinkOwner {
  drained(): void;
  /** The reader is gone. */
  closed(): void;
}

/** So many untaken bytes ask to wait. */
const enough = 64 * 1024;
/** How long a reader may take for the rest of a stream that has ended. */
const lastMs = 5_000;

/**
 * Opens a body and the sink that fills it. It is a web stream, which every host can answer with. On Node the host writes
 * the head and then waits for the first bytes: from there on they are written to the response itself, the same bytes for
 * all readers, which costs a fraction of what they would on the way through a stream for each.
 */
export function openSink(
  response: NodeResponse | null,
  owner: SinkOwner,
): { sink: Sink; body: ReadableStream<Uint8Array> } {
  let controller!: ReadableStreamDefaultController<Uint8Array>;
  /** The host waits for bytes, so that all it was given before is written. */
  let asked = false;
  let direct: NodeResponse | null = null;
  let ended = false;

  const body = new ReadableStream<Uint8Array>(
    {
      start(given) {
        controller = given;
      },
      // Of size 0, so that it is asked for only by a host that waits.
      pull() {
        asked = true;
        owner.drained();
      },
      cancel() {
        ended = true;
        owner.closed();
      },
    },
    { highWaterMark: 0, size: (bytes) => bytes.byteLength },
  );

  const buffered = () => (direct === null ? -(controller.desiredSize ?? 0) : direct.writableLength);

  function write(bytes: Uint8Array): boolean {
    if (direct !== null) return direct.write(bytes);
    if (asked && response?.headersSent) {
      direct = response;
      direct.on("drain", owner.drained);
      return direct.write(bytes);
    }
    asked = false;
    controller.enqueue(bytes);
    return buffered() < enough;
  }

  const sink: Sink = {
    write: (bytes) => !ended && write(bytes),
    get buffered() {
      return buffered();
    },
    end(last) {
      if (ended) return;
      if (last !== undefined) write(last);
      ended = true;
      controller.close();
      if (response === null) return;
      const timer = setTimeout(() => response.destroy(), lastMs);
      (timer as { unref?: () => void }).unref?.();
      response.on("close", () => clearTimeout(timer));
    },
    cut() {
      if (ended) return;
      ended = true;
      if (response === null) controller.error(new Error("The reader of a stream did not keep up."));
      else response.destroy();
    },
  };
  return { sink, body };
}

/** Node's response of a call, where the host is Node and speaks HTTP/1.1. */
export function nodeResponseOf(env: unknown): NodeResponse | null {
  if (typeof env !== "object" || env === null || !("outgoing" in env)) return null;
  const { outgoing } = env;
  if (typeof outgoing !== "object" || outgoing === null || "stream" in outgoing) return null;
  return "writableLength" in outgoing && "headersSent" in outgoing ? (outgoing as NodeResponse) : null;
}

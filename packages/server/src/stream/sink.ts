import type { StreamBytes } from "./blocks.ts";

/** How long a reader may take for the rest of a stream that has ended. */
export const lastMs = 5_000;

/** Where a stream's bytes go, whatever host carries them. */
export interface Sink {
  /** Sends these; `false` asks whoever can to wait for `drained` before more. */
  write(bytes: StreamBytes): boolean;
  /** Bytes that were sent but that nobody has taken. */
  readonly buffered: number;
  /** How much was taken of what was sent, in bytes: it grows for as long as somebody reads. */
  readonly taken: number;
  /** Ends it when what was sent is taken. */
  end(last?: StreamBytes): void;
  /** Ends it now, whatever was sent. */
  cut(): void;
}

/** The owner of a sink, told what becomes of it. */
export interface SinkOwner {
  /** The head of the answer is on its way; bytes may follow. */
  opened(): void;
  drained(): void;
  /** The reader is gone. */
  closed(): void;
}

/** A sink, and the body to answer with so that the host opens it. */
export interface OpenedSink {
  sink: Sink;
  body: ReadableStream<Uint8Array> | null;
}

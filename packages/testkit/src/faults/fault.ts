/** `up` is from the client to the server, `down` are the answers. */
export type Way = "up" | "down";

/** What can befall one connection. It strikes bytes that are on their way, once `after` of them have passed. */
export type Fault = {
  way: Way;
  /** How many more bytes pass that way before it strikes the next ones. */
  after: number;
} & (
  | {
      /** Both sides are reset. */
      kind: "cut";
    }
  | {
      /** The receiver is told a regular end in the midst of what it gets; the sender is reset. */
      kind: "truncate";
    }
  | {
      /** Nothing more passes that way for so many milliseconds, and the connection stays. */
      kind: "stall";
      ms: number;
    }
  | {
      /** The server's side is gone, and the client is never told: it can only find out by the silence. */
      kind: "halfOpen";
    }
  | {
      /** So many bytes pass in pieces of one to seven, which splits characters, lines and blocks. */
      kind: "trickle";
      bytes: number;
    }
);

/** The kinds of faults; `refuse` befalls connections that are about to be made. */
export type FaultKind = Fault["kind"] | "refuse";

/** How often each kind has struck. */
export type Hits = Record<FaultKind, number>;

export function noHits(): Hits {
  return { cut: 0, truncate: 0, stall: 0, halfOpen: 0, trickle: 0, refuse: 0 };
}

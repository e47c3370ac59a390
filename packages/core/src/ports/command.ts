import type { StreamPosition } from "../domain/cursor.ts";
import type { Encoded } from "../domain/encoded.ts";

/** On whose behalf, by whom and when something is written. */
export interface Command {
  sellerId: string;
  /** Who does it; `null` is the host itself. */
  actor: string | null;
  /** The request that caused it, where there was one. */
  requestId?: string | null;
  at: Date;
  /** The epoch of the seller's log, should this be its first event. */
  epoch: string;
  /**
   * Kept with the effect: a second command with this key gets the first one's answer (`replayed`) and does nothing, or
   * `idempotency_mismatch` when `hash` differs. Holds under concurrency too.
   */
  idempotency: { key: string; hash: string } | null;
}

/** What a command answers. */
export interface Written<T> {
  body: Encoded<T>;
  /** The position of the last event written; `null` when nothing changed. */
  position: StreamPosition | null;
  /** `<version>-<stock revision>` of the product that the answer is about, if it is about one. */
  revision: string | null;
  /** The answer is an earlier one, kept under the idempotency key. */
  replayed: boolean;
}

import type { StreamPosition } from "../domain/cursor.ts";
import type { Command, Written } from "./command.ts";

/** For work of many transactions, which can not keep its key in the one that has the effect. */
export interface IdempotencyRepository {
  /**
   * Takes the key until the command's time plus `leaseMs`, or says who has it: an answer kept (`Written`), or
   * `"in_flight"`. Throws `idempotency_mismatch`.
   */
  begin(command: Command, leaseMs: number): Promise<Written<unknown> | "in_flight" | "taken">;
  /** Keeps the answer, and the position of the last event it speaks of. */
  finish(command: Command, body: string, position: StreamPosition | null): Promise<void>;
  /** Gives the key back: the work came to nothing. */
  release(command: Command): Promise<void>;
  /** The answer kept under the command's key, if there is one. Throws `idempotency_mismatch`. */
  find(command: Command): Promise<Written<unknown> | null>;
}

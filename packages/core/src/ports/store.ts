import type { Repositories } from "./repositories.ts";

/**
 * Where the facts are kept. Every method of a repository is one unit of work of its own: all of it happens, with its
 * events, or nothing. Adapters throw `AmusedError`s where the methods say so, and `unavailable` when they can not reach
 * what they need; `@amused/testkit` has the suite that says whether an adapter keeps its word.
 */
export interface Store extends Repositories {
  /** Runs several methods as one unit of work: what `work` did is undone when it throws. */
  transaction<T>(work: (transaction: Repositories) => Promise<T>): Promise<T>;
  /**
   * Joins a transaction of the host's own, in the form of the adapter's technology (a `pg` client between BEGIN and
   * COMMIT). The host commits; its transaction stays usable when a method throws.
   */
  join(transaction: unknown): Repositories;
  /** Brings the store to the current layout; safe when several processes do it at once. Says what it applied. */
  migrate(): Promise<{ applied: string[] }>;
  /** Throws `unavailable` unless the store can answer now. */
  ping(): Promise<void>;
  /** Forgets idempotency keys older than this moment; says how many. */
  prune(before: Date): Promise<number>;
  close(): Promise<void>;
}

import type { Erasure } from "../domain/erasure.ts";

/**
 * The erasing of sellers. From `begin` to `finish` the seller is shut: commands and reads of its log are refused with
 * `conflict` (`state: "erasing"`), its keys open nothing, and no consumer and no engine gets anything of it. Steps may be
 * taken by several nodes at once, and anew after a crash: they do nothing where nobody is being erased.
 */
export interface ErasureRepository {
  /**
   * Shuts the seller, or finds that this was done; `epoch` is for the log of one that has none. Of a seller that was erased
   * and has not begun anew it does nothing.
   */
  begin(sellerId: string, request: { at: Date; epoch: string; requestedBy: string | null }): Promise<Erasure>;
  find(sellerId: string): Promise<Erasure | null>;
  /** Those that are not done, and those done after a moment: the first 1,000 by seller. */
  recent(after: Date): Promise<Erasure[]>;
  /** Takes away some rows, a bounded number, whatever they are, but for `files`; says how many: 0 when none is left. */
  step(sellerId: string, limit: number): Promise<number>;
  /** Ends it where nothing is left, and then the same seller may begin anew. Says what it has come to. */
  finish(sellerId: string, at: Date): Promise<Erasure | null>;
}

/** Which seller has put which file into the store for files. Several may have put the same: its name is its content. */
export interface FileClaimRepository {
  /** Notes, before the file is put, that it is this seller's too. */
  claim(sellerId: string, key: string): Promise<void>;
  /** Some claims of a seller who is being erased, and of nobody else. */
  ofErased(sellerId: string, limit: number): Promise<{ id: number; key: string }[]>;
  /** Whether there is a claim to a file beside this one, of a seller who is not being erased too. */
  isClaimed(key: string, except: number): Promise<boolean>;
  release(sellerId: string, id: number): Promise<void>;
}

/**
 * Where answers are kept that cost time or money to make. No fact lives here: what was set may be gone at any moment, and
 * whoever asks can make it anew. What comes back is what was set last, never more than its time to live ago.
 */
export interface Cache {
  /** `null` where there is nothing (any longer). */
  get(key: string): Promise<string | null>;
  /** Keeps a value for so many milliseconds, a whole number from 1, in place of what was under the key. */
  set(key: string, value: string, ttlMs: number): Promise<void>;
  delete(key: string): Promise<void>;
  /** Deletes all whose keys begin so. */
  deleteAll(prefix: string): Promise<void>;
  close(): Promise<void>;
}

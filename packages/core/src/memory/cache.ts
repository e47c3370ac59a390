import type { Cache } from "../ports/cache.ts";

export interface MemoryCacheOptions {
  /** How much may be kept, names and values counted as they lie in memory; 32 MB when not said. */
  maxBytes?: number;
  /** How many values may be kept; 20,000 when not said. */
  maxEntries?: number;
  /** The clock; handed in by tests. */
  now?: () => Date;
}

/** What an entry takes beside its text, about. */
const overhead = 200;

/** A cache in the memory of this process. When it is full, what was not asked for the longest goes first. */
export function memoryCache({
  maxBytes = 32 * 1024 ** 2,
  maxEntries = 20_000,
  now = () => new Date(),
}: MemoryCacheOptions = {}): Cache {
  // A map keeps the order of insertion: what is used is put at its end, so that its beginning was used the longest ago.
  const entries = new Map<string, { value: string; from: number; until: number; bytes: number }>();
  let bytes = 0;

  function remove(key: string): void {
    bytes -= entries.get(key)?.bytes ?? 0;
    entries.delete(key);
  }

  return {
    async get(key) {
      const entry = entries.get(key);
      if (entry === undefined) return null;
      entries.delete(key);
      entries.set(key, entry);
      const at = now().getTime();
      // By a clock that went back, how old it is is not known.
      if (entry.from <= at && at < entry.until) return entry.value;
      remove(key);
      return null;
    },
    async set(key, value, ttlMs) {
      remove(key);
      const size = 2 * (key.length + value.length) + overhead;
      // It would push out everything else and then not fit.
      if (size > maxBytes) return;
      const from = now().getTime();
      entries.set(key, { value, from, until: from + ttlMs, bytes: size });
      bytes += size;
      for (const oldest of entries.keys()) {
        if (bytes <= maxBytes && entries.size <= maxEntries) break;
        remove(oldest);
      }
    },
    async delete(key) {
      remove(key);
    },
    async deleteAll(prefix) {
      for (const key of [...entries.keys()]) if (key.startsWith(prefix)) remove(key);
    },
    async close() {
      entries.clear();
      bytes = 0;
    },
  };
}

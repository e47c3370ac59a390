import { createHash } from "node:crypto";
import type { Cache } from "../ports/cache.ts";
import { canonicalJson } from "./canonical.ts";
import { singleFlight } from "./single-flight.ts";

/** What an answer is: whose, of which kind, and everything that it depends on. */
export interface CacheKey {
  sellerId: string;
  kind: string;
  /**
   * As JSON. What changes must be in here, such as the id of a prediction or a position of the log: nothing is taken out
   * of the cache because something happened, it is asked for under another key.
   */
  inputs: unknown;
}

/** Answers that are kept: made once for all who ask, and whatever becomes of the cache, given. */
export interface Cached {
  /** The kept answer, or the one that `make` gives now, as JSON carries it. Failures are not kept. */
  answer<T>(key: CacheKey, ttlMs: number, make: () => Promise<T>): Promise<T>;
  /** What is kept; `null` where nothing is, or the cache does not answer in time. */
  read(key: CacheKey): Promise<unknown>;
  /** Keeps a value, sooner or later, if it can be kept. Returns at once. */
  write(key: CacheKey, value: unknown, ttlMs: number): void;
  /** Lets go of everything of a seller; throws where the cache does not. */
  forget(sellerId: string): Promise<void>;
}

/** How long it has to let go of a seller, of whom there may be much. Nobody waits for that. */
const forgetMs = 30_000;

interface CachedOptions {
  now: () => Date;
  onError: (error: unknown) => void;
  /** How long the cache has for an answer. */
  limitMs?: number;
  /** How long a cache is left alone that failed or was late. */
  restMs?: number;
}

export function cachedOver(
  cache: Cache,
  { now, onError, limitMs = 250, restMs = 5_000 }: CachedOptions,
): Cached {
  const single = singleFlight();
  let restUntil = Number.NEGATIVE_INFINITY;

  /** Does something with the cache within its time; `null` when that fails. */
  async function within<T>(work: () => Promise<T>): Promise<T | null> {
    // A clock that goes back must not make it a long rest.
    const left = restUntil - now().getTime();
    if (left > 0 && left <= restMs) return null;
    try {
      return await inTime(limitMs, work);
    } catch (error) {
      restUntil = now().getTime() + restMs;
      onError(error);
      return null;
    }
  }

  async function readAt(name: string): Promise<unknown> {
    const text = await within(() => cache.get(name));
    if (text === null) return null;
    try {
      return JSON.parse(text) as unknown;
    } catch {
      return null;
    }
  }

  const cached: Cached = {
    answer<T>(key: CacheKey, ttlMs: number, make: () => Promise<T>): Promise<T> {
      const name = nameOf(key);
      return single(name, async () => {
        const kept = await readAt(name);
        if (kept !== null) return kept as T;
        const made = await make();
        cached.write(key, made, ttlMs);
        return made;
      });
    },
    read: (key) => readAt(nameOf(key)),
    write(key, value, ttlMs) {
      void within(() => cache.set(nameOf(key), JSON.stringify(value), Math.max(1, Math.round(ttlMs))));
    },
    async forget(sellerId) {
      await inTime(forgetMs, () => cache.deleteAll(prefixOf(sellerId)));
    },
  };
  return cached;
}

async function inTime<T>(ms: number, work: () => Promise<T>): Promise<T> {
  let timer: ReturnType<typeof setTimeout> | undefined;
  const late = new Promise<never>((_, reject) => {
    timer = setTimeout(() => reject(new Error(`The cache did not answer in ${ms} ms.`)), ms);
  });
  try {
    return await Promise.race([work(), late]);
  } finally {
    clearTimeout(timer);
  }
}

/** Keeps nothing: for what is read in a transaction that may never have been. */
export const uncached: Cached = {
  answer: (_key, _ttlMs, make) => make(),
  read: async () => null,
  write() {},
  async forget() {},
};

/** The seller stands in the name, and in the hash too: a name of his can not be made to look like another's. */
function nameOf({ sellerId, kind, inputs }: CacheKey): string {
  const hash = createHash("sha256")
    .update(canonicalJson([sellerId, kind, inputs]))
    .digest("hex");
  return `${prefixOf(sellerId)}${kind}:${hash}`;
}

function prefixOf(sellerId: string): string {
  return `amused:1:${sellerId}:`;
}

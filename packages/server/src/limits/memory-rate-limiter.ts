/// <reference path="./rate-limiter-flexible.d.ts" />
import type { RateLimit, RateLimiter, RateLimitState } from "@amused/core";
import type { RateLimiterRes } from "rate-limiter-flexible";
import RateLimiterMemory from "rate-limiter-flexible/lib/RateLimiterMemory.js";

export interface MemoryRateLimiterOptions {
  /** How many keys are counted for each limit; 20,000 when not said. Beyond it the key whose window ends first is forgotten. */
  maxKeys?: number;
}

/** One limit's counts, and the keys it holds in the order in which their windows end. */
interface Counts {
  limiter: RateLimiterMemory;
  keys: Set<string>;
}

/** Counts in the memory of this process. */
export function memoryRateLimiter({ maxKeys = 20_000 }: MemoryRateLimiterOptions = {}): RateLimiter {
  const limits = new Map<string, Counts>();

  function countsOf({ name, limit, windowMs }: RateLimit): Counts {
    let counts = limits.get(name);
    if (counts === undefined) {
      const limiter = new RateLimiterMemory({ keyPrefix: "", points: limit, duration: windowMs / 1000 });
      counts = { limiter, keys: new Set() };
      limits.set(name, counts);
    }
    return counts;
  }

  return {
    async consume(limit, key, cost) {
      const { limiter, keys } = countsOf(limit);
      // What `consume` throws beyond the limit, `penalty` answers.
      const counted = await limiter.penalty(key, cost);
      if (counted.isFirstInDuration) {
        keys.delete(key);
        keys.add(key);
        if (keys.size > maxKeys) {
          const [first = key] = keys;
          keys.delete(first);
          await limiter.delete(first);
        }
      }
      return stateOf(limit, counted, cost);
    },
    async peek(limit, key) {
      const counted = await countsOf(limit).limiter.get(key);
      if (counted === null || counted.msBeforeNext <= 0)
        return { allowed: true, remaining: limit.limit, resetMs: limit.windowMs };
      return stateOf(limit, counted, 0);
    },
    async close() {
      for (const { limiter, keys } of limits.values()) for (const key of keys) void limiter.delete(key);
      limits.clear();
    },
  };
}

function stateOf({ limit }: RateLimit, counted: RateLimiterRes, cost: number): RateLimitState {
  const { consumedPoints, msBeforeNext } = counted;
  return {
    allowed: consumedPoints - cost < limit,
    remaining: Math.max(0, limit - consumedPoints),
    resetMs: msBeforeNext,
  };
}

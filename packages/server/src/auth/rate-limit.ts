import { AmusedError } from "@amused/core";

/** So many requests per window of so many milliseconds. */
export interface RateLimit {
  limit: number;
  windowMs: number;
}

/** Counts each caller's requests in fixed windows, in this process; `rate_limited` beyond the limit. */
export function rateLimiter(
  { limit, windowMs }: RateLimit,
  now: () => number = Date.now,
): (caller: string) => void {
  let counts = new Map<string, number>();
  let window = 0;
  return (caller) => {
    const at = now();
    const current = Math.floor(at / windowMs);
    // All windows begin together, so that one new map forgets everybody's counts.
    if (current !== window) [counts, window] = [new Map(), current];
    const count = (counts.get(caller) ?? 0) + 1;
    counts.set(caller, count);
    if (count <= limit) return;
    const retryAfter = Math.ceil(((current + 1) * windowMs - at) / 1000);
    throw new AmusedError(
      "rate_limited",
      `More than ${limit} requests in ${windowMs / 1000} s with this credential.`,
      { retryAfter },
    );
  };
}

import { isAmusedError, type RateLimit, type RateLimiter } from "@amused/core";
import { shownToken } from "../auth/authenticate.ts";
import { refuse } from "./refuse.ts";
import type { Rate } from "./request-limits.ts";

/** A request of which nobody knows yet who sent it. */
export interface Stranger {
  request: Request;
  /** The address it came from, where the host tells. */
  address(): string | null;
}

/**
 * Has the credential of a request judged, which may open a stream or not; refuses without asking anybody where its address
 * has shown too many bad ones.
 */
export type Guard = <T>(stranger: Stranger, stream: boolean, judge: () => Promise<T>) => Promise<T>;

const most = 10_000;

/**
 * Counts the bad credentials of each address. Those that were good when they were last shown are let through all the same,
 * so that nobody who guesses shuts others out that come through the same proxy.
 */
export function guard(limiter: RateLimiter, rate: Rate): Guard {
  const failures: RateLimit = { name: "failures", ...rate };
  const good = new Set<string>();

  return async (stranger, stream, judge) => {
    // The very one that is judged: another beside it must not vouch for it.
    const token = shownToken(stranger.request, stream)?.token;
    if (token === undefined || good.has(token)) return noted(judge, token, null);
    const address = stranger.address();
    if (address === null) return judge();
    const { remaining, resetMs } = await limiter.peek(failures, address);
    if (remaining > 0) return noted(judge, token, address);
    return refuse("Too many bad credentials came from this address.", resetMs);
  };

  async function noted<T>(
    judge: () => Promise<T>,
    token: string | undefined,
    address: string | null,
  ): Promise<T> {
    try {
      const judged = await judge();
      if (address !== null && token !== undefined) remember(token);
      return judged;
    } catch (error) {
      if (token !== undefined && isAmusedError(error, "unauthenticated")) {
        good.delete(token);
        if (address !== null) await limiter.consume(failures, address, 1);
      }
      throw error;
    }
  }

  function remember(token: string): void {
    good.add(token);
    if (good.size <= most) return;
    const [first = token] = good;
    good.delete(first);
  }
}

import type { RateLimit, RateLimiter, RateLimitState } from "@amused/core";
import type { Access } from "../auth/access.ts";
import { refuse, secondsOf } from "./refuse.ts";

/** So much per window of so many milliseconds. */
export type Rate = Pick<RateLimit, "limit" | "windowMs">;

/** Counts a request of a known caller and notes in the answer's headers what is left; refuses where nothing was. */
export type CountRequest = (access: Access, cost: number, headers: Record<string, string>) => Promise<void>;

/** Limits what each credential asks, and what all credentials of one seller ask together. */
export function requestLimits(
  limiter: RateLimiter,
  perKey: Rate,
  perSeller: Rate | "off" = tenTimes(perKey),
): CountRequest {
  const ofKey: RateLimit = { name: "default", ...perKey };
  const ofSeller: RateLimit | null = perSeller === "off" ? null : { name: "seller", ...perSeller };

  return async ({ sellerId, actor }, cost, headers) => {
    // The host names actors as it likes; seller ids hold no space.
    const key = sellerId === null ? actor : `${sellerId} ${actor}`;
    const left = await limiter.consume(ofKey, key, cost);
    // What is refused to one key must not be on the account of the others, nor what an administrator does for a seller.
    if (!left.allowed || sellerId === null || ofSeller === null)
      return say(headers, ofKey, left, "with this credential");
    const together = await limiter.consume(ofSeller, sellerId, cost);
    if (together.allowed && left.remaining <= together.remaining) return say(headers, ofKey, left, "");
    return say(headers, ofSeller, together, "by all credentials of this seller together");
  };
}

function tenTimes({ limit, windowMs }: Rate): Rate {
  return { limit: limit * 10, windowMs };
}

/** Says the limit that is the nearest, as draft-ietf-httpapi-ratelimit-headers writes it; refuses where it is reached. */
async function say(
  headers: Record<string, string>,
  { name, limit, windowMs }: RateLimit,
  { allowed, remaining, resetMs }: RateLimitState,
  whose: string,
): Promise<void> {
  const window = windowMs / 1000;
  headers["ratelimit-policy"] = `"${name}";q=${limit};w=${window}`;
  headers.ratelimit = `"${name}";r=${remaining};t=${secondsOf(resetMs)}`;
  if (!allowed) await refuse(`More than ${limit} requests in ${window} s ${whose}.`, resetMs);
}

import { AmusedError, type RateLimit, type RateLimiter, type RateLimitState } from "@amused/core";
import type { Access } from "../auth/access.ts";

/** So much per window of so many milliseconds. */
export type Rate = Pick<RateLimit, "limit" | "windowMs">;

/** Counts a request of a known caller and notes in the answer's headers what is left; refuses where nothing was. */
export type CountRequest = (access: Access, cost: number, headers: Record<string, string>) => Promise<void>;

/** How many times as much as one key all keys of a seller together may ask, when nothing else is said. */
const keysWorth = 10;

/** Limits what each credential asks, and what all credentials of one seller ask together. */
export function requestLimits(limiter: RateLimiter, perKey: Rate, perSeller: Rate | undefined): CountRequest {
  const ofKey: RateLimit = { name: "default", ...perKey };
  const ofSeller: RateLimit = {
    name: "seller",
    ...(perSeller ?? { ...perKey, limit: perKey.limit * keysWorth }),
  };

  return async ({ sellerId, actor }, cost, headers) => {
    // The host names actors as it likes; seller ids hold no space.
    const key = sellerId === null ? actor : `${sellerId} ${actor}`;
    const left = await limiter.consume(ofKey, key, cost);
    // What is refused to one key must not be on the account of the others, nor what an administrator does for a seller.
    if (!left.allowed || sellerId === null) return note(headers, ofKey, left);
    const together = await limiter.consume(ofSeller, sellerId, cost);
    if (together.allowed && left.remaining <= together.remaining) note(headers, ofKey, left);
    else note(headers, ofSeller, together);
  };
}

/** Says the limit that is the nearest, as draft-ietf-httpapi-ratelimit-headers writes it. */
function note(headers: Record<string, string>, limit: RateLimit, state: RateLimitState): void {
  const { name, windowMs } = limit;
  const seconds = Math.max(1, Math.ceil(state.resetMs / 1000));
  headers["ratelimit-policy"] = `"${name}";q=${limit.limit};w=${windowMs / 1000}`;
  headers.ratelimit = `"${name}";r=${state.remaining};t=${seconds}`;
  if (state.allowed) return;
  const whose = name === "seller" ? "by all credentials of this seller together" : "with this credential";
  throw new AmusedError(
    "rate_limited",
    `More than ${limit.limit} requests in ${windowMs / 1000} s ${whose}. Ask again in ${seconds} s.`,
    { retryAfter: seconds },
  );
}

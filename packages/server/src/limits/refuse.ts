import { AmusedError } from "@amused/core";

/** Whoever does not wait as told, but asks again at once over so many connections, has ten answers a second on each. */
const delayMs = 100;

/** Refuses, a moment later, so that being refused is no way to keep the server busy. Connections bound how many wait. */
export async function refuse(why: string, resetMs: number): Promise<never> {
  await new Promise((later) => setTimeout(later, delayMs));
  const seconds = secondsOf(resetMs);
  throw new AmusedError("rate_limited", `${why} Ask again in ${seconds} s.`, { retryAfter: seconds });
}

/** Whole seconds after which a window is over for sure. */
export function secondsOf(resetMs: number): number {
  return Math.max(1, Math.ceil(resetMs / 1000));
}

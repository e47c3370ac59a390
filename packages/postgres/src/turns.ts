/**
 * How many commands of one seller are under way at once. Each ends by waiting for the one before it at the seller's
 * counter, until that is flushed to disk; more of them at once would only hold connections and crowd at the lock.
 */
const atOnce = 2;

/** Lets each seller's work begin in the order it came, two at a time; sellers do not wait for one another. */
export function sellerTurns(): <T>(sellerId: string, work: () => Promise<T>) => Promise<T> {
  const lines = new Map<string, { working: number; waiting: (() => void)[] }>();
  return async (sellerId, work) => {
    const line = lines.get(sellerId) ?? { working: 0, waiting: [] };
    lines.set(sellerId, line);
    // Who ends hands its place to the next, so that nobody who comes just then can take it.
    if (line.working < atOnce) line.working++;
    else await new Promise<void>((begin) => line.waiting.push(begin));
    try {
      return await work();
    } finally {
      const next = line.waiting.shift();
      if (next !== undefined) next();
      else if (--line.working === 0) lines.delete(sellerId);
    }
  };
}

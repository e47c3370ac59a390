import { busy } from "./errors.ts";

/**
 * How many commands of one seller are under way at once. Each ends by waiting for the one before it at the seller's
 * counter, until that is flushed to disk; more of them at once would only hold connections and crowd at the lock.
 */
const atOnce = 2;

/**
 * Lets each seller's work begin in the order it came, two at a time; sellers do not wait for one another. Who waits for longer
 * than `timeoutMs` leaves the line.
 */
export function sellerTurns(timeoutMs?: number): <T>(sellerId: string, work: () => Promise<T>) => Promise<T> {
  const lines = new Map<string, { working: number; waiting: Set<() => void> }>();
  return async (sellerId, work) => {
    const line = lines.get(sellerId) ?? { working: 0, waiting: new Set() };
    lines.set(sellerId, line);
    // Who ends hands its place to the next, so that nobody who comes just then can take it.
    if (line.working < atOnce) line.working++;
    else await turnIn(line.waiting, timeoutMs);
    try {
      return await work();
    } finally {
      const [next] = line.waiting;
      if (next !== undefined) next();
      else if (--line.working === 0) lines.delete(sellerId);
    }
  };
}

function turnIn(waiting: Set<() => void>, timeoutMs: number | undefined): Promise<void> {
  return new Promise((resolve, reject) => {
    let timer: ReturnType<typeof setTimeout> | undefined;
    const begin = () => {
      clearTimeout(timer);
      waiting.delete(begin);
      resolve();
    };
    waiting.add(begin);
    if (timeoutMs === undefined) return;
    timer = setTimeout(() => {
      waiting.delete(begin);
      reject(busy(new Error(`Its turn did not come within ${timeoutMs} ms.`)));
    }, timeoutMs);
  });
}

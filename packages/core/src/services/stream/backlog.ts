import type { EventRepository, EventRun } from "../../ports/repositories.ts";

/** How many events one read takes. */
export const runLength = 256;

/** Reads of the store at once, over all logs: who catches up must not take the connections of those who sell. */
const atOnce = 4;

/** Reads what lies behind the live edge of logs; those who want the same at the same time share one read. */
export function backlogReads(
  events: Pick<EventRepository, "read">,
): (sellerId: string, after: number) => Promise<EventRun | null> {
  const underWay = new Map<string, Promise<EventRun | null>>();
  const waiting: (() => void)[] = [];
  let reading = 0;

  async function read(sellerId: string, after: number): Promise<EventRun | null> {
    if (reading < atOnce) reading++;
    else await new Promise<void>((begin) => waiting.push(begin));
    try {
      return await events.read(sellerId, { after, limit: runLength, types: null, productId: null });
    } finally {
      const next = waiting.shift();
      // Who ends hands its place on.
      if (next === undefined) reading--;
      else next();
    }
  }

  return (sellerId, after) => {
    const name = `${after} ${sellerId}`;
    const shared = underWay.get(name);
    if (shared !== undefined) return shared;
    const run = read(sellerId, after).finally(() => underWay.delete(name));
    underWay.set(name, run);
    return run;
  };
}

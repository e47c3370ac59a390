import type { Contestant } from "./contestants.ts";

/** Bytes that one more stream costs its server, which has had events and is idle now. */
export interface MemoryPerStream {
  rss: number;
  /** Of it on V8's heap, and outside of it on its account. */
  heap: number;
}

/**
 * Opens half of the streams, and then the others: what the process has grown by for each of those, garbage aside. The
 * first half grows what grows once, whoever opens streams: code, tables, and V8's room for young objects.
 */
export async function openAndWeigh({ ask }: Contestant, streams: number): Promise<MemoryPerStream> {
  const half = Math.ceil(streams / 2);
  const weighed = async (count: number) => {
    await ask({ do: "open", streams: count });
    for (const burst of [1, 20, 1]) await ask({ do: "drive", burst, forMs: 0 });
    return ask({ do: "memory" });
  };
  const before = await weighed(half);
  const after = await weighed(streams - half);
  const each = (one: number, other: number) => (other - one) / (streams - half);
  return { rss: each(before.rss, after.rss), heap: each(before.heap, after.heap) };
}

import type { Contestant } from "./contestants.ts";

/** Bytes that one more stream costs its server, which has had events and is idle now. */
export interface MemoryPerStream {
  rss: number;
  /** Of it on V8's heap, and outside of it on its account. */
  heap: number;
}

/** So many streams are opened and left before the first look, so that code and tables are there already. */
const warmUpStreams = 20;

/** Opens the streams and leaves them open: what the process has grown by, garbage aside, for each of them. */
export async function openAndWeigh({ ask }: Contestant, streams: number): Promise<MemoryPerStream> {
  await ask({ do: "open", streams: warmUpStreams });
  for (const burst of [1, 20]) await ask({ do: "drive", burst, forMs: 50 });
  await ask({ do: "close" });
  const before = await ask({ do: "memory" });
  await ask({ do: "open", streams });
  for (let i = 0; i < 3; i++) await ask({ do: "drive", burst: 1, forMs: 0 });
  const after = await ask({ do: "memory" });
  return { rss: (after.rss - before.rss) / streams, heap: (after.heap - before.heap) / streams };
}

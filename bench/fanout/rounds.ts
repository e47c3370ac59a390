import { exactCpuOf } from "../measure/cpu.ts";
import type { Contestant } from "./contestants.ts";
import type { Latency } from "./driver.ts";

/** What one round on one server came to. CPU is in seconds, the server's. */
export interface Round {
  perSecond: number;
  perCpuSecond: number | null;
  /** The same, with the CPU taken off that the commands alone have cost. */
  perCpuSecondOfDelivery: number | null;
  bytesPerDelivery: number;
}

export interface PacedRound {
  sinceAsked: Latency;
  sinceCommitted: Latency;
}

/** CPU seconds of one command. */
export type CommandCost = Map<string, number | null>;

/** Rounds in turn, there and back (a b c c b a), so that what changes with time meets all servers alike. */
export async function alternate<T>(
  contestants: Contestant[],
  rounds: number,
  measure: (contestant: Contestant) => Promise<T>,
): Promise<Map<string, T[]>> {
  const results = new Map<string, T[]>(contestants.map(({ name }) => [name, []]));
  for (let round = 0; round < rounds; round++)
    for (const contestant of round % 2 === 0 ? contestants : contestants.toReversed())
      results.get(contestant.name)?.push(await measure(contestant));
  return results;
}

/** What the command itself costs in that process, while nobody reads. */
export async function commandCost(
  { pid, ask }: Contestant,
  burst: number,
  forMs: number,
): Promise<number | null> {
  await ask({ do: "commands", burst, forMs: forMs / 3 });
  const before = exactCpuOf(pid);
  const { events } = await ask({ do: "commands", burst, forMs });
  const after = exactCpuOf(pid);
  return before === null || after === null ? null : (after - before) / events;
}

export async function measure(
  { name, pid, ask }: Contestant,
  burst: number,
  forMs: number,
  costs: CommandCost,
): Promise<Round> {
  // Streams that were idle are warm again before the clock starts.
  await ask({ do: "drive", burst, forMs: Math.min(300, forMs / 3) });
  const before = exactCpuOf(pid);
  const { events, deliveries, elapsedMs, bytes } = await ask({ do: "drive", burst, forMs });
  const after = exactCpuOf(pid);
  const cpu = before === null || after === null ? null : after - before;
  const cost = costs.get(name) ?? null;
  return {
    perSecond: (deliveries / elapsedMs) * 1000,
    perCpuSecond: cpu === null ? null : deliveries / cpu,
    perCpuSecondOfDelivery: cpu === null || cost === null ? null : deliveries / (cpu - events * cost),
    bytesPerDelivery: bytes / deliveries,
  };
}

export async function measurePaced(
  { ask }: Contestant,
  perSecond: number,
  seconds: number,
): Promise<PacedRound> {
  await ask({ do: "pace", perSecond, events: Math.ceil(perSecond / 3) });
  return ask({ do: "pace", perSecond, events: Math.ceil(perSecond * seconds) });
}

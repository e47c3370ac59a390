import { setTimeout as sleep } from "node:timers/promises";
import type { Fault, FaultyProxy, Random } from "@amused/testkit";

// What is seldom here makes everybody wait for his patience to end.
const kinds = [
  ...(["cut", "cut", "truncate", "truncate", "stall", "stall"] as const),
  ...(["trickle", "trickle", "trickle", "halfOpen"] as const),
] as const;

function fault(random: Random): Fault {
  const way = random.next() < 0.3 ? "up" : "down";
  // Short answers are struck as well as long streams.
  const where = { way, after: random.int(0, random.next() < 0.5 ? 500 : 8_000) } as const;
  const kind = random.pick(kinds);
  if (kind === "stall") return { ...where, kind, ms: random.int(50, 2_000) };
  if (kind === "trickle") return { ...where, kind, bytes: random.int(100, 500) };
  return { ...where, kind };
}

/** Something befalls three of five connections, sooner or later. */
export function stormy(random: Random): Fault[] {
  if (random.next() < 0.4) return [];
  return Array.from({ length: random.int(1, 2) }, () => fault(random));
}

/** Lets it storm on a proxy until the signal aborts: on each connection by itself, and now and then on all of them. */
export async function blow(proxy: FaultyProxy, random: Random, stop: AbortSignal): Promise<void> {
  proxy.weather(stormy);
  while (!stop.aborted) {
    await sleep(random.int(200, 600));
    if (random.next() < 0.4) {
      proxy.refuse(true);
      await sleep(random.int(50, 250));
      proxy.refuse(false);
    } else if (random.next() < 0.2) proxy.inject(fault(random));
  }
  proxy.heal();
}

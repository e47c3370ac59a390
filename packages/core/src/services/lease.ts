import { randomUUID } from "node:crypto";
import type { EngineStateRepository } from "../ports/engine-states.ts";
import type { Deps } from "./deps.ts";

/** How long a node that died keeps others from its seller. */
const leaseMs = 2 * 60_000;

/** The right to do some work for a seller, for a while. */
interface Lease {
  /** Holds it for longer where that is due; `false` when another node has it. */
  renew(): Promise<boolean>;
  release(): Promise<void>;
}

/**
 * Does a seller's work of this name unless another node does. `hold` says whether it may go on. What fails is told of, for
 * the next pass to try again. `false` where another does it.
 */
export async function underLease(
  { repositories, now }: Pick<Deps, "repositories" | "now">,
  sellerId: string,
  name: string,
  report: (error: unknown) => void,
  work: (hold: () => Promise<boolean>) => Promise<void>,
): Promise<boolean> {
  try {
    const lease = await takeLease(repositories.engines, sellerId, name, now);
    if (lease === null) return false;
    try {
      await work(lease.renew);
    } finally {
      await lease.release();
    }
  } catch (error) {
    report(error);
  }
  return true;
}

/**
 * Takes the lease of a seller's work; `null` while another node holds it. It is kept as an engine's state, whose
 * version lets one of those who take it at once have it. What is done under it is right without it too, only done twice:
 * so it does not matter that clocks of nodes differ a little, or that one goes on for a moment after its time.
 */
async function takeLease(
  engines: EngineStateRepository,
  sellerId: string,
  name: string,
  now: () => Date,
): Promise<Lease | null> {
  const holder = randomUUID();
  const held = await engines.load(sellerId, name);
  const until = untilOf(held?.state);
  const from = now().getTime();
  // One that holds for longer than any was made by a clock that went back.
  if (until > from && until <= from + 2 * leaseMs) return null;
  let version = held?.version ?? 0;
  let renewedAt = 0;

  async function write(ms: number): Promise<boolean> {
    const at = now();
    const state = JSON.stringify({ holder, until: new Date(at.getTime() + ms).toISOString() });
    const saved = await engines.save(sellerId, name, { state, basedOn: 0, version, at });
    if (saved === false) return false;
    [version, renewedAt] = [saved, at.getTime()];
    return true;
  }

  if (!(await write(leaseMs))) return null;
  return {
    renew: async () => Math.abs(now().getTime() - renewedAt) < leaseMs / 4 || write(leaseMs),
    release: async () => {
      await write(0);
    },
  };
}

function untilOf(state: string | undefined): number {
  if (state === undefined) return 0;
  try {
    return Date.parse((JSON.parse(state) as { until: string }).until) || 0;
  } catch {
    return 0;
  }
}

import { type Contestant, type Name, startContestants } from "./contestants.ts";
import { type MemoryPerStream, openAndWeigh } from "./memory.ts";
import {
  alternate,
  type CommandCost,
  commandCost,
  measure,
  measurePaced,
  type PacedRound,
  type Round,
} from "./rounds.ts";

/** How events come: each by itself, or so many in one tick. */
export const modes = {
  // Where nothing can be joined, the joined server is the bare one.
  single: { burst: 1, contestants: ["bare", "better-sse", "socket.io", "amused"] },
  burst: { burst: 20, contestants: ["bare", "joined", "better-sse", "socket.io", "amused"] },
} satisfies Record<string, { burst: number; contestants: Name[] }>;

export type Mode = keyof typeof modes;
export const modeNames = Object.keys(modes) as Mode[];

export interface Plan {
  rounds: number;
  seconds: number;
  /** Events per second and seconds of a round of the paced load; none where `null`. */
  pace: { perSecond: number; seconds: number; rounds: number } | null;
}

/** All that was measured with so many streams. */
export interface Level {
  streams: number;
  memory: Map<string, MemoryPerStream>;
  commands: Record<Mode, CommandCost>;
  rounds: Record<Mode, Map<string, Round[]>>;
  paced: Map<string, PacedRound[]> | null;
}

/** Measures all contestants with so many streams each, in processes that have served nobody before. */
export async function runLevel(
  streams: number,
  { rounds, seconds, pace }: Plan,
  stopping: AbortSignal,
): Promise<Level> {
  const contestants = await startContestants();
  // Told to stop, it leaves no processes behind either.
  const stop = () => Promise.all(contestants.map((contestant) => contestant.stop()));
  stopping.addEventListener("abort", () => void stop());
  try {
    const forMs = seconds * 1000;
    const commands = { single: new Map(), burst: new Map() };
    const memory = new Map<string, MemoryPerStream>();
    for (const contestant of contestants) {
      for (const mode of modeNames)
        commands[mode].set(contestant.name, await commandCost(contestant, modes[mode].burst, forMs / 3));
      memory.set(contestant.name, await openAndWeigh(contestant, streams));
    }
    const run = (mode: Mode) => {
      const { burst, contestants: taking } = modes[mode];
      return alternate(only(contestants, taking), rounds, (contestant) =>
        measure(contestant, burst, forMs, commands[mode]),
      );
    };
    return {
      streams,
      memory,
      commands,
      rounds: { single: await run("single"), burst: await run("burst") },
      paced:
        pace &&
        (await alternate(only(contestants, modes.single.contestants), pace.rounds, (contestant) =>
          measurePaced(contestant, pace.perSecond, pace.seconds),
        )),
    };
  } finally {
    await stop();
  }
}

const only = (contestants: Contestant[], names: readonly string[]) =>
  contestants.filter(({ name }) => names.includes(name));

import { z } from "zod";
import { AmusedError } from "../../errors.ts";
import { type Circuit, circuit } from "../circuit.ts";
import type { CalculationName, InputOf, ResultOf } from "./calculations.ts";
import { Hopeless, lane } from "./lane.ts";
import type { Runner } from "./runner.ts";

/** How many threads a host asks for. */
export const threadsSchema: z.ZodInt = z
  .int("must be a whole number")
  .min(0, "must be from 0 to 64")
  .max(64, "must be from 0 to 64");

/** How many calculations somebody may wait for: some seconds' worth of a thread. */
const most = 500;
/** How long one of milliseconds, and one of seconds, may take. What asks for the first waits for half a minute itself. */
const [quickMs, longMs] = [20_000, 10 * 60_000];
/** A thread without work is ended after so long. */
const idleMs = 60_000;
/** How long threads are done without when one could not be started. */
const starting = { tolerated: 1, restMs: 30_000, longestMs: 3_600_000 };
/** How long something is set aside whose calculation was hopeless, and how many such are remembered. */
const [setAside, remembered] = [{ tolerated: 1, restMs: 3_600_000, longestMs: 24 * 3_600_000 }, 10_000];

interface RunOptions {
  /** What it is about, such as a product of a seller: set aside for an hour or more once it proves hopeless. */
  about: string;
  /** What somebody waits for goes before the rest. */
  urgent?: boolean;
}

/** Does what takes long: in threads, or where there are none between other work of the event loop. */
export interface Calculator {
  /**
   * A calculation of milliseconds. Throws `unavailable` when too many urgent ones wait, and where it took too long or
   * what it is about is set aside.
   */
  run<Name extends CalculationName>(
    name: Name,
    input: InputOf<Name>,
    options: RunOptions,
  ): Promise<ResultOf<Name>>;
  /** The same of seconds, in a thread of its own; `null`, and not done, where there are no threads. */
  runLong<Name extends CalculationName>(
    name: Name,
    input: InputOf<Name>,
    options: RunOptions,
  ): Promise<ResultOf<Name> | null>;
  /** Whether nothing is calculated of this for now, because it took too long or took down its threads. */
  isSetAside(about: string): boolean;
  /** Whether there are threads, as far as is known: whether one can be started shows only then. */
  readonly threaded: boolean;
  /** Ends the threads; what is not done by then is `unavailable`. */
  close(): Promise<void>;
}

export interface CalculatorDeps {
  /** How many threads there are at most, beside one for what is long; 0 for none. */
  threads: number;
  /** Starts a thread; `null` where there can be none. */
  start: () => Promise<Runner | null>;
  now: () => Date;
  onError: (error: unknown) => void;
}

class NoThread extends Error {}

export function calculator({ threads, start, now, onError }: CalculatorDeps): Calculator {
  let never = threads === 0;
  const starts = circuit(now, starting);
  const hopeless = new Map<string, Circuit>();

  async function thread(): Promise<Runner | null> {
    if (never || !starts.enter()) return null;
    try {
      const runner = await start();
      never = runner === null;
      starts.succeeded();
      return runner;
    } catch (cause) {
      const restMs = starts.failed();
      const message = "No thread could be started: forecasts are made without one, and it is tried again in";
      if (restMs !== null) onError(new Error(`${message} ${restMs / 1000} seconds.`, { cause }));
      return null;
    }
  }

  const quick = lane({
    ...{ most, idleMs, limitMs: quickMs, size: Math.max(1, threads) },
    make: thread,
  });
  const long = lane({
    ...{ most, idleMs: 1_000, limitMs: longMs, size: 1 },
    async make() {
      const runner = await thread();
      if (runner === null) throw new NoThread();
      return runner;
    },
  });

  function setAsideFor(about: string, cause: Hopeless): AmusedError<"unavailable"> {
    const known = hopeless.get(about) ?? circuit(now, setAside);
    // Anew at the end: what is remembered longest is forgotten first.
    hopeless.delete(about);
    hopeless.set(about, known);
    for (const oldest of hopeless.keys()) {
      if (hopeless.size <= remembered) break;
      hopeless.delete(oldest);
    }
    const restMs = known.failed();
    const message = `A calculation ${cause.message}`;
    if (restMs !== null)
      onError(new Error(`${message}: ${about} is set aside for ${restMs / 3_600_000} hours.`, { cause }));
    return new AmusedError("unavailable", `${message}. It is tried again later.`, { retryAfter: 3_600 });
  }

  /** Does it unless what it is about is set aside, and sets that aside where it proves hopeless. */
  async function guarded<T>(about: string, work: () => Promise<T>): Promise<T> {
    const known = hopeless.get(about);
    if (known?.enter() === false) {
      const message = "This took too long to calculate before. It is tried again later.";
      throw new AmusedError("unavailable", message, { retryAfter: 3_600 });
    }
    try {
      const result = await work();
      hopeless.delete(about);
      return result;
    } catch (error) {
      if (error instanceof Hopeless) throw setAsideFor(about, error);
      known?.undecided();
      throw error;
    }
  }

  return {
    run: (name, input, { about, urgent = false }) =>
      guarded(about, () => quick.run(name, input, urgent)) as Promise<never>,
    async runLong(name, input, { about, urgent = false }) {
      if (never || starts.resting) return null;
      try {
        return (await guarded(about, () => long.run(name, input, urgent))) as never;
      } catch (error) {
        if (error instanceof NoThread) return null;
        throw error;
      }
    },
    isSetAside: (about) => hopeless.get(about)?.resting ?? false,
    get threaded() {
      return !never && !starts.resting;
    },
    async close() {
      await Promise.all([quick.close(), long.close()]);
    },
  };
}

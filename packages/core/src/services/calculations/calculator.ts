import { z } from "zod";
import type { CalculationName, InputOf, ResultOf } from "./calculations.ts";
import { lane } from "./lane.ts";
import { inlineRunner, type Runner } from "./runner.ts";

/** How many threads a host asks for. */
export const threadsSchema: z.ZodInt = z
  .int("must be a whole number")
  .min(0, "must be from 0 to 64")
  .max(64, "must be from 0 to 64");

/** How many calculations may wait: some seconds' worth of a thread. */
const most = 500;
/** A thread without work is ended after so long. */
const idleMs = 60_000;

/** Does what takes long: in threads, or where there are none between other work of the event loop. */
export interface Calculator {
  /**
   * A calculation of milliseconds; `urgent` is what somebody waits for, and goes before the rest. Throws `unavailable` when
   * too many wait.
   */
  run<Name extends CalculationName>(
    name: Name,
    input: InputOf<Name>,
    options?: { urgent?: boolean },
  ): Promise<ResultOf<Name>>;
  /** The same of seconds, in a thread of its own; `null`, and not done, where there are no threads. */
  runLong<Name extends CalculationName>(
    name: Name,
    input: InputOf<Name>,
    options?: { urgent?: boolean },
  ): Promise<ResultOf<Name> | null>;
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
  onError: (error: unknown) => void;
}

class NoThread extends Error {}

export function calculator({ threads, start, onError }: CalculatorDeps): Calculator {
  let inline = threads === 0;

  /** Where no thread can be had once, none is asked for again. */
  async function thread(): Promise<Runner | null> {
    if (inline) return null;
    try {
      const runner = await start();
      if (runner !== null) return runner;
      inline = true;
    } catch (cause) {
      if (!inline)
        onError(new Error("No thread could be started: forecasts are made without one.", { cause }));
      inline = true;
    }
    return null;
  }

  const quick = lane({
    ...{ most, idleMs, size: Math.max(1, threads) },
    make: async () => (await thread()) ?? inlineRunner,
  });
  const long = lane({
    ...{ most, idleMs: 1_000, size: 1 },
    async make() {
      const runner = await thread();
      if (runner === null) throw new NoThread();
      return runner;
    },
  });

  return {
    run: (name, input, { urgent = false } = {}) => quick.run(name, input, urgent) as Promise<never>,
    async runLong(name, input, { urgent = false } = {}) {
      if (inline) return null;
      try {
        return (await long.run(name, input, urgent)) as never;
      } catch (error) {
        if (error instanceof NoThread) return null;
        throw error;
      }
    },
    get threaded() {
      return !inline;
    },
    async close() {
      await Promise.all([quick.close(), long.close()]);
    },
  };
}

import { AmusedError } from "../../errors.ts";
import type { CalculationName } from "./calculations.ts";
import { inlineRunner, type Runner, RunnerLost } from "./runner.ts";

/** A calculation that takes its runner down twice would take down the next one too. */
const mostLosses = 2;

interface Waiting {
  name: CalculationName;
  input: unknown;
  urgent: boolean;
  /** How many runners came to their end in it. */
  losses: number;
  resolve: (result: unknown) => void;
  reject: (error: unknown) => void;
}

export interface LaneSettings {
  /** How many runners it has at most; each is made when it is needed. */
  size: number;
  /** How many urgent calculations may wait. Of others there are no more than callers that wait for them. */
  most: number;
  /** How long a calculation may take: the runner of one that takes longer is ended. */
  limitMs: number;
  /** How long a runner without work is kept. */
  idleMs: number;
  /** Makes a runner; `null` where there is none now, and the event loop does this one. */
  make: () => Promise<Runner | null>;
}

/** A calculation that took too long, or took down its runners: the next try would end like this one. */
export class Hopeless extends Error {
  override readonly name = "Hopeless";
}

/** Calculations on their way to runners: what is urgent goes before what is not, each in its order. */
export interface Lane {
  run(name: CalculationName, input: unknown, urgent: boolean): Promise<unknown>;
  close(): Promise<void>;
}

export function lane({ size, most, limitMs, idleMs, make }: LaneSettings): Lane {
  const urgent: Waiting[] = [];
  const others: Waiting[] = [];
  const idle: Runner[] = [];
  const runners = new Set<Runner>();
  let working = 0;
  let closed = false;
  let rest: ReturnType<typeof setTimeout> | undefined;

  const queueOf = (one: Waiting) => (one.urgent ? urgent : others);
  const ended = () => new AmusedError("unavailable", "This system is closed.", {});

  function pump(): void {
    while (working < size && urgent.length + others.length > 0) {
      working++;
      void work().finally(() => {
        working--;
        // Something may have come since it looked for the last time.
        pump();
        if (working === 0) endLater();
      });
    }
  }

  /** Does what waits with one runner, until nothing does. */
  async function work(): Promise<void> {
    clearTimeout(rest);
    let runner = idle.pop() ?? null;
    for (let one = next(); one !== undefined; one = next()) {
      try {
        runner ??= await made();
        one.resolve(await inTime(runner ?? inlineRunner, one));
      } catch (error) {
        if (runner && (error instanceof RunnerLost || error instanceof Hopeless)) {
          runners.delete(runner);
          runner = null;
        }
        settle(one, error);
      }
    }
    if (runner) idle.push(runner);
  }

  /** The event loop can not be ended: there a calculation takes its time. */
  async function inTime(runner: Runner, { name, input }: Waiting): Promise<unknown> {
    let late = false;
    const timer = setTimeout(() => {
      late = true;
      void runner.end();
    }, limitMs);
    try {
      return await runner.run(name, input);
    } catch (error) {
      if (!late) throw error;
      throw new Hopeless(`took longer than ${limitMs / 1000} seconds and was ended`, { cause: error });
    } finally {
      clearTimeout(timer);
    }
  }

  const next = () => urgent.shift() ?? others.shift();

  async function made(): Promise<Runner | null> {
    const runner = await make();
    if (runner !== null) runners.add(runner);
    if (!closed) return runner;
    await runner?.end();
    throw ended();
  }

  /** What was lost with its runner is tried once more, before all that came later. */
  function settle(one: Waiting, error: unknown): void {
    if (closed) one.reject(ended());
    else if (!(error instanceof RunnerLost)) one.reject(error);
    else if (++one.losses < mostLosses) queueOf(one).unshift(one);
    else one.reject(new Hopeless(`took down ${mostLosses} threads`, { cause: error.cause ?? error }));
  }

  function endLater(): void {
    clearTimeout(rest);
    rest = setTimeout(endIdle, idleMs);
    if (typeof rest === "object") rest.unref?.();
  }

  async function endIdle(): Promise<void> {
    const those = idle.splice(0);
    for (const runner of those) runners.delete(runner);
    await Promise.all(those.map((runner) => runner.end()));
  }

  return {
    run(name, input, isUrgent) {
      return new Promise((resolve, reject) => {
        if (closed) return reject(ended());
        if (isUrgent && urgent.length >= most)
          return reject(
            new AmusedError("unavailable", "Too many forecasts are waited for.", { retryAfter: 1 }),
          );
        const one = { name, input, urgent: isUrgent, losses: 0, resolve, reject };
        queueOf(one).push(one);
        pump();
      });
    },

    async close() {
      closed = true;
      clearTimeout(rest);
      for (const one of [...urgent.splice(0), ...others.splice(0)]) one.reject(ended());
      idle.length = 0;
      await Promise.all([...runners].map((runner) => runner.end()));
    },
  };
}

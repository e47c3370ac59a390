import { alertsPass } from "./alerts/upkeep.ts";
import { pause } from "./pause.ts";
import { scoring } from "./predictions/scoring.ts";
import { predictionsPass } from "./predictions/upkeep.ts";
import type { RecommendationDeps } from "./recommendations/deps.ts";
import { recommendationsPass } from "./recommendations/pass.ts";

/** How often it is looked for what has expired, or can be scored. */
const passMs = 60_000;

type Pass = (signal: AbortSignal) => Promise<void>;

/** Goes over all sellers again and again, for what becomes due by the clock. */
export interface Passes {
  start(): void;
  stop(): Promise<void>;
}

export function passes(deps: RecommendationDeps, onError: (error: unknown) => void): Passes {
  let passing: AbortController | null = null;
  let ended: Promise<unknown> = Promise.resolve();

  async function again(signal: AbortSignal, ...passes: Pass[]): Promise<void> {
    while (!signal.aborted) {
      for (const pass of passes) await pass(signal).catch(onError);
      await pause(passMs, signal);
    }
  }

  async function go(signal: AbortSignal): Promise<void> {
    await Promise.all([
      again(signal, (signal) => alertsPass(deps, signal, onError)),
      // Over a large catalogue these take long: one after the other, and what somebody snoozed does not wait for them.
      again(
        signal,
        (signal) => predictionsPass(deps, signal, onError),
        scoring(deps, onError),
        (signal) => recommendationsPass(deps, signal, onError),
      ),
    ]);
  }

  return {
    start() {
      if (passing !== null) return;
      passing = new AbortController();
      // What was stopped just before may have something in flight still.
      ended = Promise.all([ended, go(passing.signal)]);
    },
    async stop() {
      passing?.abort();
      passing = null;
      await ended;
    },
  };
}

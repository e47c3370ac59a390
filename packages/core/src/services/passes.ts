import { alertsPass } from "./alerts/upkeep.ts";
import { pause } from "./pause.ts";
import { predictionsPass } from "./predictions/upkeep.ts";
import type { RecommendationDeps } from "./recommendations/deps.ts";
import { recommendationsPass } from "./recommendations/pass.ts";

/** How often it is looked for what has expired, or can be scored. */
const passMs = 60_000;

/** Goes over all sellers again and again, for what becomes due by the clock. */
export interface Passes {
  start(): void;
  stop(): Promise<void>;
}

export function passes(deps: RecommendationDeps, onError: (error: unknown) => void): Passes {
  let passing: AbortController | null = null;
  let ended: Promise<void> = Promise.resolve();

  async function go(signal: AbortSignal): Promise<void> {
    while (!signal.aborted) {
      await alertsPass(deps, signal, onError).catch(onError);
      await predictionsPass(deps, signal, onError).catch(onError);
      await recommendationsPass(deps, signal, onError).catch(onError);
      await pause(passMs, signal);
    }
  }

  return {
    start() {
      if (passing !== null) return;
      passing = new AbortController();
      ended = go(passing.signal);
    },
    async stop() {
      passing?.abort();
      passing = null;
      await ended;
    },
  };
}

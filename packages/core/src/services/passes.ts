import { alertsPass } from "./alerts/upkeep.ts";
import type { Deps } from "./deps.ts";
import { pause } from "./pause.ts";
import { predictionsPass } from "./predictions/upkeep.ts";
import { recommendationsPass } from "./recommendations/pass.ts";
import type { Recommenders } from "./recommendations/recommenders.ts";

/** How often it is looked for what has expired, or can be scored. */
const passMs = 60_000;

/** Goes over all sellers again and again, for what becomes due by the clock. */
export interface Passes {
  start(): void;
  stop(): Promise<void>;
}

export function passes(
  deps: Deps & { recommenders: Recommenders },
  onError: (error: unknown) => void,
): Passes {
  let passing: AbortController | null = null;
  let ended: Promise<unknown> = Promise.resolve();

  async function again(signal: AbortSignal, pass: () => Promise<void>): Promise<void> {
    while (!signal.aborted) {
      await pass();
      await pause(passMs, signal);
    }
  }

  const go = (signal: AbortSignal) =>
    Promise.all([
      // Who is to be told again at a time does not wait until a large catalogue is forecast.
      again(signal, () => alertsPass(deps, signal, onError).catch(onError)),
      again(signal, async () => {
        await predictionsPass(deps, signal, onError).catch(onError);
        await recommendationsPass(deps, signal, onError).catch(onError);
      }),
    ]);

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

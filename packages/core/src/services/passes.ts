import { alertsPass } from "./alerts/upkeep.ts";
import { pause } from "./pause.ts";
import { scoring } from "./predictions/scoring.ts";
import { predictionsPass, sellerPredictionsPass } from "./predictions/upkeep.ts";
import type { RecommendationDeps } from "./recommendations/deps.ts";
import { recommendationsPass } from "./recommendations/pass.ts";

/** How often it is looked for what has expired, or can be scored. */
const passMs = 60_000;

/** How soon it is tried again where another pass was at it. */
const retryMs = 1_000;

type Pass = (signal: AbortSignal) => Promise<void>;

/** Goes over all sellers again and again, for what becomes due by the clock. */
export interface Passes {
  start(): void;
  /** Predictions of this seller have expired just now: they are not left until the next time. */
  wake(sellerId: string): void;
  stop(): Promise<void>;
}

export function passes(deps: RecommendationDeps, onError: (error: unknown) => void): Passes {
  let passing: AbortController | null = null;
  let ended: Promise<unknown> = Promise.resolve();
  const expired = new Set<string>();
  let woken = new AbortController();

  async function again(signal: AbortSignal, ...passes: Pass[]): Promise<void> {
    while (!signal.aborted) {
      for (const pass of passes) await pass(signal).catch(onError);
      await pause(passMs, signal);
    }
  }

  /** Sellers whose predictions were said to have expired, one after the other. */
  async function whenWoken(signal: AbortSignal): Promise<void> {
    while (!signal.aborted) {
      woken = new AbortController();
      for (const sellerId of [...expired]) {
        expired.delete(sellerId);
        // A pass that is at it may be past what has expired since: then once more after it.
        if (!(await sellerPredictionsPass(deps, sellerId, signal, onError))) expired.add(sellerId);
        if (signal.aborted) return;
      }
      if (expired.size > 0) await pause(retryMs, signal);
      else await pause(passMs, AbortSignal.any([signal, woken.signal]));
    }
  }

  async function go(signal: AbortSignal): Promise<void> {
    await Promise.all([
      whenWoken(signal),
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
    wake(sellerId) {
      expired.add(sellerId);
      woken.abort();
    },
    async stop() {
      passing?.abort();
      passing = null;
      await ended;
    },
  };
}

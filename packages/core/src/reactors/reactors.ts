import type { ConsumersService } from "../services/consumers/consumers.ts";
import type { Deps } from "../services/deps.ts";
import type { Remembered } from "../services/remembered.ts";
import { alertEvents, alertReactor } from "./alerts.ts";
import { categoryEvents, categoryReactor } from "./categories.ts";
import { forecastEvents, forecastReactor } from "./forecasts.ts";
import { recommendationEvents, recommendationReactor } from "./recommendations.ts";
import { stockEvents, stockReactor } from "./stock-levels.ts";

/**
 * What the system does by itself with what happens from then on: once this is resolved, nothing is missed. `wake` has a
 * seller's expired predictions made anew.
 */
export async function react(
  consumers: Pick<ConsumersService, "consume">,
  deps: Deps & Remembered,
  wake: (sellerId: string) => void,
): Promise<void> {
  const gentle = { concurrency: 1 } as const;
  const begun = [
    // Of a log that was there before, nobody is told what stock did weeks ago.
    consumers.consume("amused.stock", stockEvents, stockReactor(deps), { from: "now" }),
    consumers.consume("amused.alerts", alertEvents, alertReactor(deps), { from: "now" }),
    // What takes long goes one seller at a time: what asks for answers comes first.
    consumers.consume("amused.forecasts", forecastEvents, forecastReactor(deps, wake), gentle),
    consumers.consume("amused.categories", categoryEvents, categoryReactor(deps, deps.categorizers), gentle),
    // What was there before is made by the pass.
    consumers.consume("amused.recommendations", recommendationEvents, recommendationReactor(deps), {
      ...gentle,
      from: "now",
    }),
  ];
  await Promise.all(begun.map(({ ready }) => ready));
}

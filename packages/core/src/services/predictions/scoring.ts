import type { Position } from "../../domain/page.ts";
import { addDays, dateOf, startOf } from "../../domain/time.ts";
import { isAmusedError } from "../../errors.ts";
import type { DuePrediction } from "../../ports/predictions.ts";
import type { Deps } from "../deps.ts";
import { underLease } from "../lease.ts";
import { throttled } from "../throttled.ts";
import { count } from "./counters.ts";
import { storedHorizon } from "./outlook.ts";
import { scoreOf } from "./score.ts";
import { predictionWork } from "./upkeep.ts";

/** Predictions scored in one pass at most; the next pass goes on. */
const scoredAtOnce = 500;
/** One that fails as often as this gets no score: those that are due after it are to have their turn. */
const mostTries = 5;

/** Compares what was predicted with what came, a pass at a time: of the nodes on one store, one does so for a seller. */
export function scoring(
  deps: Deps,
  onError: (error: unknown) => void,
): (signal: AbortSignal) => Promise<void> {
  const { repositories, now } = deps;
  /** How often each of those due has failed. */
  let failures = new Map<number, number>();

  async function scoreOrGiveUp(prediction: DuePrediction): Promise<void> {
    const { sellerId, id } = prediction;
    try {
      await scoreOne(deps, prediction);
    } catch (error) {
      // That the store does not answer says nothing of the prediction.
      if (isAmusedError(error, "unavailable")) throw error;
      const tries = (failures.get(id) ?? 0) + 1;
      failures.set(id, tries);
      if (tries < mostTries) throw error;
      await repositories.predictions.score(sellerId, id, null, now());
      const what = `Prediction ${id} of seller ${sellerId} gets no score`;
      throw new Error(`${what}: comparing it with what came failed ${tries} times.`, { cause: error });
    }
  }

  return async (signal) => {
    // What ends the work has it fail too.
    const report = (error: unknown) => {
      if (!signal.aborted) onError(error);
    };
    const due = await repositories.predictions.due({ today: dateOf(now()), limit: scoredAtOnce });
    const ids = new Set(due.map(({ id }) => id));
    failures = new Map([...failures].filter(([id]) => ids.has(id)));
    for (const [sellerId, predictions] of Map.groupBy(due, (one) => one.sellerId)) {
      if (signal.aborted) return;
      await underLease(deps, sellerId, predictionWork, report, async (hold) => {
        for (const prediction of predictions) {
          if (signal.aborted || !(await hold())) return;
          await throttled(signal, () => scoreOrGiveUp(prediction).catch(report));
        }
      });
    }
  };
}

async function scoreOne(
  { repositories, now, predictionCounters }: Deps,
  prediction: DuePrediction,
): Promise<void> {
  const { sellerId, id, productId, type, createdAt, dueOn: to } = prediction;
  const from = addDays(dateOf(new Date(createdAt)), -storedHorizon);
  const { products } = await repositories.demand.read(sellerId, { productIds: [productId], from, to });
  const [demand] = products;
  const soldLater = type === "stockout" ? await soldAfter(repositories, prediction) : undefined;
  const score = demand ? scoreOf(prediction, demand, soldLater) : null;
  if ((await repositories.predictions.score(sellerId, id, score, now())) && score !== null)
    count(predictionCounters, type, score);
}

/** What was sold of a product on the day of a prediction once that was made; of very many sales the last. */
async function soldAfter(
  { sales }: Deps["repositories"],
  { sellerId, productId, createdAt: from }: DuePrediction,
): Promise<number> {
  const before = startOf(addDays(dateOf(new Date(from)), 1));
  let sold = 0;
  let after: Position | null = null;
  for (let pages = 0; pages < 20 && (pages === 0 || after !== null); pages++) {
    const page = await sales.list(sellerId, { productId, from, before, limit: 500, after });
    for (const { quantity } of page.body.value) sold += Math.max(0, quantity);
    after = page.last;
  }
  return sold;
}

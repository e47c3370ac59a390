import { addDays, dateOf } from "../../domain/time.ts";
import type { DuePrediction, ProductKey } from "../../ports/predictions.ts";
import type { Deps } from "../deps.ts";
import { gently } from "./gently.ts";
import { storedHorizon } from "./outlook.ts";
import { refresh } from "./refresh.ts";
import { scoreOf } from "./score.ts";

/** Products whose history is read at once. */
const batch = 20;
/** Predictions scored in one pass at most; the next pass goes on. */
const scoredAtOnce = 500;

/**
 * One pass over all sellers: expired predictions are made anew, and those whose last day is over are scored. What fails for
 * some products is told of, and left to the next pass: it is not to keep all others waiting.
 */
export async function predictionsPass(
  deps: Deps,
  signal: AbortSignal,
  onError: (error: unknown) => void,
): Promise<void> {
  let after: ProductKey | null = null;
  do {
    const page: { products: ProductKey[]; next: ProductKey | null } =
      await deps.repositories.predictions.stale({ now: deps.now(), limit: batch, after });
    for (const [sellerId, products] of Map.groupBy(page.products, (one) => one.sellerId)) {
      if (signal.aborted) return;
      const ids = products.map(({ productId }) => productId);
      await gently(signal, () => refresh(deps, sellerId, ids).catch(onError));
    }
    after = page.next;
  } while (after !== null && !signal.aborted);
  await scoreDue(deps, signal, onError);
}

/** Compares what was predicted with what came. */
async function scoreDue(deps: Deps, signal: AbortSignal, onError: (error: unknown) => void): Promise<void> {
  const { repositories, now } = deps;
  const due = await repositories.predictions.due({ today: dateOf(now()), limit: scoredAtOnce });
  for (const prediction of due) {
    if (signal.aborted) return;
    await scoreOne(deps, prediction).catch(onError);
  }
}

async function scoreOne({ repositories, now }: Deps, prediction: DuePrediction): Promise<void> {
  const { sellerId, id, productId, createdAt, dueOn: to } = prediction;
  const from = addDays(dateOf(new Date(createdAt)), -storedHorizon);
  const { products } = await repositories.demand.read(sellerId, { productIds: [productId], from, to });
  const [demand] = products;
  await repositories.predictions.score(sellerId, id, demand ? scoreOf(prediction, demand) : null, now());
}

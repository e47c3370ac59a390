import type { ProductKey } from "../../ports/predictions.ts";
import { gently } from "../predictions/gently.ts";
import { type RecommendationDeps, refresh } from "./refresh.ts";

/** Products whose lists are made and written at once. */
const batch = 50;

/**
 * One pass over all sellers: lists that are missing or have expired are made. What fails for some products is told of, and
 * left to the next pass: it is not to keep all others waiting.
 */
export async function recommendationsPass(
  deps: RecommendationDeps,
  signal: AbortSignal,
  onError: (error: unknown) => void,
): Promise<void> {
  let after: ProductKey | null = null;
  do {
    const page = await deps.repositories.recommendations.stale({ now: deps.now(), limit: batch, after });
    for (const [sellerId, products] of Map.groupBy(page.products, (one) => one.sellerId)) {
      if (signal.aborted) return;
      const lists = products.flatMap(({ productId, kinds }) => kinds.map((kind) => ({ productId, kind })));
      await gently(signal, () => refresh(deps, sellerId, lists).catch(onError));
    }
    after = page.next as ProductKey | null;
  } while (after !== null && !signal.aborted);
}

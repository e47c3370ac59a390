import type { ProductKey } from "../../ports/predictions.ts";
import { gently } from "../predictions/gently.ts";
import type { RecommendationDeps, RecommendationList } from "./deps.ts";
import { meaningLists } from "./meaning.ts";
import { refresh } from "./refresh.ts";

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
  const each = (work: (sellerId: string, lists: RecommendationList[]) => Promise<unknown>) =>
    eachBatch(deps, signal, (sellerId, lists) => gently(signal, () => work(sellerId, lists).catch(onError)));
  // All vectors first: what has none yet is near nothing.
  if (deps.meanings.model !== null) await each((sellerId, lists) => meaningLists(deps, sellerId, lists));
  await each((sellerId, lists) => refresh(deps, sellerId, lists));
}

/** Goes through all lists that are missing or have expired. */
async function eachBatch(
  deps: RecommendationDeps,
  signal: AbortSignal,
  work: (sellerId: string, lists: RecommendationList[]) => Promise<unknown>,
): Promise<void> {
  const now = deps.now();
  let after: ProductKey | null = null;
  do {
    const page = await deps.repositories.recommendations.stale({ now, limit: batch, after });
    for (const [sellerId, products] of Map.groupBy(page.products, (one) => one.sellerId)) {
      if (signal.aborted) return;
      const lists = products.flatMap(({ productId, kinds }) => kinds.map((kind) => ({ productId, kind })));
      await work(sellerId, lists);
    }
    after = page.next as ProductKey | null;
  } while (after !== null && !signal.aborted);
}

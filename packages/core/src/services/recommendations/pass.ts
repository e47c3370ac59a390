import type { ProductKey } from "../../ports/predictions.ts";
import type { StaleRecommendations } from "../../ports/recommendations.ts";
import { underLease } from "../lease.ts";
import { throttled } from "../throttled.ts";
import type { RecommendationDeps, RecommendationList } from "./deps.ts";
import { meaningLists } from "./meaning.ts";
import { refresh } from "./refresh.ts";

/** The lease's name. */
const work = "recommendations-pass";
/** Products whose lists are made and written at once. */
const batch = 50;

/**
 * One pass over all sellers: lists that are missing or have expired are made. Of the nodes on one store, one does so for a
 * seller at a time. What fails for some products is told of, and left to the next pass: it is not to keep all others waiting.
 */
export async function recommendationsPass(
  deps: RecommendationDeps,
  signal: AbortSignal,
  onError: (error: unknown) => void,
): Promise<void> {
  // What ends the work has it fail too.
  const report = (error: unknown) => {
    if (!signal.aborted) onError(error);
  };
  let after: ProductKey | null = null;
  do {
    const page: StalePage = await staleAfter(deps, after, 1);
    const sellerId = page.products[0]?.sellerId;
    after = page.next;
    if (sellerId === undefined) continue;
    await underLease(deps, sellerId, work, report, (hold) =>
      renewLists(deps, sellerId, signal, report, hold),
    );
    // There may be more after the one that was found, and of others.
    after = { sellerId, productId: Number.MAX_SAFE_INTEGER };
  } while (after !== null && !signal.aborted);
}

interface StalePage {
  products: StaleRecommendations[];
  next: ProductKey | null;
}

const staleAfter = (
  { repositories, now }: RecommendationDeps,
  after: ProductKey | null,
  limit: number,
): Promise<StalePage> => repositories.recommendations.stale({ now: now(), limit, after });

/** Makes all lists of a seller that have expired anew: those that have not been made by another node before the lease was had. */
async function renewLists(
  deps: RecommendationDeps,
  sellerId: string,
  signal: AbortSignal,
  report: (error: unknown) => void,
  hold: () => Promise<boolean>,
): Promise<void> {
  const each = async (work: (lists: RecommendationList[]) => Promise<unknown>) => {
    let after: ProductKey | null = { sellerId, productId: 0 };
    while (after?.sellerId === sellerId && !signal.aborted && (await hold())) {
      const page: StalePage = await staleAfter(deps, after, batch);
      const own: StaleRecommendations[] = page.products.filter((one) => one.sellerId === sellerId);
      const lists = own.flatMap(({ productId, kinds }) => kinds.map((kind) => ({ productId, kind })));
      if (lists.length > 0) await throttled(signal, () => work(lists).catch(report));
      // The next page begins with another seller where this one has ended with one.
      after = own.length < page.products.length ? null : page.next;
    }
  };
  // All vectors first: what has none yet is near nothing.
  if (deps.meanings.model !== null) await each((lists) => meaningLists(deps, sellerId, lists));
  await each((lists) => refresh(deps, sellerId, lists));
}

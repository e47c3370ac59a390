import { categorise, refreshReviews } from "../services/categories/categorise.ts";
import type { CategoryModels } from "../services/categories/models.ts";
import type { Handle } from "../services/consumers/turn.ts";
import type { Deps } from "../services/deps.ts";
import { gently } from "../services/predictions/gently.ts";

export const categoryEvents: readonly string[] = ["product.created", "product.updated", "category.settled"];

/** Events whose products are categorised at once: an import is not as many readings of the store. */
const batch = 100;
/** So many where a language model may be asked for each: it takes seconds. */
const askedBatch = 10;
/** Sellers that are remembered. */
const remembered = 10_000;

/** Where a seller stands. */
interface Ahead {
  /** The events after this one … */
  from: number;
  /** … and up to this one were handled along with it. */
  to: number;
  /** What the model had learned when reviews were last made anew. */
  taught: string;
}

/**
 * Suggests a category for products that have none, sees what somebody made of suggestions, and makes those that wait anew
 * with what was learned from it.
 */
export function categoryReactor(deps: Deps, models: CategoryModels): Handle {
  const sellers = new Map<string, Ahead>();
  const limit = deps.models.ids.language === null ? batch : askedBatch;

  return async (event, { sellerId, signal }) => {
    const { seq, productId } = event as { seq: number; productId: number };
    const ahead = sellers.get(sellerId);
    // Before `from` it is a replay.
    if (ahead !== undefined && seq > ahead.from && seq <= ahead.to) return;
    const run = await deps.repositories.events.read(sellerId, {
      ...{ after: seq - 1, limit, types: categoryEvents, productId: null },
    });
    const ids = [productId, ...(run?.events ?? []).flatMap((one) => one.productId ?? [])];
    await gently(signal, () => categorise(deps, models, sellerId, [...new Set(ids)]));
    const { fitted, learned } = await models.current(sellerId);
    const taught = `${fitted} ${learned}`;
    if (taught !== ahead?.taught) await gently(signal, () => refreshReviews(deps, models, sellerId));
    sellers.delete(sellerId);
    sellers.set(sellerId, { from: seq, to: run?.events.at(-1)?.seq ?? seq, taught });
    if (sellers.size > remembered) for (const oldest of sellers.keys()) return void sellers.delete(oldest);
  };
}

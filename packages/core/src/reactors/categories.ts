import { categorise } from "../services/categories/categorise.ts";
import type { CategoryModels } from "../services/categories/models.ts";
import type { Handle } from "../services/consumers/turn.ts";
import type { Deps } from "../services/deps.ts";
import { gently } from "../services/predictions/gently.ts";

export const categoryEvents: readonly string[] = ["product.created", "product.updated"];

/** Events whose products are categorised at once: an import is not as many readings of the store. */
const batch = 100;

/** Suggests a category for products that have none, and sees what somebody made of suggestions. */
export function categoryReactor(deps: Deps, models: CategoryModels): Handle {
  /** Of each seller, the events that were handled along with an earlier one: after `from`, up to `to`. */
  const ahead = new Map<string, { from: number; to: number }>();

  return async (event, { sellerId, signal }) => {
    const { seq, productId } = event as { seq: number; productId: number };
    const done = ahead.get(sellerId);
    // Before `from` it is a replay.
    if (done !== undefined && seq > done.from && seq <= done.to) return;
    const run = await deps.repositories.events.read(sellerId, {
      ...{ after: seq - 1, limit: batch, types: categoryEvents, productId: null },
    });
    const ids = [productId, ...(run?.events ?? []).flatMap((one) => one.productId ?? [])];
    await gently(signal, () => categorise(deps, models, sellerId, [...new Set(ids)]));
    ahead.delete(sellerId);
    ahead.set(sellerId, { from: seq, to: run?.events.at(-1)?.seq ?? seq });
    if (ahead.size > remembered) for (const oldest of ahead.keys()) return void ahead.delete(oldest);
  };
}

/** Sellers that are remembered. */
const remembered = 10_000;

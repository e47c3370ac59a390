import type { WatchedProduct } from "../ports/alerts.ts";
import { review } from "../services/alerts/review.ts";
import type { Handle } from "../services/consumers/turn.ts";
import type { Deps } from "../services/deps.ts";

export const alertEvents: readonly string[] = [
  "sale.*",
  "stock.adjusted",
  "prediction.updated",
  "product.updated",
  "product.deleted",
  "alert.*",
];

/** How long, and of how many products, it is remembered how they stand. */
const rememberedMs = 5_000;
const remembered = 2_000;

/**
 * Raises alerts and ends them. What an event says is held against what is remembered of its product, which costs nothing
 * where nothing crosses a line; before an alert is raised or ended all of it is read anew, so that an old event, or one that
 * is handled twice, does no harm.
 */
export function alertReactor(deps: Deps): Handle {
  const { repositories, now } = deps;
  const known = new Map<string, { until: number; watched: WatchedProduct }>();

  function remember(key: string, watched: WatchedProduct | null, until: number): void {
    known.delete(key);
    if (watched === null) return;
    // Anew at the end: what is remembered longest is forgotten first.
    known.set(key, { until, watched });
    if (known.size > remembered) for (const oldest of known.keys()) return void known.delete(oldest);
  }

  return async (event, { sellerId }) => {
    const { id, type, productId, payload } = event as Watchable;
    if (productId === null) return;
    const key = `${sellerId}\n${productId}`;
    // Somebody, here or elsewhere, changed an alert of it; or the product is another from here on.
    if (type.startsWith("alert.") || type.startsWith("product.")) known.delete(key);
    if (type.startsWith("alert.")) return;
    if (type === "prediction.updated" && payload.predictionType !== "stockout") return;
    const moved = movedTo(type, payload);
    const held = known.get(key);
    const isHeld = held !== undefined && held.until > now().getTime();
    const until = isHeld ? held.until : now().getTime() + rememberedMs;
    // Of a burst the first notes its evidence, and the prediction that comes after it.
    const cause = { eventId: id, moved: moved !== null, notes: !isHeld || payload.prediction !== undefined };
    const watched = isHeld ? held.watched : await repositories.alerts.watch(sellerId, productId);
    remember(key, await review(deps, sellerId, productId, cause, seenIn(watched, moved, payload)), until);
  };
}

interface Watchable {
  id: string;
  type: string;
  productId: number | null;
  payload: {
    quantity?: number;
    remaining?: number;
    changed?: string[];
    product?: { quantity: number };
    predictionType?: string;
    prediction?: { id: number; data: unknown };
  };
}

/** The quantity to which an event moved the stock. */
function movedTo(type: string, payload: Watchable["payload"]): number | null {
  if (type.startsWith("sale.")) return payload.remaining ?? null;
  if (type === "stock.adjusted") return payload.quantity ?? null;
  return payload.changed?.includes("quantity") ? (payload.product?.quantity ?? null) : null;
}

/** What is known of a product, with what an event says of it. */
function seenIn(
  { product, stockout, alerts }: WatchedProduct,
  moved: number | null,
  { prediction }: Watchable["payload"],
): WatchedProduct {
  return {
    product: product && moved !== null ? { ...product, quantity: moved, stocked: true } : product,
    stockout: prediction === undefined ? stockout : { id: prediction.id, data: prediction.data },
    alerts,
  };
}

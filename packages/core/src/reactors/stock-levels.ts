import type { ProductStockout } from "../domain/prediction.ts";
import type { EventDraft } from "../ports/repositories.ts";
import type { Handle } from "../services/consumers/turn.ts";
import { type Deps, systemCommand } from "../services/deps.ts";

export const stockEvents: readonly string[] = ["sale.*", "stock.adjusted", "product.updated"];

/**
 * Says when stock falls to its reorder point, is gone, and comes back: once for each crossing, as told by the event that
 * moved it. A product without a reorder point of its own has the one that was computed for it.
 */
export function stockReactor(deps: Deps): Handle {
  const { repositories, now, announce } = deps;
  const levels = new Map<string, { until: number; level: Promise<Level | null> }>();

  /** What a product's stock is held against. Known for some seconds: a burst of sales asks once. */
  function levelOf(sellerId: string, productId: number): Promise<Level | null> {
    const key = keyOf(sellerId, productId);
    const known = levels.get(key);
    if (known !== undefined && known.until > now().getTime()) return known.level;
    const level = readLevel(repositories, sellerId, productId);
    // What could not be read is asked for again.
    level.catch(() => levels.delete(key));
    levels.delete(key);
    levels.set(key, { until: now().getTime() + rememberedMs, level });
    for (const oldest of levels.keys()) {
      if (levels.size <= remembered) break;
      levels.delete(oldest);
    }
    return level;
  }

  return async (event, { sellerId }) => {
    const { id, productId, payload, type } = event as StockMoved;
    if (productId === null) return;
    if (type === "product.updated") {
      // It may have another reorder point from here on.
      levels.delete(keyOf(sellerId, productId));
      return;
    }
    const after = "remaining" in payload ? payload.remaining : payload.quantity;
    const before = after - moved(type, payload);
    const level = await levelOf(sellerId, productId);
    if (level === null) return;
    const { point, stockout } = level;
    const drafts = crossings(before, after, point).map(
      (crossing): EventDraft => ({
        type: crossing,
        productId,
        payload: {
          quantity: after,
          ...(point !== null && { reorderPoint: point }),
          ...(stockout !== null && { stockout }),
        },
      }),
    );
    if (drafts.length === 0) return;
    // Under the event's own key, so that an event which is handled twice is told of once.
    const written = await repositories.events.append(
      {
        ...systemCommand(deps, sellerId),
        idempotency: { key: `amused.stock ${id}`, hash: id },
      },
      drafts,
    );
    if (written.position !== null && !written.replayed) announce(sellerId, written.position);
  };
}

const keyOf = (sellerId: string, productId: number) => `${sellerId}\n${productId}`;

/** How long, and of how many products, a level is remembered. */
const rememberedMs = 5_000;
const remembered = 10_000;

interface Level {
  /** The product's own reorder point, or the computed one. */
  point: number | null;
  stockout: ProductStockout["date"] | null;
}

/** `null` where the product is deleted. */
async function readLevel(
  { products, predictions }: Deps["repositories"],
  sellerId: string,
  productId: number,
): Promise<Level | null> {
  const found = await products.find(sellerId, productId);
  if (found === null) return null;
  const current = await predictions.find(sellerId, productId, "stockout");
  const data = (current?.body.value.data ?? null) as Pick<ProductStockout, "date" | "reorder"> | null;
  return {
    point: found.body.value.reorderPoint ?? data?.reorder?.point ?? null,
    stockout: data?.date ?? null,
  };
}

interface StockMoved {
  id: string;
  type: string;
  productId: number | null;
  payload: { quantity: number; remaining: number } | { quantity: number; delta: number };
}

/** By how much the event changed the stock. */
function moved(type: string, payload: StockMoved["payload"]): number {
  if ("delta" in payload) return payload.delta;
  return type === "sale.returned" ? payload.quantity : -payload.quantity;
}

/** What a change of stock crossed on its way. */
export function crossings(before: number, after: number, point: number | null): string[] {
  const told: string[] = [];
  if (point !== null && before > point && after <= point && after > 0) told.push("stock.low");
  if (before > 0 && after === 0) told.push("stock.depleted");
  if ((before === 0 && after > 0) || (point !== null && before <= point && after > point))
    told.push("stock.replenished");
  return told;
}

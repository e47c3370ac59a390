import type { EventDraft } from "../ports/repositories.ts";
import type { Handle } from "../services/consumers/turn.ts";
import type { Deps } from "../services/deps.ts";
import { systemActor } from "../services/predictions/refresh.ts";

export const stockEvents: readonly string[] = ["sale.*", "stock.adjusted"];

/**
 * Says when stock falls to its reorder point, is gone, and comes back: once for each crossing, as told by the event that
 * moved it. A product without a reorder point of its own has the one that was computed for it.
 */
export function stockReactor(deps: Deps): Handle {
  const { repositories, now, epoch, announce } = deps;

  return async (event, { sellerId }) => {
    const { id, productId, payload, type } = event as StockMoved;
    if (productId === null) return;
    const after = "remaining" in payload ? payload.remaining : payload.quantity;
    const before = after - moved(type, payload);
    const found = await repositories.products.find(sellerId, productId);
    if (found === null) return;
    const { reorderPoint } = found.body.value;
    const stockout = (await repositories.predictions.find(sellerId, productId, "stockout"))?.body.value
      .data as { reorder?: { point: number } | null; date?: unknown } | undefined;
    const point = reorderPoint ?? stockout?.reorder?.point ?? null;
    const drafts = crossings(before, after, point).map(
      (crossing): EventDraft => ({
        type: crossing,
        productId,
        payload: {
          quantity: after,
          ...(point !== null && { reorderPoint: point }),
          ...(stockout?.date !== undefined && { stockout: stockout.date }),
        },
      }),
    );
    if (drafts.length === 0) return;
    // Under the event's own key, so that an event which is handled twice is told of once.
    const written = await repositories.events.append(
      {
        ...{ sellerId, actor: systemActor, at: now(), epoch: epoch() },
        idempotency: { key: `amused.stock ${id}`, hash: id },
      },
      drafts,
    );
    if (written.position !== null && !written.replayed) announce(sellerId, written.position);
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

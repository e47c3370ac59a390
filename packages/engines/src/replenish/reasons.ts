import type { Asked } from "./asked.ts";
import type { Order } from "./order.ts";
import type { ReplenishReason } from "./types.ts";

/** Why stock lasts as long as it does and why so much is to be ordered; `probability` is that of having run out by each period. */
export function reasonsOf(
  { demand, horizon, stock, incoming, service, length }: Asked,
  order: Order,
  probability: readonly number[],
  p50: number | null,
): ReplenishReason[] {
  const out: ReplenishReason[] = [];
  const isWanted = demand.mean.some((mean) => mean > 0);
  if (stock === 0) out.push({ kind: "out_of_stock" });
  if (!isWanted) out.push({ kind: "no_demand" });
  else if (p50 === null) out.push({ kind: "lasts_beyond_horizon", periods: horizon });
  const counted = incoming.filter(({ period }) => period <= length);
  const arriving = counted.reduce((sum, { quantity }) => sum + quantity, 0);
  if (arriving > 0) out.push({ kind: "incoming_counted", quantity: arriving });
  for (const { period, quantity } of counted)
    if (quantity > 0 && period > 1 && probability[period - 2]! >= 0.5)
      out.push({ kind: "incoming_too_late", quantity, period });
  const { reorderPoint, riskNow, late, wanted, raised } = order;
  if (late && isWanted) out.push({ kind: "order_too_late", probability: riskNow });
  out.push({ kind: "service_level", level: service, reorderPoint, position: stock + arriving });
  if (raised > wanted) out.push({ kind: "raised_to_minimum", from: wanted, to: raised });
  if (order.quantity > raised) out.push({ kind: "rounded_to_pack", from: raised, to: order.quantity });
  return out;
}

import type { Sale } from "../domain/sale.ts";
import type { Basket, BasketRequest } from "../ports/repositories.ts";
import type { SellerState } from "./state.ts";

/** How many products a basket has at most. */
const most = 1_000;

/** Orders that sold several products, in the order of their first sales' ids. */
export function basketsOf(
  { sales }: SellerState,
  { after, before, limit }: BasketRequest,
): { orders: Basket[]; last: number; more: boolean } {
  const byId = sales.toSorted((a, b) => a.id - b.id);
  const stop = before === null ? undefined : byId.find((sale) => sale.id > after && isFrom(before, sale));
  const firsts = new Map<string, { id: number; products: Set<number> }>();
  for (const { id, orderId, productId, quantity } of byId) {
    if (orderId === null || quantity <= 0) continue;
    const order = firsts.get(orderId);
    if (order === undefined) firsts.set(orderId, { id, products: new Set([productId]) });
    else order.products.add(productId);
  }
  const found = [...firsts]
    .filter(([, { id, products }]) => id > after && id < (stop?.id ?? Infinity) && products.size > 1)
    .slice(0, limit + 1);
  const page = found.slice(0, limit);
  const more = found.length > limit;
  const seen = byId.findLast(({ id }) => id > after && id < (stop?.id ?? Infinity));
  return {
    orders: page.map(([orderId, { products }]) => ({
      orderId,
      productIds: [...products].sort((a, b) => a - b).slice(0, most),
    })),
    last: more ? (page.at(-1)?.[1].id ?? after) : (seen?.id ?? after),
    more,
  };
}

function isFrom(moment: Date, { createdAt }: Sale): boolean {
  return createdAt >= moment.toISOString();
}

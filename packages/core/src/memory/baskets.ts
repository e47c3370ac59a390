import type { Sale } from "../domain/sale.ts";
import type { Basket, BasketRequest, SharedOrder } from "../ports/baskets.ts";
import { firstBeyond } from "./first-beyond.ts";
import type { SellerState } from "./state.ts";

/** How many products a basket has at most, and how many sales one call looks at for each basket asked for. */
const [most, each] = [1_000, 4];
/** How many sales of a product are looked at for orders that it shares with another. */
const lookedAt = 5_000;

/** Orders that sold several products, in the order of their first sales' ids. */
export function basketsOf(
  { salesById, salesOf }: SellerState,
  { after, before, limit }: BasketRequest,
): { orders: Basket[]; last: number; more: boolean } {
  const from = firstBeyond(salesById, ({ id }) => id > after);
  const end = from + limit * each;
  const orders: Basket[] = [];
  let last = after;
  let lastTaken = after;
  for (let at = from; at < end; at++) {
    const sale = salesById[at];
    if (sale === undefined || (before !== null && sale.createdAt >= before.toISOString()))
      return { orders, last, more: false };
    const basket = begunBy(sale, salesOf);
    if (basket !== null && orders.length === limit) return { orders, last: lastTaken, more: true };
    if (basket !== null) {
      orders.push(basket);
      lastTaken = sale.id;
    }
    last = sale.id;
  }
  return { orders, last, more: true };
}

/** The basket of the order whose first sale this is, if it sold several products. */
function begunBy({ id, orderId }: Sale, salesOf: SellerState["salesOf"]): Basket | null {
  if (orderId === null) return null;
  const sold = (salesOf.get(orderId) ?? []).filter(({ quantity }) => quantity > 0);
  const productIds = new Set(sold.map(({ productId }) => productId));
  if (sold[0]?.id !== id || productIds.size < 2) return null;
  return { orderId, productIds: [...productIds].sort((a, b) => a - b).slice(0, most) };
}

/** The latest orders that sold both of two products. */
export function ordersOfBoth(
  { salesOfProduct, salesOf }: SellerState,
  [first, second]: readonly [number, number],
  limit: number,
): SharedOrder[] {
  const found = new Map<string, SharedOrder>();
  const sales = salesOfProduct.get(first) ?? [];
  for (let at = sales.length - 1; at >= Math.max(0, sales.length - lookedAt) && found.size < limit; at--) {
    const { orderId, quantity, soldAt } = sales[at] as Sale;
    if (orderId === null || quantity <= 0 || found.has(orderId)) continue;
    const sold = (salesOf.get(orderId) ?? []).filter((sale) => sale.quantity > 0);
    if (!sold.some((sale) => sale.productId === second)) continue;
    const both = sold.filter((sale) => sale.productId === first || sale.productId === second);
    found.set(orderId, { orderId, soldAt, saleIds: both.map(({ id }) => id) });
  }
  return [...found.values()];
}

import type { Sale } from "../domain/sale.ts";
import type { Scope } from "./command.ts";

/** What an order with a product is known by. */
export function orderKey(orderId: string, productId: number): string {
  return `${productId} ${orderId}`;
}

/** Adds rows, with ids above all that are there, to the history, and notes where their orders are known from. */
export function addSales({ db: { journal }, seller }: Scope, rows: Sale[], source: string | null): void {
  const newest = seller.sales.at(-1);
  const [only] = rows;
  if (only !== undefined && rows.length === 1 && (newest === undefined || only.soldAt >= newest.soldAt)) {
    journal.push(seller.sales, only);
  } else {
    // Two runs in order, mostly: such a sort takes one pass.
    journal.assign(seller, { sales: [...seller.sales, ...rows].sort(bySoldAt) });
  }
  for (const sale of rows) {
    journal.push(seller.salesById, sale);
    const { orderId, productId } = sale;
    if (orderId === null) continue;
    journal.put(seller.salesOf, orderId, [...(seller.salesOf.get(orderId) ?? []), sale]);
    const key = orderKey(orderId, productId);
    const known = seller.orders.get(key);
    if (!known?.has(source)) journal.put(seller.orders, key, new Set([...(known ?? []), source]));
  }
}

function bySoldAt(a: Sale, b: Sale): number {
  if (a.soldAt !== b.soldAt) return a.soldAt < b.soldAt ? -1 : 1;
  return a.id - b.id;
}

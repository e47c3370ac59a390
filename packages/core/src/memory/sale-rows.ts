import type { Sale } from "../domain/sale.ts";
import type { Scope } from "./command.ts";

/** What an order with a product is known by. */
export function orderKey(orderId: string, productId: number): string {
  return `${productId} ${orderId}`;
}

/** Adds rows, with ids above all that are there, to the history, and notes where their orders are known from. */
export function addSales({ db: { journal }, seller }: Scope, rows: Sale[], source: string | null): void {
  const inOrder = rows.toSorted(bySoldAt);
  if (follows(seller.sales, inOrder)) for (const sale of inOrder) journal.push(seller.sales, sale);
  else journal.assign(seller, { sales: merged(seller.sales, inOrder) });
  for (const [productId, added] of Map.groupBy(inOrder, (sale) => sale.productId)) {
    const own = seller.salesOfProduct.get(productId) ?? [];
    if (follows(own, added)) for (const sale of added) journal.append(seller.salesOfProduct, productId, sale);
    else journal.put(seller.salesOfProduct, productId, merged(own, added));
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

function follows(sales: readonly Sale[], added: readonly Sale[]): boolean {
  const [last, first] = [sales.at(-1), added[0]];
  return last === undefined || first === undefined || bySoldAt(last, first) < 0;
}

/** Two runs in order: such a sort takes one pass. */
function merged(sales: readonly Sale[], added: readonly Sale[]): Sale[] {
  return [...sales, ...added].sort(bySoldAt);
}

function bySoldAt(a: Sale, b: Sale): number {
  if (a.soldAt !== b.soldAt) return a.soldAt < b.soldAt ? -1 : 1;
  return a.id - b.id;
}

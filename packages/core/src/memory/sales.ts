import type { Sale } from "../domain/sale.ts";
import { notFound } from "../errors.ts";
import type { ImportedSale, SaleRepository } from "../ports/repositories.ts";
import type { Run } from "./access.ts";
import { basketsOf, ordersOfBoth } from "./baskets.ts";
import { perform, type Scope } from "./command.ts";
import { dailySales } from "./daily.ts";
import { firstBeyond } from "./first-beyond.ts";
import { recordSale } from "./record-sale.ts";
import { readOf, rowsOf } from "./rows.ts";
import { addSales, orderKey } from "./sale-rows.ts";
import { type Database, sellerToRead } from "./state.ts";

export function saleRepository(db: Database, run: Run, now: () => Date): SaleRepository {
  return {
    record: (command, sale) =>
      run(() => perform(db, command, (scope) => ({ body: { sales: recordSale(scope, sale) } }))),

    list: (sellerId, { limit, after, productId, from, before }) =>
      run(() => {
        const seller = sellerToRead(db, sellerId);
        if (productId !== null && !seller.products.has(productId)) throw notFound("product", productId);
        const sales = productId === null ? seller.sales : (seller.salesOfProduct.get(productId) ?? []);
        const isBeyond = ({ soldAt, id }: Sale) =>
          (before !== null && soldAt >= before) ||
          (after !== null && (soldAt > after.key || (soldAt === after.key && id >= after.id)));
        const rows = [];
        // Backwards from the newest, no further than the page.
        for (let i = firstBeyond(sales, isBeyond) - 1; i >= 0 && rows.length <= limit; i--) {
          const sale = sales[i] as Sale;
          if (from !== null && sale.soldAt < from) break;
          rows.push({ key: sale.soldAt, id: sale.id, value: sale });
        }
        return rowsOf<Sale>(seller, rows, limit);
      }),

    daily: (sellerId, productId, from, to) =>
      run(() => {
        const seller = sellerToRead(db, sellerId);
        const product = seller.products.get(productId);
        return product === undefined
          ? null
          : readOf(seller, dailySales(seller, product, { from, to, now: now() }));
      }),

    orders: (sellerId, request) => run(() => basketsOf(sellerToRead(db, sellerId), request)),

    together: (sellerId, { productIds, limit }) =>
      run(() => ordersOfBoth(sellerToRead(db, sellerId), productIds, limit)),

    import: (command, importId, lines, dryRun) =>
      run(() => {
        if (dryRun) {
          const seller = sellerToRead(db, command.sellerId);
          const fresh = lines.filter((line) => isNew(seller, importId, line));
          return { created: fresh.length, skipped: lines.length - fresh.length };
        }
        return perform(db, command, (scope) => ({ body: importSales(scope, importId, lines) })).body.value;
      }),
  };
}

function importSales(
  scope: Scope,
  importId: string,
  lines: ImportedSale[],
): { created: number; skipped: number } {
  const { db, seller, at } = scope;
  const fresh = lines.filter((line) => isNew(seller, importId, line));
  const rows = fresh.map(({ productId, orderId, quantity, price, soldAt }) => ({
    ...{ id: db.nextId("sale"), productId, orderId, quantity, price, soldAt, createdAt: at },
  }));
  addSales(scope, rows, importId);
  return { created: rows.length, skipped: lines.length - rows.length };
}

/** Whether a line is not known yet, except from this same import. */
function isNew(seller: Scope["seller"], importId: string, { productId, orderId }: ImportedSale): boolean {
  if (!seller.products.has(productId)) throw notFound("product", productId);
  const known = orderId === null ? undefined : seller.orders.get(orderKey(orderId, productId));
  return known === undefined || [...known].every((source) => source === importId);
}

import type { IncomingStock } from "../domain/incoming.ts";
import type { Sale } from "../domain/sale.ts";
import { compareCodePoints } from "../domain/text.ts";
import type { DemandRepository, ProductDemand } from "../ports/demand.ts";
import type { Run } from "./access.ts";
import { datesOf, emptyDays } from "./daily.ts";
import { type Database, liveProduct, type SellerState, sellerToRead } from "./state.ts";

export function demandRepository(db: Database, run: Run, now: () => Date): DemandRepository {
  return {
    read: (sellerId, { productIds, from, to }) =>
      run(() => {
        const seller = sellerToRead(db, sellerId);
        const asked = [...new Set(productIds)].sort((a, b) => a - b);
        const states = asked.flatMap((id) => liveProduct(seller, id) ?? []);
        const open = [...seller.incoming.values()].filter(({ state }) => state === "open");
        const incoming = Map.groupBy(open, ({ productId }) => productId);
        const dates = datesOf(from, to);
        const products = states.map(({ product, movements }) => {
          const { id, quantity, price, reorderPoint, category } = product;
          const { leadTimeDays, serviceLevel, packSize, minimumOrder } = product;
          const days = unitsByDay(seller.salesOfProduct.get(id) ?? []);
          const first = [movements[0]?.createdAt.slice(0, 10), ...days.keys()].filter(
            (day) => day !== undefined,
          );
          const stockedOut = emptyDays(movements, dates, now());
          return {
            ...{ productId: id, firstDay: first.sort()[0] ?? null, stockedOut },
            units: dates.map((date) => days.get(date) ?? 0),
            ...{ quantity, price, reorderPoint, category },
            ...{
              leadTimeDays,
              serviceLevel,
              packSize,
              minimumOrder,
              incoming: expectedOf(incoming.get(id) ?? []),
            },
          };
        });
        return { basedOn: seller.log?.seq ?? 0, products };
      }),

    active: (sellerId, { after, limit }) =>
      run(() =>
        liveIds(sellerToRead(db, sellerId))
          .filter((id) => id > after)
          .slice(0, limit),
      ),

    sellers: ({ after, limit }) =>
      run(() =>
        [...db.sellers.values()]
          .filter((seller) => compareCodePoints(seller.id, after) > 0 && liveIds(seller).length > 0)
          .map(({ id }) => id)
          .sort(compareCodePoints)
          .slice(0, limit),
      ),
  };
}

/** Products that are not deleted, in the order of ids. */
function liveIds({ products }: SellerState): number[] {
  const live = [...products.values()].filter(({ deleted }) => !deleted);
  return live.map(({ product }) => product.id).sort((a, b) => a - b);
}

/** Units still to come, by days. */
function expectedOf(open: readonly IncomingStock[]): ProductDemand["incoming"] {
  const days = new Map<string, number>();
  for (const { expectedOn, quantity, received } of open)
    days.set(expectedOn, (days.get(expectedOn) ?? 0) + quantity - received);
  return [...days]
    .sort(([a], [b]) => compareCodePoints(a, b))
    .slice(0, 500)
    .map(([expectedOn, quantity]) => ({ expectedOn, quantity }));
}

function unitsByDay(sales: readonly Sale[]): Map<string, number> {
  const days = new Map<string, number>();
  for (const { quantity, soldAt } of sales) {
    const day = soldAt.slice(0, 10);
    if (quantity > 0) days.set(day, (days.get(day) ?? 0) + quantity);
  }
  return days;
}

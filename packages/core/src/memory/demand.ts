import { compareCodePoints } from "../domain/text.ts";
import { addDays } from "../domain/time.ts";
import type { DemandRepository, ProductDemand } from "../ports/demand.ts";
import type { Run } from "./access.ts";
import { emptyDays } from "./daily.ts";
import { type Database, liveProduct, type SellerState, sellerToRead } from "./state.ts";

export function demandRepository(db: Database, run: Run, now: () => Date): DemandRepository {
  return {
    read: (sellerId, { productIds, from, to }) =>
      run(() => {
        const seller = sellerToRead(db, sellerId);
        const asked = new Set(productIds);
        const states = liveIds(seller).flatMap((id) =>
          asked.has(id) ? (liveProduct(seller, id) ?? []) : [],
        );
        const sold = soldOf(seller, asked);
        const products = states.map(({ product, movements }) => {
          const { id, quantity, price, reorderPoint, category } = product;
          const { leadTimeDays, serviceLevel, packSize, minimumOrder } = product;
          const days = sold.get(id) ?? new Map<string, number>();
          const first = [movements[0]?.createdAt.slice(0, 10), ...days.keys()].filter(
            (day) => day !== undefined,
          );
          const stockedOut = emptyDays(movements, { from, to, now: now() });
          return {
            ...{ productId: id, firstDay: first.sort()[0] ?? null, stockedOut },
            units: stockedOut.map((_, n) => days.get(addDays(from, n)) ?? 0),
            ...{ quantity, price, reorderPoint, category },
            ...{ leadTimeDays, serviceLevel, packSize, minimumOrder, incoming: expectedOf(seller, id) },
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
function expectedOf({ incoming }: SellerState, productId: number): ProductDemand["incoming"] {
  const days = new Map<string, number>();
  for (const one of incoming.values())
    if (one.productId === productId && one.state === "open")
      days.set(one.expectedOn, (days.get(one.expectedOn) ?? 0) + one.quantity - one.received);
  return [...days]
    .sort(([a], [b]) => compareCodePoints(a, b))
    .slice(0, 500)
    .map(([expectedOn, quantity]) => ({ expectedOn, quantity }));
}

/** Units sold by products and days. */
function soldOf({ sales }: SellerState, products: ReadonlySet<number>): Map<number, Map<string, number>> {
  const sold = new Map<number, Map<string, number>>();
  for (const { productId, quantity, soldAt } of sales) {
    if (quantity <= 0 || !products.has(productId)) continue;
    const days = sold.get(productId) ?? new Map<string, number>();
    const day = soldAt.slice(0, 10);
    sold.set(productId, days.set(day, (days.get(day) ?? 0) + quantity));
  }
  return sold;
}

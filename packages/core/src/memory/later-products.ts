import { compareCodePoints } from "../domain/text.ts";
import type { ProductKey } from "../ports/predictions.ts";
import type { Database, ProductState, SellerState } from "./state.ts";

/** The products of all sellers that are not deleted, by seller and id, from the one after this on. */
export function* laterProducts(
  db: Database,
  after: ProductKey | null,
): Iterable<{ seller: SellerState; state: ProductState }> {
  const sellers = [...db.sellers.values()]
    .filter(({ id }) => after === null || compareCodePoints(id, after.sellerId) >= 0)
    .sort((a, b) => compareCodePoints(a.id, b.id));
  for (const seller of sellers) {
    const first = seller.id === after?.sellerId ? after.productId : 0;
    // By id is how they are held.
    for (const state of seller.products.values())
      if (!state.deleted && state.product.id > first) yield { seller, state };
  }
}

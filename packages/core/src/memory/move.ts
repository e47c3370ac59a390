import type { Movement } from "../domain/stock.ts";
import type { Scope } from "./command.ts";
import type { ProductState } from "./state.ts";

/** Changes a product's quantity and writes the line of its ledger. The event is left to the caller. */
export function move(
  { db, seller, command, at }: Scope,
  productId: number,
  { delta, reason, cause }: { delta: number; reason: string; cause: string | null },
): { state: ProductState; movement: Movement } {
  const old = seller.products.get(productId) as ProductState;
  const quantity = old.product.quantity + delta;
  const { actor } = command;
  const movement = {
    id: db.nextId("movement"),
    productId,
    delta,
    quantity,
    reason,
    actor,
    cause,
    createdAt: at,
  };
  const state = {
    ...old,
    product: { ...old.product, quantity, updatedAt: at },
    stockRevision: old.stockRevision + 1,
  };
  db.journal.push(old.movements, movement);
  db.journal.put(seller.products, productId, state);
  return { state, movement };
}

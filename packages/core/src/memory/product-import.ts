import { isAmusedError } from "../errors.ts";
import type { Command, ProductImport, Written } from "../ports/repositories.ts";
import { perform, type Scope } from "./command.ts";
import { fact } from "./log.ts";
import { move } from "./move.ts";
import { createProduct, editProduct } from "./product-writes.ts";
import { type Database, liveProduct } from "./state.ts";

/** Writes a batch of an import; what was begun of it is undone when a part is refused. */
export function importProducts(db: Database, command: Command, batch: ProductImport): Written<null> | null {
  return perform(db, command, (scope) => {
    const mark = db.journal.mark();
    try {
      if (batch.update.every((update) => updateProduct(scope, update))) {
        for (const row of batch.create) createProduct(scope, row);
        return { body: null };
      }
    } catch (error) {
      // A SKU is taken; anything else is no answer of an import.
      if (!isAmusedError(error, "conflict")) throw error;
    }
    db.journal.undo(mark);
    return null;
  });
}

/** `false` when the product is not as it was read. */
function updateProduct(scope: Scope, { id, edit, count }: ProductImport["update"][number]): boolean {
  const old = liveProduct(scope.seller, id);
  if (old === null || (edit !== null && edit.version !== old.product.version)) return false;
  if (edit !== null) editProduct(scope, old, edit);
  const delta = count === null ? 0 : count - old.product.quantity;
  // Someone may have brought the quantity to the count meanwhile: then there is nothing to write down.
  const movement = delta === 0 ? null : move(scope, id, { delta, reason: "import", cause: null }).movement;
  if (edit !== null) {
    const changed = delta === 0 ? edit.changed : [...edit.changed, "quantity"];
    const product = liveProduct(scope.seller, id)?.product ?? old.product;
    scope.emit(fact("product.updated", id, { product, changed }));
  } else if (movement !== null) {
    const { quantity, reason, actor } = movement;
    scope.emit(fact("stock.adjusted", id, { delta, quantity, reason, actor }));
  }
  return true;
}

import type { Movement } from "../domain/stock.ts";
import { type AmusedError, insufficientStock, notFound, otherQuantity } from "../errors.ts";
import type { StockChange, StockRepository } from "../ports/repositories.ts";
import type { Run } from "./access.ts";
import { perform } from "./command.ts";
import { fact } from "./log.ts";
import { move } from "./move.ts";
import { rowsOf } from "./rows.ts";
import { type Database, liveProduct, type ProductState, revisionOf, sellerToRead } from "./state.ts";

export function stockRepository(db: Database, run: Run): StockRepository {
  return {
    change: (command, change) =>
      run(() =>
        perform(db, command, (scope) => {
          const { productId, reason, expected } = change;
          const old = liveProduct(scope.seller, productId);
          if (old === null) throw notFound("product", productId);
          const { quantity: before } = old.product;
          if (expected !== null && expected !== before)
            throw otherQuantity(productId, { quantity: before, expected });
          const delta = deltaOf(old, change);
          const { state, movement } = move(scope, productId, { delta, reason, cause: null });
          const { quantity, actor } = movement;
          scope.emit(fact("stock.adjusted", productId, { delta, quantity, reason, actor }));
          return { body: { product: state.product, movement }, revision: revisionOf(state) };
        }),
      ),

    movements: (sellerId, productId, { limit, after }) =>
      run(() => {
        const seller = sellerToRead(db, sellerId);
        const found = seller.products.get(productId);
        if (found === undefined) return null;
        const rows = found.movements
          .filter(({ id }) => after === null || id < after.id)
          .slice(-limit - 1)
          .reverse()
          .map((value) => ({ key: String(value.id), id: value.id, value }));
        return rowsOf<Movement>(seller, rows, limit);
      }),
  };
}

function deltaOf({ product, movements }: ProductState, { change }: StockChange): number {
  const { id: productId, quantity } = product;
  if ("delta" in change) {
    if (quantity + change.delta < 0) throw tooLittle(productId, -change.delta, quantity);
    return change.delta;
  }
  const { count, countedAt } = change;
  const since = countedAt === null ? [] : movements.filter(({ createdAt }) => createdAt > countedAt);
  const moved = since.reduce((sum, { delta }) => sum + delta, 0);
  // More left since the count than was counted: the count can not be right.
  if (count + moved < 0) throw tooLittle(productId, -moved, count);
  return count + moved - quantity;
}

function tooLittle(productId: number, requested: number, available: number): AmusedError {
  return insufficientStock([{ productId, requested, available }]);
}

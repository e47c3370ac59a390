import type { Product } from "../domain/product.ts";
import { compareCodePoints } from "../domain/text.ts";
import type { ProductRepository } from "../ports/repositories.ts";
import type { Run } from "./access.ts";
import { perform } from "./command.ts";
import { fact } from "./log.ts";
import { importProducts } from "./product-import.ts";
import { listProducts } from "./product-list.ts";
import { createProduct, editProduct } from "./product-writes.ts";
import { readOf } from "./rows.ts";
import { type Database, liveProduct, revisionOf, sellerToRead } from "./state.ts";

export function productRepository(db: Database, run: Run): ProductRepository {
  return {
    create: (command, row) =>
      run(() =>
        perform(db, command, (scope) => {
          const made = createProduct(scope, row);
          return { body: made.product, revision: revisionOf(made) };
        }),
      ),

    find: (sellerId, id) =>
      run(() => {
        const seller = sellerToRead(db, sellerId);
        const found = liveProduct(seller, id);
        return found && { ...readOf(seller, found.product), revision: revisionOf(found) };
      }),

    list: (sellerId, filter) => run(() => listProducts(sellerToRead(db, sellerId), filter)),

    update: (command, edit) =>
      run(() =>
        perform(db, command, (scope) => {
          const found = liveProduct(scope.seller, edit.id);
          if (found?.product.version !== edit.version) return null;
          const edited = editProduct(scope, found, edit);
          scope.emit(fact("product.updated", edit.id, { product: edited.product, changed: edit.changed }));
          return { body: edited.product, revision: revisionOf(edited) };
        }),
      ),

    delete: (command, id, version) =>
      run(() =>
        perform(db, command, ({ seller, emit }) => {
          const found = liveProduct(seller, id);
          if (found === null || (version !== null && found.product.version !== version)) return null;
          if (found.product.sku !== null) db.journal.remove(seller.skus, found.product.sku);
          db.journal.put(seller.products, id, { ...found, deleted: true });
          emit(fact("product.deleted", id, { product: found.product }));
          return { body: null };
        }),
      ),

    lookup: (sellerId, by) =>
      run(() => {
        const [skus, names, ids] = [new Set(by.skus), new Set(by.names), new Set(by.ids)];
        const found = [...sellerToRead(db, sellerId).products.values()].flatMap(({ product, deleted }) => {
          const meant =
            ids.has(product.id) || (product.sku === null ? names.has(product.name) : skus.has(product.sku));
          return meant && !deleted ? [product] : [];
        });
        return structuredClone(found.sort((a, b) => a.id - b.id) as Product[]);
      }),

    import: (command, batch) => run(() => importProducts(db, command, batch)),

    attributeNames: (sellerId) =>
      run(() => {
        const live = [...sellerToRead(db, sellerId).products.values()].filter(({ deleted }) => !deleted);
        const names = new Set(live.flatMap(({ product }) => Object.keys(product.attributes)));
        return [...names].sort(compareCodePoints).slice(0, 1000);
      }),
  };
}

import type { Product } from "../domain/product.ts";
import { skuTaken } from "../errors.ts";
import type { ProductEdit, ProductRow } from "../ports/repositories.ts";
import type { Scope } from "./command.ts";
import { fact } from "./log.ts";
import { move } from "./move.ts";
import type { ProductState } from "./state.ts";

/** Makes a product, its first movement and its event. */
export function createProduct(scope: Scope, row: ProductRow): ProductState {
  const { db, seller, at } = scope;
  const { decimals: _, search, quantity, ...described } = row;
  const id = db.nextId("product");
  takeSku(scope, id, row.sku);
  const product = productOf({
    ...described,
    ...{ id, sellerId: seller.id, quantity: 0, imageUrl: null, version: 1, createdAt: at, updatedAt: at },
  });
  const empty: ProductState = { product, search, stockRevision: 0, deleted: false, movements: [] };
  db.journal.put(seller.products, id, empty);
  const made =
    quantity === 0 ? empty : move(scope, id, { delta: quantity, reason: "initial", cause: null }).state;
  scope.emit(fact("product.created", id, { product: made.product }));
  return made;
}

/** Gives a product its new description. The event is left to the caller. */
export function editProduct(scope: Scope, old: ProductState, { row }: ProductEdit): ProductState {
  const { db, seller, at } = scope;
  const { decimals: _, search, ...described } = row;
  if (row.sku !== old.product.sku) {
    takeSku(scope, old.product.id, row.sku);
    if (old.product.sku !== null) db.journal.remove(seller.skus, old.product.sku);
  }
  const product = productOf({
    ...old.product,
    ...described,
    version: old.product.version + 1,
    updatedAt: at,
  });
  const edited = { ...old, product, search };
  db.journal.put(seller.products, product.id, edited);
  return edited;
}

function takeSku({ db, seller }: Scope, id: number, sku: string | null): void {
  if (sku === null) return;
  if (seller.skus.has(sku)) throw skuTaken(sku);
  db.journal.put(seller.skus, sku, id);
}

/** A product with its fields in the order in which everyone sees them, sharing nothing with what was handed in. */
function productOf(p: Product): Product {
  return {
    ...{
      id: p.id,
      sellerId: p.sellerId,
      sku: p.sku,
      name: p.name,
      description: p.description,
      price: p.price,
    },
    ...{ currency: p.currency, quantity: p.quantity, category: p.category, attributes: { ...p.attributes } },
    ...{ imageUrl: p.imageUrl, reorderPoint: p.reorderPoint, leadTimeDays: p.leadTimeDays },
    ...{ serviceLevel: p.serviceLevel, packSize: p.packSize, minimumOrder: p.minimumOrder },
    ...{ version: p.version, createdAt: p.createdAt, updatedAt: p.updatedAt },
  };
}

import type { Position } from "../domain/page.ts";
import type { Product, ProductSort } from "../domain/product.ts";
import { compareCodePoints } from "../domain/text.ts";
import type { ProductFilter, Rows } from "../ports/repositories.ts";
import { rowsOf } from "./rows.ts";
import { currentPrediction, type ProductState, type SellerState } from "./state.ts";

/** What a product is sorted by: the value as text, and how two of them compare. */
const sorts: {
  [Sort in ProductSort]: { key: (state: ProductState) => string; compare: (a: string, b: string) => number };
} = {
  id: { key: ({ product }) => String(product.id), compare: byNumber },
  name: { key: ({ search }) => search, compare: compareCodePoints },
  price: { key: ({ product }) => product.price, compare: byNumber },
  quantity: { key: ({ product }) => String(product.quantity), compare: byNumber },
  createdAt: { key: ({ product }) => product.createdAt, compare: compareCodePoints },
  updatedAt: { key: ({ product }) => product.updatedAt, compare: compareCodePoints },
};

export function listProducts(seller: SellerState, filter: ProductFilter): Rows<Product> {
  const { key, compare } = sorts[filter.sort];
  const turn = filter.descending ? -1 : 1;
  const order = (a: Position, b: Position) => turn * (compare(a.key, b.key) || a.id - b.id);
  const { after } = filter;
  if (filter.sort === "id" && !filter.descending) return firstById(seller, filter);
  const found = [...seller.products.values()]
    .filter((state) => passes(seller, state, filter))
    .map((state) => ({ key: key(state), id: state.product.id, value: state.product }))
    .filter((row) => after === null || order(row, after) > 0)
    .sort(order);
  return rowsOf<Product>(seller, found, filter.limit);
}

/** By id is how they are held: no further than the page. */
function firstById(seller: SellerState, filter: ProductFilter): Rows<Product> {
  const after = filter.after?.id ?? 0;
  const found = [];
  for (const state of seller.products.values()) {
    const { id } = state.product;
    if (id <= after || !passes(seller, state, filter)) continue;
    found.push({ key: String(id), id, value: state.product });
    if (found.length > filter.limit) break;
  }
  return rowsOf<Product>(seller, found, filter.limit);
}

function passes(
  seller: SellerState,
  { product, search, deleted }: ProductState,
  filter: ProductFilter,
): boolean {
  return (
    !deleted &&
    (filter.category === null || product.category === filter.category) &&
    (filter.maxQuantity === null || product.quantity <= filter.maxQuantity) &&
    (filter.runsOutBy === null || runsOutBy(seller, product.id, filter.runsOutBy)) &&
    filter.words.every((word) => search.includes(word))
  );
}

function runsOutBy(seller: SellerState, productId: number, day: string): boolean {
  const runOutOn = currentPrediction(seller, productId, "stockout")?.row.runOutOn ?? null;
  return runOutOn !== null && runOutOn <= day;
}

function byNumber(a: string, b: string): number {
  // A price has at most 14 digits, which a number holds exactly enough to tell two apart.
  return Number(a) - Number(b);
}

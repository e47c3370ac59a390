import type { CategorySettlement, CategorySuggestionRow } from "../ports/categories.ts";
import type { Scope } from "./command.ts";
import { fact } from "./log.ts";
import { liveProduct, type ProductState } from "./state.ts";

/** Keeps what is suggested for a product, and gives it the category where that is asked for. */
export function keepSuggestion(scope: Scope, row: CategorySuggestionRow): void {
  const { db, seller, at, emit } = scope;
  const { productId, version, model, basedOn, apply } = row;
  const found = liveProduct(seller, productId);
  const before = seller.suggestions.get(productId);
  const suggestions = structuredClone(row.suggestions);
  const [best] = suggestions;
  if (found === null || best === undefined || found.product.version !== version) return;
  if (found.product.category !== null || (before?.state ?? "open") !== "open") return;
  db.journal.put(seller.suggestions, productId, {
    ...{ state: apply ? "applied" : "open", suggestions, model, basedOn, productVersion: version },
    ...{ chosen: null, createdAt: at, settledAt: null },
  });
  const { category, confidence } = best;
  if (apply || before?.suggestions[0]?.category !== category)
    emit(fact("product.categorized", productId, { category, confidence, applied: apply }));
  if (apply) giveCategory(scope, found, category);
}

/** Gives a product its category, and keeps what was decided of the suggestion; `null` where the version is another one. */
export function settleSuggestion(
  scope: Scope,
  { productId, version, category, state }: CategorySettlement,
): ProductState | null {
  const { db, seller, at, emit } = scope;
  const found = liveProduct(seller, productId);
  if (found?.product.version !== version) return null;
  const product = found.product.category === category ? found : giveCategory(scope, found, category);
  const before = seller.suggestions.get(productId);
  if (before === undefined && category !== null) return product;
  if (before?.state === state && before.chosen === category) return product;
  db.journal.put(seller.suggestions, productId, {
    ...{ suggestions: [], model: "none", basedOn: 0, productVersion: version, createdAt: at },
    ...{ ...before, state, chosen: category, settledAt: at },
  });
  const best = before?.suggestions[0];
  if (best !== undefined)
    emit(
      fact("category.settled", productId, {
        ...{ state, category, suggested: best.category, confidence: best.confidence },
        applied: before?.state === "applied",
      }),
    );
  return product;
}

function giveCategory(
  { db, seller, at, emit }: Scope,
  found: ProductState,
  category: string | null,
): ProductState {
  const product = { ...found.product, category, version: found.product.version + 1, updatedAt: at };
  const edited = { ...found, product };
  db.journal.put(seller.products, product.id, edited);
  emit(fact("product.updated", product.id, { product, changed: ["category"] }));
  return edited;
}

import type { CategorySuggestionRow, Product, Repositories } from "@amused/core";
import { commandOf } from "./commands.ts";

/** A suggestion to keep for a product as it was read: these categories, best first, with these confidences. */
export function suggestionRow(
  product: Pick<Product, "id" | "version">,
  suggestions: readonly (readonly [category: string, confidence: number])[],
  changes: Partial<CategorySuggestionRow> = {},
): CategorySuggestionRow {
  return {
    ...{ productId: product.id, version: product.version, model: "linear-text", basedOn: 1, apply: false },
    suggestions: suggestions.map(([category, confidence]) => ({
      ...{ category, confidence, because: [{ kind: "word", field: "name", word: "té", weight: 0.5 }] },
    })),
    ...changes,
  };
}

/** A product, if it is not deleted, and what is kept of its suggestion. */
export async function categoryOf(store: Repositories, sellerId: string, productId: number) {
  const [found] = (await store.categories.find(sellerId, [productId])).body.value;
  return found ?? null;
}

/** Decides of a product as it is now. */
export async function decide(
  store: Repositories,
  productId: number,
  category: string | null,
  state: "accepted" | "corrected" | "dismissed",
  command = commandOf("nobody"),
) {
  const { product } = (await categoryOf(store, command.sellerId, productId)) as { product: Product };
  return store.categories.settle(command, { productId, version: product.version, category, state });
}

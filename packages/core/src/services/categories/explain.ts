import type { CategoryExplanation, StoredSuggestion } from "../../domain/category.ts";
import type { CategorizedProduct } from "../../ports/categories.ts";
import type { Deps } from "../deps.ts";
import { mostAlike } from "./alike.ts";
import { keptSuggestions } from "./categorise.ts";
import { changesItem, itemOf } from "./item.ts";
import type { CategoryModels } from "./models.ts";
import { suggestCategories } from "./suggest.ts";

/** Products of the category that are looked at for those most like the one explained; edits that are counted. */
const [lookedAt, mostEdits] = [200, 1_000];

/** Why a product has its category, or what would be suggested. */
export async function explanationOf(
  deps: Deps,
  models: CategoryModels,
  sellerId: string,
  { product, suggestion }: CategorizedProduct,
): Promise<CategoryExplanation> {
  const items = [itemOf(product, deps.currency)];
  const now = await suggestCategories(deps, models, sellerId, items, keptSuggestions);
  // Where somebody decided before anything was suggested, what would be suggested now.
  const stored = suggestion !== null && suggestion.suggestions.length > 0 ? suggestion : null;
  const [best = null, ...rivals] = stored?.suggestions ?? now.suggestions[0] ?? [];
  return {
    ...{ productId: product.id, category: product.category, state: suggestion?.state ?? null },
    ...{ suggestion: best, rivals, model: stored?.model ?? now.model },
    examples: {
      count: best === null ? 0 : (now.examples.get(best.category) ?? 0),
      alike: best === null ? [] : mostAlike(product, await productsOf(deps, sellerId, best.category)),
    },
    chosen: suggestion?.chosen ?? null,
    generatedAt: stored?.createdAt ?? deps.now().toISOString(),
    settledAt: suggestion?.settledAt ?? null,
    behind: stored === null ? 0 : await editsSince(deps, sellerId, product.id, stored),
  };
}

async function productsOf({ repositories }: Deps, sellerId: string, category: string) {
  const { body } = await repositories.products.list(sellerId, {
    ...{ limit: lookedAt, after: null, category, words: [], maxQuantity: null, runsOutBy: null },
    ...{ sort: "id", descending: true },
  });
  return body.value;
}

/** How often what a suggestion was made from was edited after it. */
async function editsSince(
  { repositories }: Deps,
  sellerId: string,
  productId: number,
  { basedOn, productVersion }: StoredSuggestion,
): Promise<number> {
  const run = await repositories.events.read(sellerId, {
    ...{ after: basedOn, limit: mostEdits, types: ["product.updated"], productId },
  });
  return (run?.events ?? []).filter(({ text }) => {
    const { payload } = JSON.parse(text) as { payload: { changed: string[]; product: { version: number } } };
    return payload.product.version > productVersion && changesItem(payload.changed);
  }).length;
}

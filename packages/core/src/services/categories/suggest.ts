import type { CategoryItem, CategorySuggestion } from "@amused/engines";
import type { CategoryReason, SuggestedCategory } from "../../domain/category.ts";
import type { Deps } from "../deps.ts";
import { rounded } from "../rounded.ts";
import type { CategoryModels } from "./models.ts";

/** After so many items, whoever waits for this process gets his turn. */
const atOnce = 20;

export interface Suggested {
  /** For each item, best first. */
  suggestions: SuggestedCategory[][];
  model: string;
  basedOn: number;
  /** The products that each category was learned from. */
  examples: ReadonlyMap<string, number>;
}

/**
 * The likeliest categories of items, by what the seller's own products teach; of those that no product has any more, none.
 */
export async function suggestCategories(
  { repositories }: Pick<Deps, "repositories">,
  models: CategoryModels,
  sellerId: string,
  items: CategoryItem[],
  limit: number,
): Promise<Suggested> {
  const { categorizer, basedOn } = await models.current(sellerId);
  for (;;) {
    const found: CategorySuggestion[][] = [];
    for (const item of items) {
      if (found.length > 0 && found.length % atOnce === 0)
        await new Promise((resolve) => setTimeout(resolve));
      found.push(categorizer.suggest(item, { limit }));
    }
    const examples = new Map(categorizer.categories().map(({ category, examples }) => [category, examples]));
    const own = [...new Set(found.flat().map(({ category }) => category))].filter((one) => examples.has(one));
    const used = new Set(own.length === 0 ? [] : await repositories.categories.inUse(sellerId, own));
    const gone = own.filter((category) => !used.has(category));
    if (gone.length === 0)
      return {
        suggestions: found.map((some) => some.map(shown)),
        model: examples.size === 0 ? "taxonomy" : "linear-text",
        ...{ basedOn, examples },
      };
    // What is left of a category that is gone would take its share of every confidence.
    for (const category of gone) categorizer.forget(category);
  }
}

function shown({ category, confidence, reasons }: CategorySuggestion): SuggestedCategory {
  return {
    category,
    confidence: rounded(confidence, 4),
    because: reasons.map((reason): CategoryReason => {
      const evidence = { ...reason };
      if ("weight" in evidence) evidence.weight = rounded(evidence.weight, 3);
      if ("share" in evidence) evidence.share = rounded(evidence.share, 3);
      return evidence;
    }),
  };
}

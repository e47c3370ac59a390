import { finite } from "../errors.ts";
import { toConfidences } from "./calibrate.ts";
import { away } from "./descend.ts";
import { extract } from "./features.ts";
import { fit, type Model } from "./fit.ts";
import { type CategoryExample, type CategoryItem, checkCategory, checkItem } from "./item.ts";
import { type CategorizerJson, fromJson, toJson } from "./json.ts";
import { teach } from "./learn.ts";
import { type CategoryReason, explain } from "./reasons.ts";
import { createTaxonomyRanking, type GeneralSuggestion, type Taxonomy } from "./taxonomy.ts";

export interface CategorySuggestion {
  category: string;
  /** The probability that it is right, from 0 to 1; those of one call add up to 1 at most. */
  confidence: number;
  reasons: CategoryReason[];
}

/** Tells the category of products from those whose category is known. */
export interface Categorizer {
  /**
   * The likeliest categories of an item, best first, at most `limit` (3). None while there is neither an example nor a
   * taxonomy. @throws EngineError where a field is not of its type.
   */
  suggest(item: CategoryItem, options?: { limit?: number }): CategorySuggestion[];
  /**
   * From now on this item and near copies of it are of this category, be it known or new; other items change as little as
   * that allows (passive-aggressive updates, Crammer et al. 2006). @throws EngineError
   */
  learn(item: CategoryItem, category: string): void;
  /** Takes a category away with all that was learned for it; says whether it was there. */
  forget(category: string): boolean;
  /** The categories known from examples, with the number of them. */
  categories(): Array<{ category: string; examples: number }>;
  /** All that it knows, for `categorizerFrom`. The same knowledge gives the same text. */
  toJSON(): CategorizerJson;
}

export interface CategorizerOptions {
  /** Products with their categories. Their order does not matter. */
  examples?: ReadonlyArray<CategoryExample>;
  /** A general list for what the shop's own categories do not cover, as `defaultTaxonomy`. Not part of the JSON. */
  taxonomy?: Taxonomy;
  /** Of the order in which examples are gone through. Default 1. */
  seed?: number;
}

/**
 * A categorizer that has learned from `examples`: hashed words and character n-grams, one linear function per category
 * (`descend.ts`), confidences calibrated on a fifth of the examples held back (`calibrate.ts`).
 * @throws EngineError where an example is not well formed (`examples.3.name`)
 * @example
 * const categorizer = createCategorizer({ examples: [
 *   { name: "Green tea, 20 bags", category: "Drinks > Tea" },
 *   { name: "Ground coffee 500 g", category: "Drinks > Coffee" },
 * ] });
 * categorizer.suggest({ name: "Black tea, 50 bags" })[0]; // { category: "Drinks > Tea", confidence: …, reasons: [{ kind: "word", word: "tea", … }] }
 * categorizer.learn({ name: "Mate" }, "Drinks > Tea");
 */
export function createCategorizer({
  examples = [],
  taxonomy,
  seed = 1,
}: CategorizerOptions = {}): Categorizer {
  const checked = examples.map((example, i) => ({
    ...checkItem(example, `examples.${i}`),
    category: checkCategory(example.category, `examples.${i}.category`),
  }));
  return over(fit(checked, finite("seed", seed)), taxonomy);
}

/** The categorizer that `toJSON` was asked of, to the last bit. @throws EngineError where `json` is something else */
export function categorizerFrom(
  json: CategorizerJson,
  { taxonomy }: Pick<CategorizerOptions, "taxonomy"> = {},
): Categorizer {
  return over(fromJson(json), taxonomy);
}

function over(model: Model, taxonomy: Taxonomy | undefined): Categorizer {
  let general: ((item: CategoryItem) => GeneralSuggestion[]) | undefined;
  return {
    suggest(item, { limit = 3 } = {}) {
      checkItem(item);
      finite("limit", limit, 0);
      const own = suggestFrom(model, item, limit);
      if (taxonomy === undefined) return own.suggestions;
      general ??= createTaxonomyRanking(taxonomy);
      // What is likely none of the shop's own may be one of the general list.
      const known = new Set(model.categories);
      const others = general(item)
        .filter(({ category }) => !known.has(category))
        .map((other) => ({ ...other, confidence: Math.min(other.confidence * own.none, own.most) }));
      return [...own.suggestions, ...others].sort((a, b) => b.confidence - a.confidence).slice(0, limit);
    },
    learn(item, category) {
      teach(model, checkItem(item), checkCategory(category));
    },
    forget(category) {
      const at = model.categories.indexOf(category);
      if (at < 0) return false;
      for (const list of [model.categories, model.examples]) list.splice(at, 1);
      model.weights.drop(at);
      return true;
    },
    categories: () => model.categories.map((category, c) => ({ category, examples: model.examples[c]! })),
    toJSON: () => toJson(model),
  };
}

/** The best of a model, the probability that it is none of the model's, and what categories of others may have at most. */
function suggestFrom(
  model: Model,
  item: CategoryItem,
  limit: number,
): { suggestions: CategorySuggestion[]; none: number; most: number } {
  const features = model.vocabulary.look(extract(item));
  const vector = model.vocabulary.vector(features);
  const scores = new Float64Array(model.categories.length).fill(away);
  model.weights.score(vector, scores);
  const decided = scores.some((score) => score > 0);
  const order = Array.from(scores, (_, c) => c).sort((a, b) => scores[b]! - scores[a]! || a - b);
  toConfidences(scores, model.calibration);
  let none = 1;
  for (const confidence of scores) none -= confidence;
  // What was seen on few examples is not sure, however clear it is (Laplace's rule of succession).
  const { items } = model.vocabulary;
  const best = order.slice(0, limit);
  const reasons = explain(model, features, vector, best);
  const suggestions = best.map((c, i) => ({
    category: model.categories[c]!,
    confidence: (scores[c]! * items) / (items + 2),
    reasons: reasons[i]!,
  }));
  // Where the shop's own examples decide, the first stays the first.
  const most = decided ? (suggestions[0]?.confidence ?? 1) : 1;
  return { suggestions, none: Math.max(0, none), most };
}

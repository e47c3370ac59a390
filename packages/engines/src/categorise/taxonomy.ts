import { exp, log } from "../numeric/elementary.ts";
import { words } from "../text/words.ts";
import type { CategoryItem } from "./item.ts";
import type { CategoryReason } from "./reasons.ts";

/** A general list of categories, for shops that have none yet. */
export interface Taxonomy {
  /** Who says so: `Shopify Standard Product Taxonomy`. */
  name: string;
  /** Each with words that tell it, in one text. */
  categories: ReadonlyArray<{ category: string; words: string }>;
}

/** A category of a taxonomy, as likely as the words of an item make it. */
export interface GeneralSuggestion {
  category: string;
  confidence: number;
  reasons: CategoryReason[];
}

/** A word of the description counts so much beside one of the name. */
const descriptionWeight = 0.3;
/** Set so that on goods of a grocer and of an electrical shop the confidence is about how often the upper level is right. */
const sharpness = 0.9;
/** The lower level is right less often, and other shops may be stranger. */
const trust = 0.8;
/** The score at which it is as likely that none is right: that of one word that few categories have. */
const undecided = 2.5;

/**
 * Ranks the categories of a taxonomy by the words that an item shares with them, each counting by how few categories have
 * it (inverse document frequency). Nothing was learned here, so the confidences are low.
 */
export function createTaxonomyRanking(taxonomy: Taxonomy): (item: CategoryItem) => GeneralSuggestion[] {
  const { categories } = taxonomy;
  const holders = new Map<string, number[]>();
  for (const [c, { category, words: telling }] of categories.entries())
    for (const word of new Set(words(`${category.split(">").at(-1)} ${telling}`).map(singular))) {
      const list = holders.get(word);
      if (list === undefined) holders.set(word, [c]);
      else list.push(c);
    }

  return (item) => {
    const weights = new Map<string, number>();
    for (const word of words((item.description ?? "").slice(0, 1000)))
      weights.set(singular(word), descriptionWeight);
    for (const word of words(item.name.slice(0, 300))) weights.set(singular(word), 1);
    const matches = new Map<number, CategoryReason[]>();
    const scores = new Map<number, number>();
    for (const [word, weight] of weights) {
      const having = holders.get(word) ?? [];
      const value = weight * log(categories.length / Math.max(1, having.length));
      for (const c of having) {
        scores.set(c, (scores.get(c) ?? 0) + value);
        const field = weight === 1 ? "name" : "description";
        const reasons = matches.get(c) ?? [];
        reasons.push({ kind: "word", field, word, weight: value });
        matches.set(c, reasons);
      }
    }
    let top = undecided;
    for (const score of scores.values()) top = Math.max(top, score);
    let sum = exp(sharpness * (undecided - top));
    for (const score of scores.values()) sum += exp(sharpness * (score - top));
    return [...scores]
      .sort(([c, a], [d, b]) => b - a || c - d)
      .map(([c, score]) => ({
        category: categories[c]!.category,
        confidence: (trust * exp(sharpness * (score - top))) / sum,
        reasons: [...matches.get(c)!, { kind: "taxonomy", taxonomy: taxonomy.name }],
      }));
  };
}

/** Without the plural of English. */
function singular(word: string): string {
  if (word.length > 4 && word.endsWith("ies")) return `${word.slice(0, -3)}y`;
  if (word.length > 4 && /(ch|sh|ss|x)es$/.test(word)) return word.slice(0, -2);
  return word.length > 3 && word.endsWith("s") && !word.endsWith("ss") ? word.slice(0, -1) : word;
}

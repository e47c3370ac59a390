import { facts, nameWords } from "./features.ts";
import { levels, type RecommendProduct } from "./product.ts";
import { proximity } from "./similar.ts";

/** Why a product is recommended. */
export type Reason =
  /**
   * `baskets` held both it and the product `with`: the one asked about, one of the basket, or one bought by the same
   * customers. `lift`: how many times as many as if they had nothing to do with one another.
   */
  | { kind: "bought_together"; with: string; baskets: number; lift: number }
  /** Words or parts of words that its name shares with that of `with`, the most telling first. */
  | { kind: "words"; with: string; words: string[] }
  /** The deepest level of the path that both are in. */
  | { kind: "category"; with: string; category: string }
  | { kind: "attribute"; with: string; name: string; value: string }
  /** `ratio`: the lower price by the higher. */
  | { kind: "price"; with: string; ratio: number }
  /** Nothing fits better, and it was in so many baskets. */
  | { kind: "popular"; baskets: number };

/** Prices further apart than this ratio are no reason. */
const nearPrice = 0.8;
const mostWords = 5;

/** What two products share in what they say of themselves; `telling` weighs a word. */
export function shared(
  asked: RecommendProduct,
  other: RecommendProduct,
  telling: (word: string) => number,
): Reason[] {
  const reasons: Reason[] = [];
  const common = sharedWords(nameWords(asked), nameWords(other))
    .map((word) => ({ word, weight: telling(word) }))
    .sort((a, b) => b.weight - a.weight || (a.word < b.word ? -1 : 1))
    .slice(0, mostWords)
    .map(({ word }) => word);
  if (common.length > 0) reasons.push({ kind: "words", with: asked.id, words: common });
  const path = levels(asked);
  const theirs = levels(other);
  let depth = 0;
  while (depth < path.length && path[depth]?.toLowerCase() === theirs[depth]?.toLowerCase()) depth++;
  if (depth > 0)
    reasons.push({ kind: "category", with: asked.id, category: path.slice(0, depth).join(" > ") });
  const own = new Map(facts(asked));
  for (const [name, value] of facts(other))
    if (own.get(name)?.toLowerCase() === value.toLowerCase())
      reasons.push({ kind: "attribute", with: asked.id, name, value });
  if (asked.price !== undefined && proximity(asked.price, other.price) >= nearPrice)
    reasons.push({ kind: "price", with: asked.id, ratio: proximity(asked.price, other.price) });
  return reasons;
}

/** The words that both have, or else the longest part of at least 3 characters that a word of one shares with one of the other. */
function sharedWords(some: readonly string[], others: readonly string[]): string[] {
  const theirs = new Set(others);
  const whole = new Set(some.filter((word) => theirs.has(word)));
  if (whole.size > 0) return [...whole];
  let longest = "";
  for (const word of new Set(some))
    for (const other of theirs)
      for (let from = 0; from + 3 <= word.length; from++)
        for (let to = from + Math.max(3, longest.length + 1); to <= word.length; to++) {
          const part = word.slice(from, to);
          if (!other.includes(part)) break;
          longest = part;
        }
  return longest === "" ? [] : [longest];
}

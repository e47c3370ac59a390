import type { Product } from "../../domain/product.ts";
import { fold } from "../../domain/text.ts";

/** Shorter parts are in too many words. */
const shortest = 3;

/** Of these words, folded, those that stand in a product's name or SKU; or else the longest part of one, of 3 letters at least. */
export function wordsIn(words: readonly string[], { name, sku }: Pick<Product, "name" | "sku">): string[] {
  const text = fold(`${name} ${sku ?? ""}`);
  const whole = [...new Set(words)].filter((word) => text.includes(word));
  if (whole.length > 0) return whole;
  let longest = "";
  for (const word of words)
    for (let from = 0; from + shortest <= word.length; from++)
      for (let to = from + Math.max(shortest, longest.length + 1); to <= word.length; to++) {
        const part = word.slice(from, to);
        if (!text.includes(part)) break;
        longest = part;
      }
  return longest === "" ? [] : [longest];
}

import { EngineError } from "../errors.ts";
import { away } from "./descend.ts";
import { extract } from "./features.ts";
import type { Model } from "./fit.ts";
import { type CategoryItem, maxCategories } from "./item.ts";

/** The score that a category has for what was taught to be of it, and with a minus what the others have at most. */
const margin = 0.5;

/**
 * Teaches one item. The function of each category moves so far that the item is on the right side of its margin, exactly and
 * in one step, and not at all where it is there (passive-aggressive, Crammer et al. 2006). Rare features move more than
 * frequent ones, as in AROW (Crammer, Kulesza & Dredze 2009): they are what copies share and other items have not.
 */
export function teach(model: Model, item: CategoryItem, category: string): void {
  const { categories, examples, vocabulary, weights } = model;
  let of = categories.indexOf(category);
  if (of < 0) {
    if (categories.length >= maxCategories)
      throw new EngineError("category", `expected ${maxCategories} categories at most`);
    of = categories.push(category) - 1;
    examples.push(0);
  }
  examples[of]!++;
  const vector = vocabulary.vector(vocabulary.look(extract(item), true));
  const scores = new Float64Array(categories.length).fill(away);
  weights.score(vector, scores);
  const moves = new Float64Array(vector.length);
  let square = 0;
  for (let k = 0; k < vector.length; k++) {
    moves[k] = vector.values[k]! * pace(vocabulary.counts[vector.slots[k]!]!);
    square += moves[k]! * vector.values[k]!;
  }
  if (square === 0) return;
  for (let c = 0; c < categories.length; c++) {
    const sign = c === of ? 1 : -1;
    const short = margin - sign * scores[c]!;
    if (short <= 0) continue;
    const step = (sign * short) / square;
    for (let k = 0; k < vector.length; k++) weights.add(vector.slots[k]!, c, step * moves[k]!);
  }
}

/**
 * `count` to the power of -3/4: between -1/2, with which new categories are learned from the fewest examples, and -1, with
 * which corrections change other items least.
 */
const pace = (count: number): number => {
  const root = Math.sqrt(Math.max(1, count));
  return 1 / (root * Math.sqrt(root));
};

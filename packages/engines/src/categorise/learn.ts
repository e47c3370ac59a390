import { extract } from "./features.ts";
import type { Model } from "./fit.ts";
import type { CategoryItem } from "./item.ts";

/** The score that a category has for what was taught to be of it, and with a minus what the others have at most. */
const margin = 0.5;

/**
 * Teaches one item. Each category's function moves by the least that brings the item to the right side of its margin
 * (passive-aggressive, Crammer, Dekel, Keshet, Shalev-Shwartz & Singer 2006): exactly in one step, and not at all where it is there.
 */
export function teach(model: Model, item: CategoryItem, category: string): void {
  const { categories, examples, biases, vocabulary, weights } = model;
  let of = categories.indexOf(category);
  if (of < 0) {
    of = categories.push(category) - 1;
    examples.push(0);
    biases.push(-1);
  }
  examples[of]!++;
  const vector = vocabulary.vector(vocabulary.look(extract(item), true));
  const scores = Float64Array.from(biases);
  weights.score(vector, scores);
  for (let c = 0; c < categories.length; c++) {
    const sign = c === of ? 1 : -1;
    const short = margin - sign * scores[c]!;
    if (short <= 0 || vector.square === 0) continue;
    const step = (sign * short) / vector.square;
    for (let k = 0; k < vector.length; k++) weights.add(vector.slots[k]!, c, step * vector.values[k]!);
  }
}

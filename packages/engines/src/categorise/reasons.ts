import { blocks, type Features, type Field } from "./features.ts";
import type { Model } from "./fit.ts";
import type { Vector } from "./vocabulary.ts";

/** Why a category was suggested. */
export type CategoryReason =
  /** A word of the item spoke for it, by `weight` of a score that runs from -1 (another) to 1 (this one). */
  | { kind: "word"; field: "name" | "description"; word: string; weight: number }
  | { kind: "brand"; brand: string; weight: number }
  | { kind: "price"; price: number; weight: number }
  | { kind: "attribute"; attribute: string; weight: number }
  /** It has fewer than five examples. */
  | { kind: "few_examples"; examples: number }
  /** So much of the item's text, above half, was in no example. */
  | { kind: "unknown_text"; share: number }
  /** It is none of the shop's own, but of a general list. */
  | { kind: "taxonomy"; taxonomy: string };

const mostWords = 5;

/** For each of `chosen` the words that spoke for it most, and what speaks for caution. */
export function explain(
  model: Model,
  features: Features,
  vector: Vector,
  chosen: number[],
): CategoryReason[][] {
  const places = new Int32Array(model.categories.length).fill(-1);
  for (const [place, of] of chosen.entries()) places[of] = place;
  const width = features.words.length;
  const sums = new Float64Array(width * chosen.length);
  model.weights.trace(vector, places, width, sums);
  const fields = fieldsOf(features);
  const unknown = 1 - Math.min(1, vector.square);
  return chosen.map((of, place) => {
    const reasons = strongest(features.words, fields, sums.subarray(place * width, (place + 1) * width));
    const examples = model.examples[of]!;
    if (examples < 5) reasons.push({ kind: "few_examples", examples });
    if (unknown > 0.5) reasons.push({ kind: "unknown_text", share: unknown });
    return reasons;
  });
}

function strongest(words: string[], fields: Field[], sums: Float64Array): CategoryReason[] {
  const told: Told[] = [];
  for (let at = 0; at < sums.length; at++) {
    if (sums[at]! < 0.005) continue;
    const [field, word] = [fields[at]!, words[at]!];
    // A word that comes twice is one reason.
    const same = told.find((before) => before.word === word && before.field === field);
    if (same) same.weight += sums[at]!;
    else told.push({ field, word, weight: sums[at]! });
  }
  told.sort((a, b) => b.weight - a.weight);
  return told.slice(0, mostWords).map(toReason);
}

interface Told {
  field: Field;
  word: string;
  weight: number;
}

function toReason({ field, word, weight }: Told): CategoryReason {
  switch (field) {
    case "brand":
      return { kind: "brand", brand: word, weight };
    case "price":
      return { kind: "price", price: Number(word), weight };
    case "attributes":
      return { kind: "attribute", attribute: word, weight };
    default:
      return { kind: "word", field, word, weight };
  }
}

/** The field of each word. */
function fieldsOf({ origins, ends, words }: Features): Field[] {
  const fields = new Array<Field>(words.length).fill("name");
  for (let b = 0, i = 0; b < blocks.length; b++)
    for (; i < ends[b]!; i++) fields[origins[i]!] = blocks[b]!.field;
  return fields;
}

import { log } from "../numeric/elementary.ts";
import { grams } from "../text/grams.ts";
import { hash, mixed } from "../text/hash.ts";
import { words } from "../text/words.ts";
import type { CategoryItem } from "./item.ts";

/** The number of different features: 22 bits, in which 100,000 features share a number with another in 2 % of cases. */
export const featureSpace = 1 << 22;

/** Longer texts are cut: what a product is stands at the beginning, and work stays bounded. */
const maxName = 300;
const maxDescription = 1000;
const maxAttributes = 50;

export type Field = "name" | "description" | "brand" | "price" | "attributes";

/**
 * The blocks of features. Each is brought to the length `weight`, so that a long description does not drown a short name.
 * The weights are all alike, as no others were better on each of three catalogues; but a price tells little by itself.
 */
export const blocks: ReadonlyArray<{ field: Field; weight: number }> = [
  { field: "name", weight: 1 },
  { field: "name", weight: 1 },
  { field: "description", weight: 1 },
  { field: "description", weight: 1 },
  { field: "brand", weight: 1 },
  { field: "price", weight: 0.25 },
  { field: "attributes", weight: 0.5 },
];

/** The hashed features of one item, block after block. Valid until the next call. */
export interface Features {
  keys: Int32Array;
  /** For each key the index of the word in `words` it was made of. */
  origins: Int32Array;
  /** Block `b` has the keys from `ends[b - 1]` (or 0) up to, but not including, `ends[b]`. */
  ends: Int32Array;
  words: string[];
}

let keys = new Int32Array(8192);
let origins = new Int32Array(8192);
const ends = new Int32Array(blocks.length);
let length = 0;

/**
 * The features of an item, each a number below `featureSpace`: of name and description the words, pairs of neighbouring
 * words, words with digits masked and character n-grams (3 to 5 in names, 4 in descriptions) within word bounds (Joachims 1998; Cavnar & Trenkle 1994);
 * brand, attributes, and price in two overlapping rows of octaves (tile coding). Hashing: Weinberger et al. 2009.
 */
export function extract(item: CategoryItem): Features {
  length = 0;
  const found: string[] = [];
  text(item.name.slice(0, maxName), found, 0);
  text((item.description ?? "").slice(0, maxDescription), found, 2);
  const brand = words((item.brand ?? "").slice(0, maxName));
  if (brand.length > 0) {
    const at = found.push(brand.join(" ")) - 1;
    add(hash(found[at]!, 5), at);
    // Its words are those of the texts too: a brand is often known from names only.
    for (const word of brand) add(hash(word, 0), at);
  }
  ends[4] = length;
  if (item.price !== undefined && item.price > 0) {
    const octave = log(item.price) / Math.LN2;
    const at = found.push(String(item.price)) - 1;
    add(hash(String(Math.floor(octave)), 6), at);
    add(hash(String(Math.floor(octave + 0.5)), 7), at);
  }
  ends[5] = length;
  for (const [key, value] of Object.entries(item.attributes ?? {}).slice(0, maxAttributes)) {
    const fact = `${key.slice(0, maxName)}: ${String(value).slice(0, maxName)}`.toLowerCase();
    add(hash(fact, 8), found.push(fact) - 1);
  }
  ends[6] = length;
  return { keys, origins, ends, words: found };
}

function text(value: string, found: string[], block: number): void {
  const first = found.length;
  for (const word of words(value)) found.push(word);
  // A name of signs only (or none) is a word of its own, so that every item has a feature to learn by.
  if (block === 0 && found.length === 0) found.push(value.trim());
  let before = 0;
  for (let at = first; at < found.length; at++) {
    const word = found[at]!;
    const own = hash(word, 0);
    add(own, at);
    if (at > first) add(Math.imul(before, 31) ^ own, at);
    if (/\d/.test(word)) {
      // Codes of models differ in their digits: `kis86af30` and `kis77ad40` begin alike, and so do their makers' names.
      const masked = hash(word.replace(/\d/g, "0"), 0);
      add(masked ^ 0x3d4d51cb, at);
      if (at > first) add(Math.imul(before, 33) ^ hash(/^\D*/.exec(word)![0], 0), at);
    }
    before = own;
  }
  ends[block] = length;
  // In a long text the 4-grams say as much as those of all three lengths, at half of the work.
  const [shortest, longest] = block === 0 ? [3, 5] : [4, 4];
  for (let at = first; at < found.length; at++)
    grams(found[at]!, shortest, longest, (key) => put(key, at), block + 1);
  ends[block + 1] = length;
}

const add = (state: number, origin: number): void => put(mixed(state), origin);

function put(key: number, origin: number): void {
  if (length === keys.length) {
    keys = grown(keys);
    origins = grown(origins);
  }
  keys[length] = key & (featureSpace - 1);
  origins[length++] = origin;
}

function grown(old: Int32Array): Int32Array<ArrayBuffer> {
  const wider = new Int32Array(old.length * 2);
  wider.set(old);
  return wider;
}

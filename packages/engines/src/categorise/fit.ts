import { EngineError } from "../errors.ts";
import { hash } from "../text/hash.ts";
import { type Calibration, calibrate, usualCalibration } from "./calibrate.ts";
import { away, createLinear, descend, type Linear, type Rows } from "./descend.ts";
import { blocks, extract, type Features } from "./features.ts";
import { type CategoryExample, maxCategories } from "./item.ts";
import { createVocabulary, type Vocabulary } from "./vocabulary.ts";
import { createWeights, grain, type Weights } from "./weights.ts";

/** Weights of a fit are rounded to 1/128, which changes no figure, or coarser until they are told in `maxBytes`. */
const finest = 32;
export const coarsest = 32 * finest;
const maxBytes = 2_000_000;

/** All that a categorizer knows. */
export interface Model {
  categories: string[];
  /** The number of examples of each category. */
  examples: number[];
  /** Weights of a fit are whole multiples of this many grains. */
  coarse: number;
  calibration: Calibration;
  vocabulary: Vocabulary;
  weights: Weights;
}

export function emptyModel(): Model {
  return {
    categories: [],
    examples: [],
    coarse: finest,
    calibration: usualCalibration,
    vocabulary: createVocabulary(),
    weights: createWeights(),
  };
}

/** So many held-back examples show how sure to be: the error of a share of them is below two hundredths. */
const enoughHeld = 600;
/** Passes over those not held back; then over all of them. */
const passesBefore = 5;
const passesAfter = 5;
/** Examples times categories, at most: above, categories with the most examples learn from a part of theirs. */
const maxDuals = 1 << 23;
/** Features times categories while fitting, at most (64 MB): above, features of the fewest items are left out. */
const maxWeights = 1 << 24;

/** Learns from examples, whose order does not matter. Work and memory grow with examples times categories, up to `maxDuals`. */
export function fit(examples: ReadonlyArray<CategoryExample>, seed: number): Model {
  if (examples.length === 0) return emptyModel();
  const categories = [...new Set(examples.map((example) => example.category))].sort();
  if (categories.length > maxCategories)
    throw new EngineError("examples", `expected ${maxCategories} categories at most`);
  const numbers = new Map(categories.map((category, c) => [category, c]));
  const counts = new Array<number>(categories.length).fill(0);
  for (const { category } of examples) counts[numbers.get(category)!]!++;

  const sorted = partOf(inOneOrder(examples), counts, numbers);
  const labels = Int32Array.from(sorted, (example) => numbers.get(example.category)!);
  const everything = createVocabulary(1 << 14);
  const looked = sorted.map((example) => copy(everything.look(extract(example), true)));
  const vocabulary = frequentOf(everything, Math.floor(maxWeights / categories.length), looked);
  const rows = toRows(looked, vocabulary);

  const newLinear = () => createLinear(sorted.length, vocabulary.size, categories.length);
  let linear = newLinear();
  let passes = passesBefore + passesAfter;
  const seen: number[] = [];
  const scores: Float64Array[] = [];
  for (const { kept, held } of holdBack(sorted)) {
    linear = newLinear();
    descend(linear, rows, labels, kept, passesBefore, seed);
    passes = passesAfter;
    for (const row of held) {
      seen.push(labels[row]!);
      scores.push(scoreRow(linear, rows, row));
    }
  }
  const calibration = seen.length === 0 ? usualCalibration : calibrate(scores, seen);
  // The last one goes on, with those that were held back from it.
  const all = Int32Array.from(sorted, (_, row) => row);
  descend(linear, rows, labels, all, passes, seed + 1);
  return { categories, examples: counts, calibration, ...thinned(linear, vocabulary) };
}

/** By content, so that the order in which examples come changes nothing, and so that equal names are neighbours. */
function inOneOrder(examples: ReadonlyArray<CategoryExample>): CategoryExample[] {
  const keyed = examples.map((example) => {
    const { name, description, brand, price, category } = example;
    const attributes = Object.entries(example.attributes ?? {});
    const content = JSON.stringify([name, description, brand, price, attributes, category]);
    return { example, content, place: hash(name) };
  });
  keyed.sort((a, b) => a.place - b.place || (a.content < b.content ? -1 : a.content > b.content ? 1 : 0));
  return keyed.map(({ example }) => example);
}

/** As many examples as `maxDuals` allows, each category cut to the same number where it has more. */
function partOf(
  sorted: CategoryExample[],
  counts: number[],
  numbers: Map<string, number>,
): CategoryExample[] {
  const room = maxDuals / counts.length;
  let most = Math.max(...counts);
  while (most > 1 && counts.reduce((sum, count) => sum + Math.min(count, most), 0) > room)
    most = Math.ceil(most / 2);
  const taken = new Int32Array(counts.length);
  return sorted.filter(({ category }) => taken[numbers.get(category)!]!++ < most);
}

/** The vocabulary, without the features of the fewest items where it has over `most`; `looked` then has the new slots. */
function frequentOf(vocabulary: Vocabulary, most: number, looked: Features[]): Vocabulary {
  if (vocabulary.size <= most) return vocabulary;
  const order = Int32Array.from({ length: vocabulary.size }, (_, slot) => slot);
  order.sort((a, b) => vocabulary.counts[b]! - vocabulary.counts[a]! || a - b);
  const smaller = createVocabulary(1 << 14);
  smaller.items = vocabulary.items;
  const moved = new Int32Array(vocabulary.size).fill(-1);
  for (const slot of order.subarray(0, most)) {
    moved[slot] = smaller.size;
    smaller.put(vocabulary.keys[slot]!, vocabulary.counts[slot]!);
  }
  for (const { keys } of looked)
    for (let i = 0; i < keys.length; i++) keys[i] = keys[i]! < 0 ? -1 : moved[keys[i]!]!;
  return smaller;
}

/**
 * A fifth of the names; where that is few, a second fifth and so on, each in turn (cross-validation), until they are enough. The first fifth
 * comes last, as it is with the first fifth alone.
 * Also what is alone in its category, and so told wrong: new products, too, may be of a category that was not seen.
 */
function holdBack(sorted: CategoryExample[]): { kept: Int32Array; held: Int32Array }[] {
  const fold = sorted.map(({ name }) => hash(name, 1) % 5);
  const numbers = Int32Array.from(sorted, (_, row) => row);
  const folds = Math.min(5, Math.ceil((5 * enoughHeld) / sorted.length));
  return Array.from({ length: folds }, (_, at) => ({
    kept: numbers.filter((row) => fold[row] !== at),
    held: numbers.filter((row) => fold[row] === at),
  }))
    .filter(({ held }) => held.length > 0)
    .reverse();
}

function copy({ keys, ends }: Features): Features {
  const slots = keys.slice(0, ends[blocks.length - 1]);
  return { keys: slots, origins: slots, ends: ends.slice(), words: [] };
}

function toRows(looked: Features[], vocabulary: Vocabulary): Rows {
  const starts = new Int32Array(looked.length + 1);
  const slots: Int32Array[] = [];
  const values: Float32Array[] = [];
  for (const [row, features] of looked.entries()) {
    const vector = vocabulary.vector(features);
    slots.push(vector.slots.slice(0, vector.length));
    values.push(vector.values.slice(0, vector.length));
    starts[row + 1] = starts[row]! + vector.length;
  }
  const rows = {
    slots: new Int32Array(starts[looked.length]!),
    values: new Float32Array(starts[looked.length]!),
    starts,
  };
  for (let row = 0; row < looked.length; row++) {
    rows.slots.set(slots[row]!, starts[row]);
    rows.values.set(values[row]!, starts[row]);
  }
  return rows;
}

function scoreRow(linear: Linear, rows: Rows, row: number): Float64Array {
  const scores = new Float64Array(linear.classes).fill(away);
  for (let k = rows.starts[row]!; k < rows.starts[row + 1]!; k++)
    for (let c = 0; c < linear.classes; c++)
      scores[c]! += rows.values[k]! * linear.weights[rows.slots[k]! * linear.classes + c]!;
  return scores;
}

/** The weights on a coarse grid, and only the features that have any left. */
function thinned(linear: Linear, all: Vocabulary): Pick<Model, "coarse" | "vocabulary" | "weights"> {
  let coarse = finest;
  while (coarse < coarsest && bytesOf(linear, coarse * grain) > maxBytes) coarse *= 2;
  const step = coarse * grain;
  const vocabulary = createVocabulary(1 << 14);
  const weights = createWeights();
  vocabulary.items = all.items;
  for (let slot = 0; slot < all.size; slot++) {
    const to = vocabulary.size;
    let kept = false;
    for (let c = 0; c < linear.classes; c++) {
      const weight = Math.floor(linear.weights[slot * linear.classes + c]! / step + 0.5) * step;
      if (weight === 0) continue;
      if (!kept) vocabulary.put(all.keys[slot]!, all.counts[slot]!);
      kept = true;
      weights.add(to, c, weight);
    }
  }
  return { coarse, vocabulary, weights };
}

/** About the bytes of the JSON before base64: two for a weight, three for a feature. */
function bytesOf({ weights, classes }: Linear, step: number): number {
  let bytes = 0;
  for (let slot = 0; slot < weights.length; slot += classes) {
    const before = bytes;
    for (let c = 0; c < classes; c++) if (Math.abs(weights[slot + c]!) * 2 >= step) bytes += 2;
    if (bytes > before) bytes += 3;
  }
  return bytes;
}

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

/** Passes over four fifths of the examples, of which the rest shows how sure to be; then over all of them. */
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

  const linear = createLinear(sorted.length, vocabulary.size, categories.length);
  const { kept, held } = holdBack(sorted, labels, categories.length);
  let calibration = usualCalibration;
  if (held.length > 0) {
    descend(linear, rows, labels, kept, passesBefore, seed);
    const scores = new Float64Array(held.length * categories.length);
    for (const [i, row] of held.entries())
      scoreRow(linear, rows, row, scores.subarray(i * categories.length));
    calibration = calibrate(
      scores,
      held.map((row) => labels[row]!),
      categories.length,
    );
  }
  const all = Int32Array.from(sorted, (_, row) => row);
  descend(linear, rows, labels, all, held.length > 0 ? passesAfter : passesBefore + passesAfter, seed + 1);
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

/** Every fifth name, of categories with five examples or more. */
function holdBack(sorted: CategoryExample[], labels: Int32Array, classes: number) {
  const totals = new Int32Array(classes);
  for (const label of labels) totals[label]!++;
  const isHeld = (row: number) => totals[labels[row]!]! >= 5 && hash(sorted[row]!.name, 1) % 5 === 0;
  const numbers = Int32Array.from(sorted, (_, row) => row);
  return { kept: numbers.filter((row) => !isHeld(row)), held: numbers.filter(isHeld) };
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

function scoreRow(linear: Linear, rows: Rows, row: number, scores: Float64Array): void {
  for (let c = 0; c < linear.classes; c++) scores[c] = away;
  for (let k = rows.starts[row]!; k < rows.starts[row + 1]!; k++)
    for (let c = 0; c < linear.classes; c++)
      scores[c]! += rows.values[k]! * linear.weights[rows.slots[k]! * linear.classes + c]!;
}

/** The weights on a coarse grid, and only the features that have any left. */
function thinned(linear: Linear, all: Vocabulary): Pick<Model, "coarse" | "vocabulary" | "weights"> {
  let coarse = finest;
  while (coarse < 32 * finest && bytesOf(linear, coarse * grain) > maxBytes) coarse *= 2;
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

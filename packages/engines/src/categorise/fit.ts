import { hash } from "../text/hash.ts";
import { type Calibration, calibrate, usualCalibration } from "./calibrate.ts";
import { away, createLinear, descend, type Linear, type Rows } from "./descend.ts";
import { blocks, extract, type Features } from "./features.ts";
import type { CategoryExample } from "./item.ts";
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
/** Weights while fitting, at most (64 MB): above, features of few items are left out. */
const maxWeights = 1 << 24;

/** Learns from examples, whose order does not matter. Work and memory grow with examples times categories. */
export function fit(examples: ReadonlyArray<CategoryExample>, seed: number): Model {
  if (examples.length === 0) return emptyModel();
  const sorted = inOneOrder(examples);
  const categories = [...new Set(sorted.map((example) => example.category))].sort();
  const numbers = new Map(categories.map((category, c) => [category, c]));
  const labels = Int32Array.from(sorted, (example) => numbers.get(example.category)!);

  const vocabulary = createVocabulary(1 << 14);
  const looked = sorted.map((example) => copy(vocabulary.look(extract(example), true)));
  const rows = toRows(looked, vocabulary, categories.length);

  const linear = createLinear(sorted.length, vocabulary.size, categories.length);
  const { kept, held } = holdBack(sorted, labels, categories.length);
  let calibration = usualCalibration;
  if (held.length > 0) {
    descend(linear, rows, labels, kept, passesBefore, seed);
    const scores = new Float64Array(held.length * categories.length);
    held.forEach((row, i) => scoreRow(linear, rows, row, scores.subarray(i * categories.length)));
    calibration = calibrate(
      scores,
      held.map((row) => labels[row]!),
      categories.length,
    );
  }
  const all = Int32Array.from(sorted, (_, row) => row);
  descend(linear, rows, labels, all, held.length > 0 ? passesAfter : passesBefore + passesAfter, seed + 1);

  const counts = new Array<number>(categories.length).fill(0);
  for (const label of labels) counts[label]!++;
  return {
    categories,
    examples: counts,
    calibration,
    ...thinned(linear, vocabulary),
  };
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

function toRows(looked: Features[], vocabulary: Vocabulary, classes: number): Rows {
  let fewest = 1;
  for (let left = vocabulary.size; left * classes > maxWeights; fewest++) {
    left = 0;
    for (let slot = 0; slot < vocabulary.size; slot++) if (vocabulary.counts[slot]! > fewest) left++;
  }
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

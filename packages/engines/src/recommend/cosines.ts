import { log } from "../numeric/elementary.ts";
import { reaching } from "./reaching.ts";
import { createTop } from "./top.ts";

/** What a document says: distinct features (32-bit keys), each with its weight there (above 0), rarity not counted. */
export type Features = ReadonlyMap<number, number>;

/** An index of documents that answers which are alike: cosines of TF-IDF vectors, kept up to date document by document. */
export interface Cosines {
  /** Puts a document in its place; says whether it is another than before. */
  set(item: number, features: Features): boolean;
  remove(item: number): void;
  has(item: number): boolean;
  /** Calls back with the documents that share a feature with `item`, each with its cosine (above 0, at most 1). */
  each(item: number, found: (other: number, cosine: number) => void): void;
  /** The same for a document that is not in the index. */
  ask(features: Features, found: (other: number, cosine: number) => void): void;
  /** How rare a feature is: `log((1 + N) / df)` (Spärck Jones 1972). */
  rarity(key: number): number;
}

interface Dimension {
  key: number;
  items: number[];
  weights: number[];
  /** The logarithm of how many documents have it, as far as lengths know it. */
  frequency: number;
  /** The weight in the document that is asked about, while it is compared. */
  asked: number;
}

interface Document {
  dimensions: Dimension[];
  weights: number[];
}

/** So many postings are read per question, those of the rarest features first: it bounds the work in a large catalogue. */
const budget = 60_000;
/** Where that left some unread, so many of the best are compared in full, and the others are left out. */
const compared = 100;

/** Weights and logarithms are held in such steps, so that sums of their products are exact, in whatever order they come. */
const weightStep = 1 / 256;
const logStep = 1 / 1024;
const stepped = (value: number, step: number): number => Math.round(value / step) * step;

/** `compare` decides between equal ones. */
export function createCosines(compare: (a: number, b: number) => number): Cosines {
  const dimensions = new Map<number, Dimension>();
  const documents = new Map<number, Document>();
  const logs: number[] = [0];
  // The squared length of a document is Σ w²(L - l)² = L² Σ w² - 2 L Σ w² l + Σ w² l², with L the logarithm of all documents
  // and l that of those with the feature. So a change costs no more than to read who shares a feature that changed.
  let squares = new Float64Array(16);
  let onceLogs = new Float64Array(16);
  let twiceLogs = new Float64Array(16);
  let inverse = new Float64Array(16);
  let dots = new Float64Array(16);
  let all = 0;
  let stale = false;
  const changed = new Set<Dimension>();

  const logOf = (count: number): number => {
    while (logs.length <= count) logs.push(stepped(log(logs.length), logStep));
    return logs[count]!;
  };
  // One step more, so that also what all have weighs something.
  const logOfAll = () => logStep + logOf(1 + documents.size);

  /** Rarities and lengths depend on all documents; they are brought up to date when next asked for. */
  function refresh(): void {
    stale = false;
    all = logOfAll();
    for (const dimension of changed) {
      const { items, weights, frequency: before } = dimension;
      const now = logOf(items.length);
      dimension.frequency = now;
      for (let i = 0; i < items.length; i++) {
        const square = weights[i]! * weights[i]!;
        onceLogs[items[i]!]! += square * (now - before);
        twiceLogs[items[i]!]! += square * (now * now - before * before);
      }
    }
    changed.clear();
    for (const item of documents.keys())
      inverse[item] =
        1 / Math.sqrt(all * all * squares[item]! - 2 * all * onceLogs[item]! + twiceLogs[item]!);
  }

  /** What a document has in common with the one that is asked about. */
  function dot({ dimensions, weights }: Document): number {
    let sum = 0;
    for (let at = 0; at < weights.length; at++) {
      const { frequency, asked } = dimensions[at]!;
      sum += weights[at]! * asked * (all - frequency) * (all - frequency);
    }
    return sum;
  }

  function same({ dimensions, weights }: Document, features: Features): boolean {
    if (features.size !== weights.length) return false;
    let at = 0;
    for (const [key, weight] of features) {
      if (dimensions[at]!.key !== key || weights[at] !== stepped(weight, weightStep)) return false;
      at++;
    }
    return true;
  }

  function remove(item: number): void {
    const document = documents.get(item);
    if (!document) return;
    documents.delete(item);
    stale = true;
    for (const dimension of document.dimensions) {
      const { key, items, weights } = dimension;
      const at = items.indexOf(item);
      items[at] = items[items.length - 1]!;
      weights[at] = weights[items.length - 1]!;
      items.pop();
      weights.pop();
      changed.add(dimension);
      if (items.length === 0) {
        dimensions.delete(key);
        changed.delete(dimension);
      }
    }
  }

  /** Those that share a feature, and whether all postings could be read: `dots` has what they have in common. */
  function read({ dimensions, weights }: Document, touched: number[]): boolean {
    const order = weights.map((_, at) => at);
    order.sort((a, b) => dimensions[a]!.items.length - dimensions[b]!.items.length);
    let count = 0;
    for (const at of order) {
      const { items, weights: theirs, frequency } = dimensions[at]!;
      count += items.length;
      if (count > budget && touched.length > 1) return false;
      const factor = weights[at]! * (all - frequency) * (all - frequency);
      for (let i = 0; i < items.length; i++) {
        const other = items[i]!;
        if (dots[other] === 0) touched.push(other);
        dots[other]! += factor * theirs[i]!;
      }
    }
    return true;
  }

  /** Calls back with those that share a feature with the document; `length` is one by its length, `item` its own place. */
  function compareAll(
    document: Document,
    length: number,
    item: number,
    found: (other: number, cosine: number) => void,
  ): void {
    const touched: number[] = [];
    // The last digits depend on the order of summing: they are cut off, so that the like are equally like.
    const cosine = (other: number, dot: number) =>
      Math.min(1, Math.round(dot * inverse[other]! * length * 1e12) / 1e12);
    if (read(document, touched)) {
      for (const other of touched) {
        if (other !== item) found(other, cosine(other, dots[other]!));
        dots[other] = 0;
      }
      return;
    }
    const best = createTop(compared, compare);
    for (const other of touched) {
      if (other !== item) best.offer(other, dots[other]! * inverse[other]!);
      dots[other] = 0;
    }
    document.dimensions.forEach((dimension, at) => {
      dimension.asked = document.weights[at]!;
    });
    for (const { item: other } of best.take()) found(other, cosine(other, dot(documents.get(other)!)));
    for (const dimension of document.dimensions) dimension.asked = 0;
  }

  return {
    set(item, features) {
      const before = documents.get(item);
      if (before && same(before, features)) return false;
      remove(item);
      const document: Document = { dimensions: [], weights: [] };
      squares = reaching(squares, item);
      onceLogs = reaching(onceLogs, item);
      twiceLogs = reaching(twiceLogs, item);
      squares[item] = onceLogs[item] = twiceLogs[item] = 0;
      for (const [key, exact] of features) {
        const weight = stepped(exact, weightStep);
        let dimension = dimensions.get(key);
        if (!dimension) {
          dimension = { key, items: [], weights: [], frequency: 0, asked: 0 };
          dimensions.set(key, dimension);
        }
        dimension.items.push(item);
        dimension.weights.push(weight);
        document.dimensions.push(dimension);
        document.weights.push(weight);
        changed.add(dimension);
        const square = weight * weight;
        squares[item]! += square;
        onceLogs[item]! += square * dimension.frequency;
        twiceLogs[item]! += square * dimension.frequency * dimension.frequency;
      }
      documents.set(item, document);
      stale = true;
      inverse = reaching(inverse, item);
      dots = reaching(dots, item);
      return true;
    },
    remove,
    has: (item) => documents.has(item),

    each(item, found) {
      const document = documents.get(item);
      if (!document || document.weights.length === 0) return;
      if (stale) refresh();
      compareAll(document, inverse[item]!, item, found);
    },

    ask(features, found) {
      if (stale) refresh();
      const document: Document = { dimensions: [], weights: [] };
      let square = 0;
      for (const [key, exact] of features) {
        const weight = stepped(exact, weightStep);
        const dimension = dimensions.get(key);
        // What no document has makes it longer, and so less like any.
        const rare = weight * (all - (dimension?.frequency ?? 0));
        square += rare * rare;
        if (dimension === undefined) continue;
        document.dimensions.push(dimension);
        document.weights.push(weight);
      }
      if (document.weights.length > 0) compareAll(document, 1 / Math.sqrt(square), -1, found);
    },

    rarity: (key) => logOfAll() - logOf(dimensions.get(key)?.items.length ?? 1),
  };
}

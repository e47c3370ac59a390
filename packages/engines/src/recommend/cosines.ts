import { log } from "../numeric/elementary.ts";
import { reaching } from "./reaching.ts";
import { createTop } from "./top.ts";

/** What a document says: distinct features (32-bit keys), each with its weight there (above 0), rarity not counted. */
export type Features = ReadonlyMap<number, number>;

/** An index of documents that answers which are alike: cosines of TF-IDF vectors, kept up to date document by document. */
export interface Cosines {
  set(item: number, features: Features): void;
  remove(item: number): void;
  has(item: number): boolean;
  /** Calls back with the documents that share a feature with `item`, each with its cosine (above 0, at most 1). */
  each(item: number, found: (other: number, cosine: number) => void): void;
  /** How rare a feature is: `log((1 + N) / df)` (Spärck Jones 1972). */
  rarity(key: number): number;
}

interface Dimension {
  key: number;
  items: number[];
  weights: number[];
  idf: number;
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

/** `compare` decides between equal ones. */
export function createCosines(compare: (a: number, b: number) => number): Cosines {
  const dimensions = new Map<number, Dimension>();
  const documents = new Map<number, Document>();
  const logs: number[] = [0];
  let inverse = new Float64Array(16);
  let dots = new Float64Array(16);
  let stale = false;

  const logOf = (count: number): number => {
    while (logs.length <= count) logs.push(log(logs.length));
    return logs[count]!;
  };

  /** Rarities and lengths depend on all documents; they are brought up to date when next asked for. */
  function refresh(): void {
    stale = false;
    const all = logOf(1 + documents.size);
    for (const dimension of dimensions.values()) dimension.idf = all - logOf(dimension.items.length);
    for (const [item, document] of documents) inverse[item] = 1 / Math.sqrt(dot(document, document.weights));
  }

  function dot({ dimensions, weights }: Document, others: readonly number[] | undefined): number {
    let sum = 0;
    for (let at = 0; at < weights.length; at++) {
      const { idf, asked } = dimensions[at]!;
      sum += weights[at]! * (others ? others[at]! : asked) * idf * idf;
    }
    return sum;
  }

  function remove(item: number): void {
    const document = documents.get(item);
    if (!document) return;
    documents.delete(item);
    stale = true;
    for (const { key, items, weights } of document.dimensions) {
      const at = items.indexOf(item);
      items[at] = items[items.length - 1]!;
      weights[at] = weights[items.length - 1]!;
      items.pop();
      weights.pop();
      if (items.length === 0) dimensions.delete(key);
    }
  }

  /** Those that share a feature, and whether all postings could be read: `dots` has what they have in common. */
  function read({ dimensions, weights }: Document, touched: number[]): boolean {
    const order = weights.map((_, at) => at);
    order.sort((a, b) => dimensions[a]!.items.length - dimensions[b]!.items.length);
    let count = 0;
    for (const at of order) {
      const { items, weights: theirs, idf } = dimensions[at]!;
      count += items.length;
      if (count > budget && touched.length > 1) return false;
      const factor = weights[at]! * idf * idf;
      for (let i = 0; i < items.length; i++) {
        const other = items[i]!;
        if (dots[other] === 0) touched.push(other);
        dots[other]! += factor * theirs[i]!;
      }
    }
    return true;
  }

  return {
    set(item, features) {
      remove(item);
      const document: Document = { dimensions: [], weights: [] };
      for (const [key, weight] of features) {
        let dimension = dimensions.get(key);
        if (!dimension) {
          dimension = { key, items: [], weights: [], idf: 0, asked: 0 };
          dimensions.set(key, dimension);
        }
        dimension.items.push(item);
        dimension.weights.push(weight);
        document.dimensions.push(dimension);
        document.weights.push(weight);
      }
      documents.set(item, document);
      stale = true;
      inverse = reaching(inverse, item);
      dots = reaching(dots, item);
    },
    remove,
    has: (item) => documents.has(item),

    each(item, found) {
      const document = documents.get(item);
      if (!document || document.weights.length === 0) return;
      if (stale) refresh();
      const touched: number[] = [];
      const length = inverse[item]!;
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
      for (const { item: other } of best.take())
        found(other, cosine(other, dot(documents.get(other)!, undefined)));
      for (const dimension of document.dimensions) dimension.asked = 0;
    },

    rarity: (key) => logOf(1 + documents.size) - logOf(dimensions.get(key)?.items.length ?? 1),
  };
}

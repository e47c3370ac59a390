import { mixed } from "../text/hash.ts";
import { reaching } from "./reaching.ts";

/** What was bought together: every distinct basket once, with how often it was bought, and which of them hold an item. */
export interface Baskets {
  /** How many baskets there were. */
  total(): number;
  /** In how many baskets an item was. */
  sold(item: number): number;
  /** The same, each basket counted by its weight. */
  mass(item: number): number;
  /** Adds a basket of distinct items, `times` times; with a negative number takes back what was added. */
  add(items: readonly number[], times: number): void;
  /** The baskets kept that hold an item, as positions in `kept`. */
  holding(item: number): readonly number[];
  kept(): Kept;
  /** All items in baskets have numbers below this. */
  items(): number;
  /** Only baskets of at least this rank are kept: 0 until there are too many, so that each stands for `2^level`. */
  level(): number;
  toJSON(): BasketsState;
}

/** The baskets kept, in columns: number `i` has the `lines` from `starts[i]` up to, but not including, `starts[i + 1]`. */
export interface Kept {
  count: number;
  starts: Int32Array<ArrayBuffer>;
  lines: Int32Array<ArrayBuffer>;
  /** How often it was bought. */
  times: Float64Array<ArrayBuffer>;
  /** How much it tells each time, from above 0 to 1. */
  weights: Float64Array<ArrayBuffer>;
  /** A hash of its lines (53 bits). */
  keys: Float64Array<ArrayBuffer>;
  /** How many zero bits that ends in, mixed once more: each step up halves how many baskets there are. */
  ranks: Int32Array<ArrayBuffer>;
}

export interface BasketsState {
  total: number;
  sold: number[];
  mass: number[];
  level: number;
  /** Each basket's hash, times and weight, then its items. */
  baskets: number[][];
}

/** A longer basket tells less of each of its pairs: the root of so many lines by its own. */
const usual = 20;
/** Of a longer basket so many lines are kept, chosen by hash: a bulk order must not outweigh, or outlast, all the rest. */
export const longest = 200;
/** So many lines of distinct baskets are kept: some 160,000 baskets of 3, or 25,000 of 20. */
export const maxLines = 500_000;
/** Each basket kept stands for a million at most. */
export const mostLevel = 20;

/** `hashOf` gives the same number for the same product, whatever came before it. */
export function createBaskets(
  hashOf: (item: number) => number,
  limit: number,
  state?: BasketsState,
): Baskets {
  const sold: number[] = [];
  const mass: number[] = [];
  let total = 0;
  // Only baskets whose hash ends in `level` zero bits are kept, which is the lowest level at which they fit: so what is
  // kept depends on what was bought, and not on the order (adaptive sampling: Flajolet 1990).
  let level = 0;
  let kept = empty();
  let places = new Map<number, number>();
  let holding: number[][] = [];
  const none: readonly number[] = [];

  function keep(items: ArrayLike<number>, key: number, times: number, weight: number): void {
    const place = kept.count++;
    const start = kept.starts[place]!;
    const end = start + items.length;
    kept.starts = reaching(kept.starts, place + 1);
    kept.lines = reaching(kept.lines, end);
    kept.times = reaching(kept.times, place);
    kept.weights = reaching(kept.weights, place);
    kept.keys = reaching(kept.keys, place);
    kept.ranks = reaching(kept.ranks, place);
    kept.starts[place + 1] = end;
    kept.lines.set(items, start);
    kept.times[place] = times;
    kept.weights[place] = weight;
    kept.keys[place] = key;
    kept.ranks[place] = rank(key);
    places.set(key, place);
    for (let at = 0; at < items.length; at++) {
      const list = holding[items[at]!];
      if (list) list.push(place);
      else holding[items[at]!] = [place];
    }
  }

  function thin(): void {
    while (kept.starts[kept.count]! > limit && level < mostLevel) {
      level++;
      const before = kept;
      kept = empty();
      places = new Map();
      holding = [];
      for (let place = 0; place < before.count; place++)
        if (before.ranks[place]! >= level)
          keep(linesOf(before, place), before.keys[place]!, before.times[place]!, before.weights[place]!);
    }
  }

  function count(items: readonly number[], times: number, weight: number): void {
    total += times;
    for (const item of items) {
      sold[item] = (sold[item] ?? 0) + times;
      mass[item] = (mass[item] ?? 0) + times * weight;
    }
  }

  /** A choice of lines that is the same in every order, and another one for every basket. */
  function some(items: readonly number[], key: number): readonly number[] {
    const order = (item: number) => mixed(hashOf(item) ^ (key | 0));
    return [...items].sort((a, b) => order(a) - order(b)).slice(0, longest);
  }

  /** Two numbers in one (53 bits): sums of hashes, which do not depend on the order of the lines. */
  function keyOf(items: readonly number[]): number {
    let low = 0;
    let high = 0;
    for (const item of items) {
      const own = hashOf(item);
      low = (low + mixed(own)) | 0;
      high = (high + mixed(own ^ 0x5bd1e995)) | 0;
    }
    return (mixed(high) & 0x1fffff) * 4_294_967_296 + mixed(low);
  }

  if (state) {
    ({ total, level } = state);
    for (const count of state.sold) sold.push(count);
    for (const weight of state.mass) mass.push(weight);
    for (const [key = 0, times = 0, weight = 0, ...items] of state.baskets) keep(items, key, times, weight);
  }

  return {
    total: () => total,
    sold: (item) => sold[item] ?? 0,
    mass: (item) => mass[item] ?? 0,
    add(items, times) {
      if (items.length === 0) return;
      const weight = weightOf(items.length);
      count(items, times, weight);
      if (items.length < 2) return;
      const key = keyOf(items);
      if (rank(key) < level) return;
      const place = places.get(key);
      if (place !== undefined) kept.times[place]! += times;
      else keep(items.length > longest ? some(items, key) : items, key, times, weight);
      thin();
    },
    holding: (item) => holding[item] ?? none,
    kept: () => kept,
    items: () => sold.length,
    level: () => level,
    toJSON: () => ({
      total,
      sold: Array.from(sold, (count) => count ?? 0),
      mass: Array.from(mass, (count) => count ?? 0),
      level,
      baskets: Array.from({ length: kept.count }, (_, place) => [
        kept.keys[place]!,
        kept.times[place]!,
        kept.weights[place]!,
        ...linesOf(kept, place),
      ]),
    }),
  };
}

const empty = (): Kept => ({
  count: 0,
  starts: new Int32Array(16),
  lines: new Int32Array(64),
  times: new Float64Array(16),
  weights: new Float64Array(16),
  keys: new Float64Array(16),
  ranks: new Int32Array(16),
});

export const linesOf = ({ starts, lines }: Kept, place: number): Int32Array =>
  lines.subarray(starts[place], starts[place + 1]);

/** In steps of 1/256, so that sums of weights are exact, and therefore the same in every order. */
function weightOf(length: number): number {
  return length <= usual ? 1 : Math.max(1, Math.round(256 * Math.sqrt(usual / length))) / 256;
}

/** In how many zero bits a hash ends, mixed once more. */
function rank(key: number): number {
  const bits = mixed(key | 0);
  return bits === 0 ? 32 : 31 - Math.clz32(bits & -bits);
}

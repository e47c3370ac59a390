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
  kept(): readonly Basket[];
  /** How many distinct baskets a kept one stands for: 1 until there are too many. */
  scale(): number;
  toJSON(): BasketsState;
}

export interface Basket {
  items: readonly number[];
  /** How often it was bought. */
  times: number;
  /** How much it tells, from above 0 to 1. */
  weight: number;
  /** A hash of its lines. */
  key: number;
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
const usual = 10;
/** Of a longer basket so many lines are kept, chosen by hash: a bulk order must not outweigh, or outlast, all the rest. */
const longest = 200;
/** So many lines of distinct baskets are kept: some 160,000 baskets of 3, or 25,000 of 20. */
export const maxLines = 500_000;

/** `hashOf` gives the same number for the same product, whatever came before it. */
export function createBaskets(
  hashOf: (item: number) => number,
  limit: number,
  state?: BasketsState,
): Baskets {
  const sold: number[] = [];
  const mass: number[] = [];
  let total = 0;
  let lines = 0;
  // Only baskets whose hash ends in `level` zero bits are kept, which is the lowest level at which they fit: so what is
  // kept depends on what was bought, and not on the order (adaptive sampling: Flajolet 1990).
  let level = 0;
  let kept: Basket[] = [];
  let places = new Map<number, number>();
  let holding: number[][] = [];
  const none: readonly number[] = [];

  function keep(basket: Basket): void {
    const place = kept.push(basket) - 1;
    places.set(basket.key, place);
    lines += basket.items.length;
    for (const item of basket.items) {
      const list = holding[item];
      if (list) list.push(place);
      else holding[item] = [place];
    }
  }

  function thin(): void {
    while (lines > limit) {
      level++;
      const before = kept;
      kept = [];
      places = new Map();
      holding = [];
      lines = 0;
      for (const basket of before) if (ends(basket.key, level)) keep(basket);
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
    const rank = (item: number) => mixed(hashOf(item) ^ (key | 0));
    return [...items].sort((a, b) => rank(a) - rank(b)).slice(0, longest);
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
    sold.push(...state.sold);
    mass.push(...state.mass);
    for (const [key = 0, times = 0, weight = 0, ...items] of state.baskets)
      keep({ key, times, weight, items });
  }

  return {
    total: () => total,
    sold: (item) => sold[item] ?? 0,
    mass: (item) => mass[item] ?? 0,
    add(items, times) {
      const weight = weightOf(items.length);
      count(items, times, weight);
      if (items.length < 2) return;
      const key = keyOf(items);
      if (!ends(key, level)) return;
      const place = places.get(key);
      if (place !== undefined) kept[place]!.times += times;
      else keep({ key, times, weight, items: items.length > longest ? some(items, key) : items });
      thin();
    },
    holding: (item) => holding[item] ?? none,
    kept: () => kept,
    scale: () => 1 << level,
    toJSON: () => ({
      total,
      sold: Array.from(sold, (count) => count ?? 0),
      mass: Array.from(mass, (count) => count ?? 0),
      level,
      baskets: kept.map(({ key, times, weight, items }) => [key, times, weight, ...items]),
    }),
  };
}

/** In steps of 1/256, so that sums of weights are exact, and therefore the same in every order. */
function weightOf(length: number): number {
  return length <= usual ? 1 : Math.max(1, Math.round(256 * Math.sqrt(usual / length))) / 256;
}

function mixed(state: number): number {
  let mix = Math.imul(state ^ (state >>> 16), 0x85ebca6b);
  mix = Math.imul(mix ^ (mix >>> 13), 0xc2b2ae35);
  return (mix ^ (mix >>> 16)) >>> 0;
}

/** Whether the last `level` bits of a hash are 0. */
const ends = (key: number, level: number): boolean => (mixed(key | 0) & ((1 << level) - 1)) === 0;

import { log } from "../numeric/elementary.ts";
import { type Backtest, errorProducts } from "./backtest.ts";
import { noiseOf, shapeLoss, type Trial } from "./spread.ts";
import type { Drift, ShopProfile } from "./types.ts";

/** The trials of one product's mixture. */
export interface Tried {
  readonly trials: readonly Trial[];
  readonly counts: boolean;
  readonly mean: number;
}

/** The mean over products of their candidates' error products; each product weighs the same. */
export function pooledErrors<T>(all: readonly T[], testOf: (one: T) => Backtest): ShopProfile["errors"] {
  let names: readonly string[] = [];
  let products: number[] = [];
  let count = 0;
  for (const one of all) {
    const test = testOf(one);
    const own = errorProducts(test);
    if (!(own.size > 0)) continue;
    names = test.names;
    products = Array.from(own.products, (p, i) => p + (products[i] ?? 0));
    count++;
  }
  return count > 0 ? { names, products: products.map((p) => p / count) } : null;
}

/** The middle product's noise, and how products of the same mean differ in it. */
export function pooledNoise(all: readonly Tried[], shape: Drift): ShopProfile["noise"] {
  const found = all
    .map(({ trials, counts, mean }) => ({ ...noiseOf(trials, counts, shape), mean }))
    .filter(({ size }) => size > 0);
  if (found.length === 0) return null;
  const middle = Float64Array.from(found, ({ noise }) => noise).sort()[found.length >> 1]!;
  let squares = 0;
  for (const { noise, chance, mean } of found) {
    const unit = chance > 0 ? 1 / mean : 0;
    const off = log(Math.max(1e-8, noise + chance * unit)) - log(Math.max(1e-8, middle + unit));
    squares += off * off;
  }
  return { middle, variance: squares / found.length };
}

const starts = [0, 0.02, 0.05, 0.1, 0.2, 0.4, 0.8, 1.6];
const steps = [0, 0.001, 0.005, 0.01, 0.02, 0.05, 0.1, 0.2, 0.4, 0.8];
const commons = [0, 0.005, 0.01, 0.02, 0.05, 0.1, 0.2];

/** The drift under which the errors of periods and of totals are likeliest, coordinate by coordinate. */
export function pooledDrift(all: readonly Tried[]): Drift {
  const loss = (shape: Drift): number =>
    all.reduce((sum, { trials, counts }) => sum + shapeLoss(trials, counts, shape), 0);
  let best: Drift = { start: 0.1, step: 0.005, common: 0.02 };
  let least = loss(best);
  const attempt = (shape: Drift): void => {
    const l = loss(shape);
    if (l < least) {
      least = l;
      best = shape;
    }
  };
  for (let round = 0; round < 2; round++) {
    for (const start of starts) attempt({ ...best, start });
    for (const step of steps) attempt({ ...best, step });
    for (const common of commons) attempt({ ...best, common });
  }
  return best;
}

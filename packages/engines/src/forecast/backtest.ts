import { type Levels, levels as levelBank } from "./levels.ts";
import type { Series } from "./series.ts";
import type { Trial } from "./spread.ts";

/** The forecasts of all candidates from origins in the past. */
export interface Backtest {
  readonly names: readonly string[];
  readonly origins: readonly number[];
  /** Periods forecast from each origin; fewer where the history ends. */
  readonly horizon: number;
  /** `forecasts[o][k]`: candidate `k` from origin `o`. */
  readonly forecasts: readonly (readonly Float64Array[])[];
  readonly actual: readonly Float64Array[];
  /** The level bank after the last value. */
  readonly bank: Levels;
}

/** A method that forecasts a path from the first `origin` values, of demand per unit of exposure. */
export interface PathMethod {
  readonly name: string;
  path(origin: number, horizon: number): Float64Array;
}

/** Origins at most: enough to tell candidates apart, and a bound on the work. */
const most = 24;
/** Values before the first origin at least. */
const least = 6;

export function origins(n: number, horizon: number): { at: number[]; horizon: number } {
  const reach = Math.max(1, Math.min(horizon, Math.floor(n / 3)));
  const apart = Math.max(1, Math.round(reach / 3));
  const at: number[] = [];
  for (let o = n - apart; at.length < most && o >= Math.max(least, n / 3); o -= apart) at.push(o);
  return { at: at.reverse(), horizon: reach };
}

export function backtest(
  series: Series,
  exposure: Float64Array,
  horizon: number,
  methods: readonly PathMethod[] = [],
): Backtest {
  const { y, n, frequency } = series;
  const bank = levelBank(frequency);
  const k = bank.names.length;
  const { at, horizon: reach } = origins(n, horizon);
  const forecasts: Float64Array[][] = [];
  const actual: Float64Array[] = [];
  const now = new Float64Array(k);
  let next = 0;
  for (let i = 0; i < n; i++) {
    if (at[next] === i) {
      next++;
      const steps = Math.min(reach, n - i);
      bank.read(now);
      const paths = Array.from(now, (level): Float64Array => {
        const path = new Float64Array(steps);
        for (let h = 0; h < steps; h++) path[h] = level * exposure[i + h]!;
        return path;
      });
      for (const method of methods) {
        const path = method.path(i, steps);
        for (let h = 0; h < steps; h++) path[h]! *= exposure[i + h]!;
        paths.push(path);
      }
      forecasts.push(paths);
      actual.push(y.subarray(i, i + steps));
    }
    bank.add(y[i]!, exposure[i]!);
  }
  return {
    names: [...bank.names, ...methods.map((m) => m.name)],
    origins: at,
    horizon: reach,
    forecasts,
    actual,
    bank,
  };
}

/**
 * Mean products of the candidates' errors, scaled so that their mean square is 1: of single periods, and of the totals per
 * root of their length, which show the level's error better. With it the number of independent horizons behind them.
 */
export function errorProducts(test: Backtest): { products: Float64Array; size: number } {
  const k = test.names.length;
  const products = new Float64Array(k * k);
  const errors = new Float64Array(k);
  const totals = new Float64Array(k);
  let steps = 0;
  test.forecasts.forEach((paths, o) => {
    const y = test.actual[o]!;
    totals.fill(0);
    let known = 0;
    for (let h = 0; h < y.length; h++) {
      if (Number.isNaN(y[h]!)) continue;
      known++;
      for (let a = 0; a < k; a++) {
        errors[a] = paths[a]![h]! - y[h]!;
        totals[a]! += errors[a]!;
      }
      for (let a = 0; a < k; a++)
        for (let b = 0; b <= a; b++) products[a * k + b]! += errors[a]! * errors[b]!;
    }
    if (known === 0) return;
    steps += known;
    for (let a = 0; a < k; a++)
      for (let b = 0; b <= a; b++) products[a * k + b]! += (totals[a]! * totals[b]!) / known;
  });
  let diagonal = 0;
  for (let a = 0; a < k; a++) diagonal += products[a * k + a]! / k;
  for (let a = 0; a < k; a++)
    for (let b = 0; b <= a; b++)
      products[b * k + a] = products[a * k + b] = diagonal > 0 ? products[a * k + b]! / diagonal : 0;
  // Origins a third of a horizon apart overlap three times.
  return { products, size: diagonal > 0 ? steps / (3 * Math.max(test.horizon, 1)) : 0 };
}

/** The mixture's forecasts in the backtest. */
export function mixed(test: Backtest, weights: Float64Array): Trial[] {
  return test.forecasts.map((paths, o) => {
    const actual = test.actual[o]!;
    const forecast = new Float64Array(actual.length);
    paths.forEach((path, k) => {
      for (let h = 0; h < forecast.length; h++) forecast[h]! += weights[k]! * path[h]!;
    });
    return { forecast, actual };
  });
}

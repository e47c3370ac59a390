import { log } from "../numeric/elementary.ts";
import { random } from "../numeric/random.ts";
import { errorProducts } from "./backtest.ts";
import { yearLength } from "./calendar.ts";
import { calibrate, type Outcome, outcome, uncalibrated } from "./calibration.ts";
import { distribution } from "./distribution.ts";
import { vaguePrior } from "./effects.ts";
import { localLevel } from "./local.ts";
import { demandOf, fit, type Model } from "./model.ts";
import { type Season, season } from "./season.ts";
import { before, prepare, type Series } from "./series.ts";
import { noiseOf, shapeLoss, stepVariance, totalVariances } from "./spread.ts";
import type { Drift, Frequency, SeriesInput, ShopProfile } from "./types.ts";

/** Products looked at, at most; evenly chosen. More teach little. */
const most = 1000;

/** Horizons at the end of each product's history that calibrate the intervals. */
const cuts = 3;

/** Products from which the drift is learned, at most: three numbers need no more. */
const sample = 200;

/** At most `count` of them, evenly chosen. */
function some<T>(all: readonly T[], count: number): T[] {
  const each = Math.max(1, all.length / count);
  const out: T[] = [];
  for (let at = 0; at < all.length; at += each) out.push(all[Math.floor(at)]!);
  return out;
}

export function learnShop(
  inputs: readonly SeriesInput[],
  options: { readonly horizon: number; readonly frequency?: Frequency },
): ShopProfile {
  const { horizon } = options;
  const frequency = options.frequency ?? inputs[0]?.frequency ?? "daily";
  const series: Series[] = [];
  for (const input of some(inputs, most)) {
    if (input.frequency !== frequency) continue;
    const s = prepare(input, 0);
    if (s.known >= 12 && s.mean > 0) series.push(s);
  }
  const empty: ShopProfile = {
    version: 1,
    frequency,
    products: series.length,
    weekday: null,
    year: null,
    effects: {},
    errors: null,
    noise: null,
    drift: null,
    calibration: uncalibrated,
    totals: uncalibrated,
  };
  if (series.length < 2) return empty;
  // Seasons and effects, each product by itself.
  const alone = series.map((s) => fit(s, 0, undefined));
  const first: ShopProfile = {
    ...empty,
    weekday: pooledSeason(alone.map((m) => (m.series.calendar.dated ? m.exposure.week : null))),
    year: pooledSeason(series.map(yearOf)),
    effects: pooledEffects(alone),
  };
  // With these, the candidates' errors.
  const second: ShopProfile = { ...first, errors: pooledErrors(series.map((s) => fit(s, horizon, first))) };
  // With their mixture, how noise and level vary.
  const third = series.map((s) => fit(s, horizon, second));
  const shape = pooledDrift(some(third, sample));
  const noise = pooledNoise(third, shape);
  const fourth: ShopProfile = { ...second, drift: shape, noise };
  // And with that, how the intervals err.
  const steps: Outcome[] = [];
  const totals: Outcome[] = [];
  const chance = random(1);
  for (const s of series) outcomes(s, horizon, fourth, steps, totals, chance);
  return { ...fourth, calibration: calibrate(steps), totals: calibrate(totals) };
}

/**
 * What came in the last horizons, by forecasts that saw nothing of them. The products of a shop share good and bad months, so
 * thousands of values are but a few windows of time: one more window is added in which all came as the model says.
 */
function outcomes(
  series: Series,
  horizon: number,
  shop: ShopProfile,
  steps: Outcome[],
  totals: Outcome[],
  chance: () => number,
): void {
  const length = Math.min(horizon, Math.max(1, Math.floor(series.n / 4)));
  for (let cut = 1; cut <= cuts; cut++) {
    const past = before(series, series.n - cut * length);
    if (past.n < series.n / 2 || past.known < 8 || !(past.mean > 0)) return;
    const demand = demandOf(fit(past, length, shop));
    const actual = series.y.subarray(past.n, past.n + length);
    let sum = 0;
    let mean = 0;
    for (let h = 0; h < length; h++) {
      const y = actual[h]!;
      sum += y;
      mean += demand.mean[h]!;
      if (Number.isNaN(y)) continue;
      const d = distribution(demand.mean[h]!, stepVariance(demand, h), demand.counts);
      steps.push(outcome(d, y, demand.counts));
      if (cut === 1) steps.push(outcome(d, d.quantile(chance()), demand.counts));
    }
    if (!Number.isNaN(sum) && mean > 1e-9) {
      const d = distribution(mean, totalVariances(demand)[length - 1]!, demand.counts);
      totals.push(outcome(d, sum, demand.counts));
      if (cut === 1) totals.push(outcome(d, d.quantile(chance()), demand.counts));
    }
  }
}

/** The raw season of the year of a series that has two years or more. */
function yearOf({ y, n, mean, frequency, calendar }: Series): Season | null {
  const length = yearLength[frequency];
  if (!calendar.dated || n < 2 * length) return null;
  const expected = localLevel(y, new Float64Array(n).fill(1), length / 2, mean);
  return season(y, expected, calendar.month, 12, length);
}

function pooledSeason(all: readonly (Season | null)[]): ShopProfile["weekday"] {
  const seasons = all.filter((season) => season !== null);
  const [first] = seasons;
  if (!first || seasons.length < 2) return null;
  const positions = first.ratios.length;
  const factors: number[] = [];
  // Each product weighs by what its ratios tell, but none overwhelmingly: precision around a between-product variance of some tenths.
  const between = 0.2;
  for (let k = 0; k < positions; k++) {
    let sum = 0;
    let weight = 0;
    for (const { ratios, noise } of seasons) {
      const w = 1 / (between + noise[k]!);
      sum += w * Math.min(ratios[k]!, positions);
      weight += w;
    }
    factors.push(weight > 0 ? sum / weight : 1);
  }
  const mean = factors.reduce((sum, f) => sum + f, 0) / positions;
  for (let k = 0; k < positions; k++) factors[k] = mean > 0 ? factors[k]! / mean : 1;
  // Spread of products around the shop beyond chance, by moments.
  let spread = 0;
  let weight = 0;
  for (const { ratios, noise } of seasons)
    for (let k = 0; k < positions; k++) {
      const w = 1 / ((between + noise[k]!) * (between + noise[k]!));
      spread += w * ((ratios[k]! - factors[k]!) * (ratios[k]! - factors[k]!) - noise[k]!);
      weight += w;
    }
  return { factors, variance: Math.max(0, Math.min(1, spread / weight)) };
}

function pooledEffects(models: readonly Model[]): ShopProfile["effects"] {
  const out: Record<string, Record<string, { mean: number; variance: number }>> = {};
  const categories = ["", ...new Set(models.map((m) => m.series.category).filter((c) => c !== ""))].sort();
  for (const category of categories) {
    const members = models.filter(
      (m) => m.exposure.effects && (category === "" || m.series.category === category),
    );
    const names = [...new Set(members.flatMap((m) => m.series.columns.map((c) => c.name)))].sort();
    if (names.length === 0) continue;
    const found: Record<string, { mean: number; variance: number }> = {};
    for (const name of names) {
      const own = members.flatMap((m) => {
        const k = m.series.columns.findIndex((c) => c.name === name);
        const error = m.exposure.effects!.variances[k] ?? 1e9;
        return k >= 0 && error < 1e6
          ? [
              {
                b: m.exposure.effects!.coefficients[k]!,
                error,
                vague: vaguePrior(m.series.columns[k]!, m.series.n).variance,
              },
            ]
          : [];
      });
      if (own.length < 3) continue;
      // Random effects by moments, twice refined (DerSimonian & Laird 1986).
      let variance = own.reduce((sum, { vague }) => sum + vague, 0) / own.length;
      let mean = 0;
      for (let round = 0; round < 4; round++) {
        let sum = 0;
        let weight = 0;
        for (const { b, error } of own) {
          sum += b / (variance + error);
          weight += 1 / (variance + error);
        }
        mean = sum / weight;
        let spread = 0;
        let total = 0;
        for (const { b, error } of own) {
          const w = 1 / ((variance + error) * (variance + error));
          spread += w * ((b - mean) * (b - mean) - error);
          total += w;
        }
        variance = Math.max(1e-4, spread / total);
      }
      found[name] = { mean, variance };
    }
    out[category] = found;
  }
  return out;
}

function pooledErrors(models: readonly Model[]): ShopProfile["errors"] {
  const names = models[0]!.test.names;
  const products = new Array<number>(names.length * names.length).fill(0);
  let count = 0;
  for (const model of models) {
    const own = errorProducts(model.test);
    if (!(own.size > 0)) continue;
    count++;
    for (let i = 0; i < products.length; i++) products[i]! += own.products[i]!;
  }
  return count > 0 ? { names, products: products.map((p) => p / count) } : null;
}

function pooledNoise(models: readonly Model[], shape: Drift): ShopProfile["noise"] {
  const found = models
    .map(({ trials, series }) => ({ ...noiseOf(trials, series.counts, shape), mean: series.mean }))
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
const stepsOf = [0, 0.001, 0.005, 0.01, 0.02, 0.05, 0.1, 0.2, 0.4, 0.8];
const commons = [0, 0.005, 0.01, 0.02, 0.05, 0.1, 0.2];

/** The drift under which the errors of periods and of totals are likeliest, coordinate by coordinate. */
function pooledDrift(models: readonly Model[]): Drift {
  let best: Drift = { start: 0.1, step: 0.005, common: 0.02 };
  let least = loss(models, best);
  const attempt = (shape: Drift): void => {
    const l = loss(models, shape);
    if (l < least) {
      least = l;
      best = shape;
    }
  };
  for (let round = 0; round < 2; round++) {
    for (const start of starts) attempt({ ...best, start });
    for (const step of stepsOf) attempt({ ...best, step });
    for (const common of commons) attempt({ ...best, common });
  }
  return best;
}

function loss(models: readonly Model[], shape: Drift): number {
  let sum = 0;
  for (const { trials, series } of models) sum += shapeLoss(trials, series.counts, shape);
  return sum;
}

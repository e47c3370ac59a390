import { EngineError, finite } from "../errors.ts";
import { random } from "../numeric/random.ts";
import { calibrate, type Outcome, outcome, uncalibrated } from "./calibration.ts";
import { distribution } from "./distribution.ts";
import { exposure } from "./exposure.ts";
import { demandOf, fit, type Tested, tested, weighed } from "./model.ts";
import { type Alone, pooledEffects } from "./pool-effects.ts";
import { pooledSeason, yearOf } from "./pool-seasons.ts";
import { pooledDrift, pooledErrors, pooledNoise } from "./pool-spread.ts";
import type { Season } from "./season.ts";
import { before, prepare, type Series } from "./series.ts";
import { stepVariance, totalVariances } from "./spread.ts";
import type { Frequency, SeriesInput, ShopProfile } from "./types.ts";

/** Products looked at, at most; evenly chosen. More teach little. */
const most = 1000;

/** Horizons at the end of each product's history that calibrate the intervals. */
const cuts = 3;

/** Products from which noise and drift are learned, at most: a handful of numbers need no more, and backtests are large. */
const sample = 300;

/** At most `count` of them, evenly chosen. */
function some<T>(all: readonly T[], count: number): T[] {
  const each = Math.max(1, all.length / count);
  const out: T[] = [];
  for (let at = 0; at < all.length; at += each) out.push(all[Math.floor(at)]!);
  return out;
}

/**
 * Learns from a shop's products what one of them alone is too noisy to tell: weekdays and months they share, effects of price and
 * promotion by category, which forecasts do well, how much sales scatter and levels drift, and how intervals erred. It reads at most
 * 1,000 products, evenly chosen. Products should end on the same day; with a start their weekdays are shared.
 *
 * @param options.horizon Periods ahead that it should be good at; 1 to 365.
 * @param options.frequency Series of another one are left out; the first one's unless told.
 * @throws EngineError as `forecast` does.
 * @example
 * const shop = learnShop(products.map((p) => ({ values: p.sold, frequency: "daily", start: p.since })), { horizon: 28 });
 * forecast(input, { horizon: 28, shop });
 */
export function learnShop(
  inputs: readonly SeriesInput[],
  options: { readonly horizon: number; readonly frequency?: Frequency },
): ShopProfile {
  const horizon = finite("horizon", options.horizon, 1, 365);
  if (horizon !== Math.floor(horizon))
    throw new EngineError("horizon", `expected a whole number, not ${horizon}`);
  const frequency = options.frequency ?? inputs[0]?.frequency ?? "daily";
  const series: Series[] = [];
  for (const input of some(inputs, most)) {
    if (input.frequency !== frequency) continue;
    const s = named(inputs, input, () => prepare(input, 0));
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
  const weeks: (Season | null)[] = [];
  const alone: Alone[] = [];
  for (const s of series) {
    const { week, effects } = exposure(s, 0, undefined);
    weeks.push(s.calendar.dated ? week : null);
    alone.push({ series: s, effects });
  }
  const first: ShopProfile = {
    ...empty,
    weekday: pooledSeason(weeks),
    year: pooledSeason(series.map(yearOf)),
    effects: pooledEffects(alone),
  };
  // With these, the candidates' errors.
  const kept: Pick<Tested, "series" | "test">[] = [];
  const chosen = new Set(some(series, sample));
  const errors = pooledErrors(series, (s) => {
    const { test } = tested(s, horizon, first);
    if (chosen.has(s)) kept.push({ series: s, test });
    return test;
  });
  const second: ShopProfile = { ...first, errors };
  // With their mixture, how noise and level vary.
  const tried = kept.map((t) => ({
    trials: weighed(t, second).trials,
    counts: t.series.counts,
    mean: t.series.mean,
  }));
  const shape = pooledDrift(tried);
  const fourth: ShopProfile = { ...second, drift: shape, noise: pooledNoise(tried, shape) };
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

/** Says of a refused series which one it is. */
function named<T>(inputs: readonly SeriesInput[], input: SeriesInput, read: () => T): T {
  try {
    return read();
  } catch (error) {
    if (!(error instanceof EngineError)) throw error;
    throw new EngineError(`${inputs.indexOf(input)}.${error.field}`, error.expected);
  }
}

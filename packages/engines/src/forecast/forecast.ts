import { EngineError, finite } from "../errors.ts";
import { accuracy } from "./accuracy.ts";
import { calibrated, calibratedBand } from "./calibration.ts";
import { distribution } from "./distribution.ts";
import { demandOf, fit, type Model } from "./model.ts";
import { calibrationsOf, fitBands } from "./own-calibration.ts";
import { confidence, reasons } from "./reasons.ts";
import { prepare, type Series } from "./series.ts";
import { stepVariance, totalVariances } from "./spread.ts";
import type {
  Accuracy,
  Calibration,
  Demand,
  Forecast,
  ForecastFound,
  ForecastOptions,
  Frequency,
  Interval,
  SeriesInput,
  ShopProfile,
} from "./types.ts";

export const defaultLevels: readonly number[] = [0.025, 0.1, 0.25, 0.5, 0.75, 0.9, 0.975];
export const defaultCoverages: readonly number[] = [0.5, 0.8, 0.95];

/** Known values that a forecast needs: two weeks, or as many as make a mean. */
export const needed: Readonly<Record<Frequency, number>> = { daily: 14, weekly: 8, monthly: 6 };

/**
 * Forecasts demand per period: mean, quantiles, intervals, and the same for every sum from the first period on.
 *
 * Demand is a level times what it is exposed to: weekday, season, price, promotion; closed days have no exposure and days without
 * stock (`null`) say nothing. Levels with several memories, and a portfolio of trends and seasons for steadier demand, are mixed by
 * their errors from past origins (Bates & Granger 1969), near equal parts unless the errors insist. Around the mean lies a negative
 * binomial or gamma distribution whose variance is noise plus a level that was estimated and drifts; a shop's profile
 * recalibrates it by how its forecasts erred (`learnShop`). The work is bounded: the newest 1,500 values count.
 *
 * @returns `not_enough_history` under 14 known days, 8 weeks or 6 months.
 * @throws EngineError where a value is negative or not finite, a regressor does not reach over history and horizon, or the horizon is no
 * whole number from 1 to 365.
 * @example
 * const result = forecast({ values: [3, 0, null, 5, …], frequency: "daily", start: "2026-06-01" }, { horizon: 28 });
 * if (result.verdict === "ok") result.total.mean;
 */
export function forecast(input: SeriesInput, options: ForecastOptions): Forecast {
  const { series, horizon, shop } = checked(input, options);
  const need = needed[series.frequency];
  return series.known < need
    ? missing(series.known, need)
    : describe(fit(series, horizon, shop, options.plain), options);
}

/** A series and options that are fit for a model. */
export function checked(
  input: SeriesInput,
  options: ForecastOptions,
): { series: Series; horizon: number; shop: ShopProfile | undefined } {
  const horizon = finite("horizon", options.horizon, 1, 365);
  if (horizon !== Math.floor(horizon))
    throw new EngineError("horizon", `expected a whole number, not ${horizon}`);
  probabilities("levels", options.levels ?? defaultLevels);
  probabilities("coverages", options.coverages ?? defaultCoverages);
  const series = prepare(input, horizon);
  if (options.shop !== undefined && options.shop?.version !== 1)
    throw new EngineError("shop", "expected the profile that learnShop made, version 1");
  return { series, horizon, shop: options.shop?.frequency === series.frequency ? options.shop : undefined };
}

export const missing = (have: number, need: number): Forecast => ({
  verdict: "not_enough_history",
  need,
  reasons: [{ kind: "not_enough_history", have, need }],
});

function probabilities(field: string, values: readonly number[]): void {
  values.forEach((p, i) => {
    finite(`${field}.${i}`, p, 1e-6, 1 - 1e-6);
    if (i > 0 && p <= values[i - 1]!) throw new EngineError(`${field}.${i}`, "expected ascending numbers");
  });
}

/** The forecast of a fitted model. */
export function describe(
  model: Model,
  options: ForecastOptions,
  calibrations = calibrationsOf(model),
  measured?: Accuracy,
): ForecastFound {
  const levels = options.levels ?? defaultLevels;
  const coverages = options.coverages ?? defaultCoverages;
  const demand = demandOf(model, calibrations.totals);
  const { mean } = demand;
  const steps = calibrations.own ? fitBands(calibrations.steps, demand) : calibrations.steps;
  const tested = measured ?? accuracy(model, steps);
  const { quantiles, intervals } = bands(demand, levels, coverages, steps);
  const sums = new Float64Array(mean.length);
  for (let h = 0, sum = 0; h < mean.length; h++) sums[h] = sum += mean[h]!;
  const cumulative = { mean: Array.from(sums), quantiles: sumQuantiles(demand, sums, levels) };
  const last = mean.length - 1;
  return {
    verdict: "ok",
    levels,
    mean,
    quantiles,
    intervals,
    cumulative,
    total: { mean: sums[last]!, quantiles: cumulative.quantiles.map((q) => q[last]!) },
    model: model.test.names
      .map((name, k) => ({ name, weight: model.weights[k]! }))
      .filter(({ weight }) => weight > 0),
    accuracy: tested,
    confidence: confidence(tested),
    reasons: reasons(model, tested),
    demand,
  };
}

function bands(
  demand: Demand,
  levels: readonly number[],
  coverages: readonly number[],
  calibration: Calibration,
) {
  const horizon = demand.mean.length;
  const at = levels.map((p) => calibrated(calibration, p));
  const central = coverages.map((c) => calibratedBand(calibration, c));
  const low = central.map((c) => calibrated(calibration, (1 - c) / 2));
  const high = central.map((c) => calibrated(calibration, (1 + c) / 2));
  const quantiles = levels.map(() => new Array<number>(horizon).fill(0));
  const intervals: (Interval & { lower: number[]; upper: number[] })[] = coverages.map((coverage) => ({
    coverage,
    lower: new Array<number>(horizon).fill(0),
    upper: new Array<number>(horizon).fill(0),
  }));
  for (let h = 0; h < horizon; h++) {
    const d = distribution(demand.mean[h]!, stepVariance(demand, h), demand.counts);
    for (let k = 0; k < at.length; k++) quantiles[k]![h] = d.quantile(at[k]!);
    for (let k = 0; k < intervals.length; k++) {
      intervals[k]!.lower[h] = d.quantile(low[k]!);
      intervals[k]!.upper[h] = d.quantile(high[k]!);
    }
  }
  return { quantiles, intervals };
}

function sumQuantiles(demand: Demand, sums: Float64Array, levels: readonly number[]): number[][] {
  const variances = totalVariances(demand);
  const at = levels.map((p) => calibrated(demand.totals, p));
  const out = levels.map(() => new Array<number>(sums.length).fill(0));
  for (let h = 0; h < sums.length; h++) {
    const d = distribution(sums[h]!, variances[h]!, demand.counts);
    // What was sold by then was sold: a longer prefix can not hold less.
    for (let k = 0; k < at.length; k++)
      out[k]![h] = Math.max(h > 0 ? out[k]![h - 1]! : 0, d.quantile(at[k]!));
  }
  return out;
}

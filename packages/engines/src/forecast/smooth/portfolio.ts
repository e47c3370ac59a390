import { type Backtest, backtest } from "./backtest.ts";
import { checked, whole } from "./bounds.ts";
import { familyNames, familyOf } from "./lattice.ts";
import { extrapolate, fit, type SmoothModel } from "./model.ts";
import { aligned, type Pool } from "./pool.ts";

/** Why a portfolio forecasts what it does. */
export type SmoothReason =
  /** A season shows, in the series or (`shared`) in the shop; `shrinkage` of its profile is used, `evidence` is its t value. */
  | { kind: "season"; period: number; shared: boolean; shrinkage: number; evidence: number }
  /** A season was asked for and does not show. */
  | { kind: "no_season"; period: number }
  /** So many values were taken as `limit`. */
  | { kind: "outliers_limited"; count: number; limit: number }
  /** Older values than these were left out. */
  | { kind: "history_limited"; steps: number }
  /** In the backtest the naive forecast would have erred less. */
  | { kind: "naive_better"; rmse: number; naive: number };

export interface Portfolio {
  /** Of each step ahead, at least 0. */
  mean: Float64Array;
  /** Of the families of members; sum 1. */
  weights: { name: string; weight: number }[];
  backtest: Backtest;
  /** For `advance` and `extrapolate`. */
  model: SmoothModel;
  reasons: SmoothReason[];
}

export interface PortfolioOptions {
  /** How many origins of the backtest at most: 24 unless told; 0 for none. */
  origins?: number;
  /** What `pool` learnt from the shop's products. */
  pool?: Pool;
  /** How many steps the history goes on after those that were pooled: 0 unless told. */
  poolAge?: number;
}

/**
 * Forecasts a series that has a level, maybe a trend and maybe seasons.
 *
 * Seasons are found by cross-validation over cycles (`findSeason`); on what is left a lattice of exponential smoothers with fixed
 * settings runs (`lattice`), mixed by their errors from rolling origins (`weigh`). Takes any history, also an empty one.
 *
 * @param history Values per step, oldest first; NaN where unknown (out of stock).
 * @param horizon How many steps ahead.
 * @param seasons Periods that a season might have, shortest first: 7 for days, 52 for weeks, 12 for months.
 * @throws EngineError where a value is negative, infinite or above 1e15, or the horizon or a period is no whole number from 1 to 1024.
 * @example
 * const { mean, backtest, model } = portfolio(Float64Array.of(12, 15, Number.NaN, 11, 14), 7, [7]);
 */
export function portfolio(
  history: Float64Array,
  horizon: number,
  seasons: readonly number[],
  options: PortfolioOptions = {},
): Portfolio {
  whole("horizon", horizon);
  for (let i = 0; i < seasons.length; i++) whole(`seasons.${i}`, seasons[i]!);
  const values = checked("history", history);
  const n = values.length;
  const prior = options.pool
    ? { members: options.pool.members, seasons: aligned(options.pool.seasons, n - (options.poolAge ?? 0)) }
    : null;
  const model = fit(values, n, horizon, seasons, 200, prior);
  const season = model.seasons[0]?.period ?? null;
  const past = backtest(values, horizon, seasons, season, options.origins ?? 24, 100, prior);
  const reasons: SmoothReason[] = [];
  model.seasons.forEach(({ period, shrinkage, evidence }, i) => {
    reasons.push({ kind: "season", period, shared: i < (prior?.seasons.length ?? 0), shrinkage, evidence });
  });
  for (const period of seasons)
    if (!model.seasons.some((season) => season.period === period))
      reasons.push({ kind: "no_season", period });
  let count = 0;
  for (let i = 0; i < n; i++) if (values[i]! > model.limit) count++;
  if (count > 0) reasons.push({ kind: "outliers_limited", count, limit: model.limit });
  if (n < history.length) reasons.push({ kind: "history_limited", steps: n });
  const naive = Math.min(past.naive, past.seasonalNaive ?? past.naive);
  // By more than a hair, and than rounding.
  if (naive * 1.02 < past.rmse && past.rmse > 1e-9 * values.reduce(greatest, 0))
    reasons.push({ kind: "naive_better", rmse: past.rmse, naive });
  const weights = familyNames.map((name) => ({ name: name as string, weight: 0 }));
  for (let k = 0; k < familyOf.length; k++) weights[familyOf[k]!]!.weight += model.weights[k]!;
  return { mean: extrapolate(model, horizon), weights, backtest: past, model, reasons };
}

const greatest = (most: number, value: number): number => (value > most ? value : most);

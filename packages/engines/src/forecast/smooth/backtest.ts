import { extrapolate, fit, type Prior, take } from "./model.ts";

/** What the portfolio would have forecast in the past, from nothing but what was known then. */
export interface Backtest {
  horizon: number;
  /** How many values were known at each origin. */
  origins: Int32Array;
  /** What was forecast: row by row, `horizon` steps from each origin. */
  forecasts: Float64Array;
  /** What came minus what was forecast; NaN where that is unknown. */
  errors: Float64Array;
  /** Root mean squared errors over all known cells. NaN where there are none. */
  rmse: number;
  /** The same of the last known value. */
  naive: number;
  /** The same of the last known value at the same place of the cycle, for the period handed in. */
  seasonalNaive: number | null;
}

/** Seasons and weights are learnt anew this often in the backtest; between, models only advance. */
const refits = 4;

/** Rolling origins over the newer half of `values`, `count` of them at most. */
export function backtest(
  values: Float64Array,
  horizon: number,
  periods: readonly number[],
  season: number | null,
  count: number,
  judged: number,
  prior: Prior | null,
): Backtest {
  const n = values.length;
  const first = Math.max(2, n >> 1);
  const stride = Math.max(1, Math.ceil((n - first) / Math.max(1, count)));
  const origins: number[] = [];
  for (let origin = n - 1; count > 0 && origin >= first; origin -= stride) origins.unshift(origin);
  const out: Backtest = {
    horizon,
    origins: Int32Array.from(origins),
    forecasts: new Float64Array(origins.length * horizon),
    errors: new Float64Array(origins.length * horizon).fill(Number.NaN),
    rmse: Number.NaN,
    naive: Number.NaN,
    seasonalNaive: season === null ? null : Number.NaN,
  };
  const perFit = Math.ceil(origins.length / refits);
  let model = fit(values, 0, horizon, periods, judged, prior);
  let known = 0;
  let cells = 0;
  let mixed = 0;
  let naive = 0;
  let seasonal = 0;
  for (let q = 0; q < origins.length; q++) {
    const origin = origins[q]!;
    if (q % perFit === 0) {
      model = fit(values, origin, horizon, periods, judged, prior);
      known = origin;
    }
    for (; known < origin; known++) take(model, values[known]!);
    const forecast = extrapolate(model, horizon);
    out.forecasts.set(forecast, q * horizon);
    const last = lastKnown(values, origin - 1, 1);
    for (let j = 0; j < Math.min(horizon, n - origin); j++) {
      const value = values[origin + j]!;
      if (Number.isNaN(value)) continue;
      const error = value - forecast[j]!;
      out.errors[q * horizon + j] = error;
      cells++;
      mixed += error * error;
      naive += (value - last) * (value - last);
      if (season === null) continue;
      const then = lastKnown(values, origin + j - season * Math.ceil((j + 1) / season), season);
      seasonal += (value - then) * (value - then);
    }
  }
  if (cells > 0) {
    out.rmse = Math.sqrt(mixed / cells);
    out.naive = Math.sqrt(naive / cells);
    if (season !== null) out.seasonalNaive = Math.sqrt(seasonal / cells);
  }
  return out;
}

/** The value at `i`, or the nearest known one before by `step`; 0 where none is known. */
function lastKnown(values: Float64Array, i: number, step: number): number {
  for (let k = i; k >= 0; k -= step) if (!Number.isNaN(values[k]!)) return values[k]!;
  return 0;
}

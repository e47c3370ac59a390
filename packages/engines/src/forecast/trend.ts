import type { PathMethod } from "./backtest.ts";
import { yearLength } from "./calendar.ts";
import type { Series } from "./series.ts";
import { extrapolate, fit, type SmoothModel, take } from "./smooth/index.ts";

/** Below this exposure a day is as good as closed: what was sold on it says nothing about the level. */
export const closed = 0.05;
/** How often seasons and weights are learned anew on the way through the past. */
const refits = 2;
/** From how many points in time the smoothers' weights are judged. */
const judged = 200;

/** The portfolio of smoothers with trends and seasons, on demand per unit of exposure. */
export interface Trend extends PathMethod {
  readonly name: "trend_and_season";
  /** The model of the whole history. */
  readonly model: SmoothModel;
}

export function trend(series: Series, exposure: Float64Array, horizon: number): Trend {
  const { y, n, frequency } = series;
  const z = new Float64Array(n);
  for (let i = 0; i < n; i++) z[i] = exposure[i]! < closed ? Number.NaN : y[i]! / exposure[i]!;
  const year = yearLength[frequency];
  const periods = n >= 2 * year ? [year] : [];
  const reach = Math.max(1, horizon);
  let fitted = -1;
  let known = 0;
  let past: SmoothModel | null = null;
  return {
    name: "trend_and_season",
    model: fit(z, n, reach, periods, judged),
    path(origin, steps) {
      // Origins come in ascending order; the first half of them share a fit, and so does the second.
      if (past === null || origin - fitted > n / (2 * refits) || origin < known) {
        past = fit(z, origin, reach, periods, judged);
        fitted = known = origin;
      }
      for (; known < origin; known++) take(past, z[known]!);
      return extrapolate(past, steps);
    },
  };
}

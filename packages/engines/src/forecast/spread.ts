import type { Demand, Drift } from "./types.ts";

/** Forecasts from one origin in the past, and what came; NaN where that is unknown. */
export interface Trial {
  readonly forecast: Float64Array;
  readonly actual: Float64Array;
}

/**
 * How uncertain a forecast is. With `r` the relative variance of one period's noise (`noise + chance / mean`), the level's own
 * relative variance is `(start + step · (h − 1)) · r + common` after `h` periods: it was estimated from noisy values, drifts
 * in proportion to the noise, as in a local-level model (Harvey 1989), and moves with the whole shop.
 */
export function drift({ start, step, common }: Drift, relative: number, horizon: number): Float64Array {
  const out = new Float64Array(horizon);
  for (let h = 0; h < horizon; h++) out[h] = (start + step * h) * relative + common;
  return out;
}

/** Noise by moments: `noise` beyond chance, and `chance` (1 for counts, less where values vary less than Poisson counts would). */
export function noiseOf(
  trials: readonly Trial[],
  counts: boolean,
  shape: Drift,
): { noise: number; chance: number; size: number } {
  let squares = 0;
  let first = 0;
  let second = 0;
  let size = 0;
  for (const { forecast, actual } of trials) {
    for (let h = 0; h < forecast.length; h++) {
      const f = forecast[h]!;
      const y = actual[h]!;
      if (y !== y || !(f > 0)) continue;
      const growth = 1 + shape.start + shape.step * h;
      squares += (y - f) * (y - f) - shape.common * f * f;
      first += f * growth;
      second += f * f * growth;
      size++;
    }
  }
  if (size === 0) return { noise: 0, chance: counts ? 1 : 0, size };
  if (!counts) return { noise: Math.max(1e-6, squares / second), chance: 0, size };
  if (squares >= first) return { noise: (squares - first) / second, chance: 1, size };
  return { noise: 0, chance: Math.max(0.02, squares / first), size };
}

/** Variance of one period's demand. */
export function stepVariance(demand: Demand, h: number): number {
  const mean = demand.mean[h]!;
  const square = mean * mean;
  return demand.chance * mean + demand.noise * square + demand.drift[h]! * (1 + demand.noise) * square;
}

/** Variances of demand cumulated from the first period: the level's errors add up, the noise averages out. */
export function totalVariances(demand: Demand): Float64Array {
  const horizon = demand.mean.length;
  const out = new Float64Array(horizon);
  let variance = 0;
  // Covariance of two periods' levels is the earlier one's variance: the level is a martingale.
  let shared = 0;
  for (let h = 0; h < horizon; h++) {
    const mean = demand.mean[h]!;
    variance += stepVariance(demand, h) + 2 * mean * shared;
    shared += mean * demand.drift[h]!;
    out[h] = variance;
  }
  return out;
}

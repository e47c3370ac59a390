import { exp, log } from "../numeric/elementary.ts";
import { uncalibrated } from "./calibration.ts";
import type { Calibration, Demand, Drift } from "./types.ts";

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

/** An error counts for three usual ones at most: one wild period shall not widen all. */
const wild = 9;
/** Noise at most, a standard deviation of a million times the mean: beyond it no sale is told from another, and products of variances overflow. */
const wildest = 1e12;

/** Noise by the share of zeros or by moments: `noise` beyond chance, and `chance` (1 for counts, less where values vary less than Poisson counts would). */
export function noiseOf(
  trials: readonly Trial[],
  counts: boolean,
  shape: Drift,
): { noise: number; chance: number; size: number } {
  let squares = 0;
  let first = 0;
  let second = 0;
  let size = 0;
  let zeros = 0;
  let said = 0;
  // Twice: the first round tells what is usual.
  let limit = Number.POSITIVE_INFINITY;
  for (let round = 0; round < 2; round++) {
    squares = first = second = size = zeros = said = 0;
    for (const { forecast, actual } of trials) {
      for (let h = 0; h < forecast.length; h++) {
        const f = forecast[h]!;
        const y = actual[h]!;
        if (Number.isNaN(y) || !(f > 0)) continue;
        const growth = 1 + shape.start + shape.step * h;
        const square = f * f * growth;
        squares += Math.min((y - f) * (y - f), limit * square) - shape.common * f * f;
        first += f * growth;
        second += square;
        size++;
        said += f;
        if (y === 0) zeros++;
      }
    }
    limit = (wild * Math.max(0, squares)) / second;
  }
  if (size === 0) return { noise: 0, chance: counts ? 1 : 0, size };
  if (!counts) return { noise: Math.max(1e-6, Math.min(wildest, squares / second)), chance: 0, size };
  if (squares >= first) {
    // Bulk orders rule the squares; how often nothing is sold tells the shape of the usual days, and calibration sees to the tail.
    const noise = noiseByZeros(said / size, zeros / size) ?? Math.min(wildest, (squares - first) / second);
    return { noise, chance: 1, size };
  }
  return { noise: 0, chance: Math.max(0.02, squares / first), size };
}

/** The noise under which a negative binomial of this mean has this share of zeros; `null` where zeros are too few or too many to tell. */
function noiseByZeros(mean: number, zeros: number): number | null {
  if (!(zeros > 0.05 && zeros < 0.98) || !(mean > 0.05)) return null;
  let low = 0.001;
  let high = 100;
  for (let round = 0; round < 20; round++) {
    const noise = Math.sqrt(low * high);
    if (exp(-log(1 + noise * mean) / noise) < zeros) low = noise;
    else high = noise;
  }
  return Math.sqrt(low * high);
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

/** The newest trials tell how errors grow; more of them change little. */
const judged = 8;

/**
 * How badly a drift explains the errors of periods and of totals: mean negative logarithm of Student's density with four degrees of
 * freedom and the variance said, which bulk orders do not sway. 0 without trials.
 */
export function shapeLoss(trials: readonly Trial[], counts: boolean, shape: Drift): number {
  const { noise, chance } = noiseOf(trials, counts, shape);
  let sum = 0;
  let count = 0;
  for (let t = Math.max(0, trials.length - judged); t < trials.length; t++) {
    const { forecast, actual } = trials[t]!;
    const demand = demandAlong(forecast, { noise, chance, shape, counts });
    const variances = totalVariances(demand);
    let error = 0;
    for (let h = 0; h < forecast.length; h++) {
      if (Number.isNaN(actual[h]!)) break;
      const off = actual[h]! - forecast[h]!;
      error += off;
      const variance = stepVariance(demand, h);
      if (!(variance > 0 && variances[h]! > 0)) continue;
      // Both densities under one logarithm; by roots and with a limit, as the products of extremes would overflow.
      const one = 1 + Math.min(1e100, (error * error) / (2 * variances[h]!));
      const other = 1 + Math.min(1e100, (off * off) / (2 * variance));
      sum += log(Math.sqrt(variance) * Math.sqrt(variances[h]!)) + 2.5 * log(one * other);
      count++;
    }
  }
  return count > 0 ? sum / count : 0;
}

/** Multiples of the shop's growth of errors that one series may have. */
const multiples = [0, 0.25, 1, 4, 16];

/** What drifts look like where no shop taught: from a steady rate of noisy sales to a level that walks. */
const usual: readonly Drift[] = [
  { start: 0.02, step: 0, common: 0.05 },
  { start: 0.1, step: 0.005, common: 0.02 },
  { start: 0.4, step: 0.02, common: 0 },
  { start: 0.8, step: 0.2, common: 0 },
];

/** A series' own drift: the mean of some, its shop's with errors that grow slower or faster, by how well they explain its errors. */
export function ownShape(
  trials: readonly Trial[],
  counts: boolean,
  shared: Drift | undefined,
  intermittence = 0,
): Drift {
  const shapes = shared ? multiples.map((multiple) => ({ ...shared, step: shared.step * multiple })) : usual;
  // Origins a third of a horizon apart overlap; each independent horizon tells about two things of its own.
  const size = trials.length < 4 || trials[0]!.forecast.length < 3 ? 0 : (2 * trials.length) / 3;
  if (size === 0 && shared) return shared;
  const mean = { start: 0, step: 0, common: 0 };
  let total = 0;
  let first: number | null = null;
  for (const shape of shapes) {
    // Where sales are rare their noise is large, and a level that walked in proportion to it would be seen: rarely does it.
    const prior = shared || shape === usual[0] ? 1 : 1 - 0.95 * intermittence;
    const loss = size > 0 ? shapeLoss(trials, counts, shape) : 0;
    first ??= loss;
    const weight = prior * exp(Math.max(-50, Math.min(50, (first - loss) * size)));
    total += weight;
    mean.start += weight * shape.start;
    mean.step += weight * shape.step;
    mean.common += weight * shape.common;
  }
  return { start: mean.start / total, step: mean.step / total, common: mean.common / total };
}

/** The distribution of demand along a mean path. */
export function demandAlong(
  mean: ArrayLike<number>,
  { noise, chance, shape, counts }: { noise: number; chance: number; shape: Drift; counts: boolean },
  totals: Calibration = uncalibrated,
): Demand {
  let sum = 0;
  for (let h = 0; h < mean.length; h++) sum += mean[h]!;
  const typical = sum / Math.max(1, mean.length);
  const relative = noise + (typical > 1e-9 ? chance / typical : 0);
  return {
    mean: Array.from(mean),
    noise,
    chance,
    drift: Array.from(drift(shape, relative, mean.length)),
    counts,
    totals,
  };
}

import { movingAverage } from "./moving-average.ts";

/** A season that the data show: what each position of its cycle sells, relative to the average. */
export interface Season {
  period: number;
  /** The factor of position `i % period`, where `i` counts from the first value of the history. Mean 1. */
  factors: Float64Array;
  /** How much of the raw profile is kept, from 0 (none) to 1: the slope of left-out cycles on what the others say of them. */
  shrinkage: number;
  /** Student's t of that slope: how surely there is a season. */
  evidence: number;
  /** Weight of a cycle relative to the one after it. */
  memory: number;
}

/**
 * How fast profiles are forgotten, per cycle: from all cycles alike to the last two or three. Which one holds is read off the
 * data.
 */
const memories = [0.98, 0.9, 0.8, 0.65];

/**
 * Neighbours on each side that a position of the cycle may be averaged with, in parts of the cycle: of 52 weeks 1, 3 or 6, of 7 days none.
 * As with memories the data choose.
 */
const smoothings = [32, 16, 8];

/** A season is believed from this t value on. One in twenty would be 1.645; but the best of several profiles was chosen. */
const evident = 2;

/**
 * The multiplicative season of `period` steps in the first `n` values (NaN: unknown), or null where it does not show.
 *
 * Ratios of sums to the centred moving average (classical decomposition; the average is cut at the ends, so that the newest
 * cycle counts), summed over cycles with weights that fade. Each cycle is then predicted from all the others: the
 * memory and the smoothing that predict best are taken, and the slope of the regression of what came on what was predicted shrinks
 * the profile (Copas 1983; for seasonal factors see Miller & Williams 2003). So an assumed season costs next to nothing
 * where there is none. Needs two cycles and a value more.
 */
export function findSeason(values: Float64Array, n: number, period: number): Season | null {
  if (period < 2 || n < 2 * period + 1) return null;
  const trend = movingAverage(values, n, period);
  const widths = [...new Set([0, ...smoothings.map((part) => Math.floor(period / part))])];
  const predicted = new Float64Array(n);
  // To the level, less 1; NaN where unknown.
  const ratio = trend.map((level, i) => (level > 0 ? values[i]! / level - 1 : Number.NaN));
  let best: Season | null = null;
  let bestLoss = Number.POSITIVE_INFINITY;
  for (const memory of memories) {
    const cycles = leaveOneOut(values, trend, period, memory);
    for (const width of widths) {
      predict(cycles, width, predicted);
      const { pp, pr, rr, count } = compare(ratio, trend, predicted);
      if (count < 3 || pp === 0 || rr === 0) continue;
      const shrinkage = Math.max(0, Math.min(1, pr / pp));
      const loss = rr - 2 * shrinkage * pr + shrinkage * shrinkage * pp;
      if (loss >= bestLoss) continue;
      bestLoss = loss;
      const r2 = pr > 0 ? Math.min(1, (pr * pr) / (pp * rr)) : 0;
      const free = Math.max(1, count * independence(ratio, trend, predicted, shrinkage) - 2);
      const evidence = Math.sqrt((r2 * free) / Math.max(1 - r2, 1e-12));
      best =
        evidence > evident
          ? { period, factors: profile(cycles, period, width, shrinkage), shrinkage, evidence, memory }
          : null;
    }
  }
  return best;
}

/** For each step sums over the same position of other cycles, as sums from the first step on, so that neighbours are two look-ups; and sums over all cycles at the end. */
interface Cycles {
  sold: Float64Array;
  level: Float64Array;
  allSold: Float64Array;
  allLevel: Float64Array;
}

function leaveOneOut(values: Float64Array, trend: Float64Array, period: number, memory: number): Cycles {
  const n = trend.length;
  const sold = new Float64Array(n + 1);
  const level = new Float64Array(n + 1);
  const allSold = new Float64Array(period);
  const allLevel = new Float64Array(period);
  const afterSold = new Float64Array(period);
  const afterLevel = new Float64Array(period);
  const known = (i: number) => !Number.isNaN(values[i]!);
  for (let i = 0, s = 0; i < n; i++, s = s + 1 === period ? 0 : s + 1) {
    sold[i + 1] = memory * allSold[s]!;
    level[i + 1] = memory * allLevel[s]!;
    allSold[s] = sold[i + 1]! + (known(i) ? values[i]! : 0);
    allLevel[s] = level[i + 1]! + (known(i) ? trend[i]! : 0);
  }
  for (let i = n - 1, s = i % period; i >= 0; i--, s = s === 0 ? period - 1 : s - 1) {
    sold[i + 1]! += memory * afterSold[s]!;
    level[i + 1]! += memory * afterLevel[s]!;
    afterSold[s] = memory * afterSold[s]! + (known(i) ? values[i]! : 0);
    afterLevel[s] = memory * afterLevel[s]! + (known(i) ? trend[i]! : 0);
  }
  for (let i = 1; i <= n; i++) {
    sold[i]! += sold[i - 1]!;
    level[i]! += level[i - 1]!;
  }
  return { sold, level, allSold, allLevel };
}

/** What other cycles say of the ratio of each step to its level, less 1; NaN where they say nothing. */
function predict({ sold, level }: Cycles, width: number, out: Float64Array): void {
  const n = out.length;
  // Differences of sums are exact to a part of the whole only.
  const least = 1e-12 * level[n]!;
  for (let i = 0; i < n; i++) {
    const from = i > width ? i - width : 0;
    const to = i + width < n ? i + width + 1 : n;
    const base = level[to]! - level[from]!;
    out[i] = base > least ? (sold[to]! - sold[from]!) / base - 1 : Number.NaN;
  }
}

/** Sums of products of predicted and actual ratios, weighted by the level, as counts vary with it. */
function compare(ratio: Float64Array, level: Float64Array, predicted: Float64Array) {
  let pp = 0;
  let pr = 0;
  let rr = 0;
  let count = 0;
  for (let i = 0; i < ratio.length; i++) {
    const p = predicted[i]!;
    const r = ratio[i]!;
    if (Number.isNaN(p) || Number.isNaN(r)) continue;
    const weighted = level[i]! * r;
    pp += level[i]! * p * p;
    pr += weighted * p;
    rr += weighted * r;
    count++;
  }
  return { pp, pr, rr, count };
}

/**
 * Which share of the values counts as independent evidence: `(1 − ab) / (1 + ab)` for first autocorrelations `a` of the predictions
 * and `b` of their errors (Bartlett 1935). A wandering level, which resembles a season for a while, has next to none.
 */
function independence(
  ratio: Float64Array,
  level: Float64Array,
  predicted: Float64Array,
  shrinkage: number,
): number {
  let pp = 0;
  let ee = 0;
  let ppNext = 0;
  let eeNext = 0;
  let lastP = 0;
  let lastE = 0;
  for (let i = 0; i < ratio.length; i++) {
    const known = !Number.isNaN(predicted[i]!) && !Number.isNaN(ratio[i]!);
    const weight = Math.sqrt(level[i]!);
    const p = known ? weight * predicted[i]! : 0;
    const e = known ? weight * ratio[i]! - shrinkage * p : 0;
    pp += p * p;
    ee += e * e;
    ppNext += p * lastP;
    eeNext += e * lastE;
    lastP = p;
    lastE = e;
  }
  const both = pp > 0 && ee > 0 ? Math.max(0, (ppNext / pp) * (eeNext / ee)) : 0;
  return (1 - both) / (1 + both);
}

/** The factors after the last cycle, with mean 1, shrunk towards 1. */
function profile(cycles: Cycles, period: number, width: number, shrinkage: number): Float64Array {
  const { allSold, allLevel } = cycles;
  const factors = new Float64Array(period);
  let sum = 0;
  for (let s = 0; s < period; s++) {
    let sold = 0;
    let level = 0;
    for (let k = s - width; k <= s + width; k++) {
      sold += allSold[(k + period) % period]!;
      level += allLevel[(k + period) % period]!;
    }
    factors[s] = level > 0 ? sold / level : 1;
    sum += factors[s]!;
  }
  const center = sum > 0 ? sum / period : 1;
  for (let s = 0; s < period; s++) factors[s] = 1 + shrinkage * (factors[s]! / center - 1);
  return factors;
}

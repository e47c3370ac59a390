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

/** A season is believed where its t value has one chance in twenty of coming from noise. */
const evident = 1.645;

/**
 * The multiplicative season of `period` steps in the first `n` values (NaN: unknown), or null where it does not show.
 *
 * Ratios of sums to the centred moving average (classical decomposition; the average is cut at the ends, so that the newest
 * cycle counts), summed over cycles with weights that fade. Each cycle is then predicted from all the others: the
 * memory that predicts best is taken, and the slope of the regression of what came on what was predicted shrinks the profile
 * (the "copas" shrinkage of a predictor, Copas 1983; for seasonal factors see Miller & Williams 2003). So an assumed season
 * costs nothing where there is none. Needs two cycles and a value more.
 */
export function findSeason(values: Float64Array, n: number, period: number): Season | null {
  if (period < 2 || n < 2 * period + 1) return null;
  const trend = movingAverage(values, n, period);
  const before = new Float64Array(n);
  const beforeTrend = new Float64Array(n);
  const after = new Float64Array(period);
  const afterTrend = new Float64Array(period);
  let best: Season | null = null;
  let bestLoss = Number.POSITIVE_INFINITY;
  for (const memory of memories) {
    for (let i = period; i < n; i++) {
      const value = values[i - period]!;
      const known = !Number.isNaN(value);
      before[i] = memory * (before[i - period]! + (known ? value : 0));
      beforeTrend[i] = memory * (beforeTrend[i - period]! + (known ? trend[i - period]! : 0));
    }
    after.fill(0);
    afterTrend.fill(0);
    let pp = 0;
    let pr = 0;
    let rr = 0;
    let count = 0;
    for (let i = n - 1, s = i % period; i >= 0; i--, s = s === 0 ? period - 1 : s - 1) {
      const value = values[i]!;
      const level = trend[i]!;
      if (Number.isNaN(value) || !(level > 0)) {
        after[s] = memory * after[s]!;
        afterTrend[s] = memory * afterTrend[s]!;
        continue;
      }
      const weight = before[i]! + after[s]!;
      const base = beforeTrend[i]! + afterTrend[s]!;
      if (base > 0) {
        // Weighted by the level, as counts vary with it.
        const predicted = weight / base - 1;
        const ratio = value / level - 1;
        pp += level * predicted * predicted;
        pr += level * predicted * ratio;
        rr += level * ratio * ratio;
        count++;
      }
      after[s] = memory * (after[s]! + value);
      afterTrend[s] = memory * (afterTrend[s]! + level);
    }
    if (count < 3 || pp === 0 || rr === 0) continue;
    const shrinkage = Math.max(0, Math.min(1, pr / pp));
    const loss = rr - 2 * shrinkage * pr + shrinkage * shrinkage * pp;
    if (loss >= bestLoss) continue;
    bestLoss = loss;
    const r2 = pr > 0 ? Math.min(1, (pr * pr) / (pp * rr)) : 0;
    const evidence = Math.sqrt((r2 * (count - 2)) / Math.max(1 - r2, 1e-12));
    best =
      evidence > evident
        ? {
            period,
            factors: profile(values, trend, n, period, before, beforeTrend, shrinkage),
            shrinkage,
            evidence,
            memory,
          }
        : null;
  }
  return best;
}

/**
 * A season that is known from elsewhere, as far as the values follow it: the slope of their ratios on its profile, from 0 to
 * 1, taken together with a belief of 1 give or take a half.
 */
export function adoptSeason(values: Float64Array, n: number, season: Season): Season {
  const { period, factors } = season;
  const trend = movingAverage(values, n, period);
  let pp = 0;
  let pr = 0;
  let rr = 0;
  let count = 0;
  for (let i = 0; i < n; i++) {
    const level = trend[i]!;
    if (Number.isNaN(values[i]!) || !(level > 0)) continue;
    const predicted = factors[i % period]! - 1;
    const ratio = values[i]! / level - 1;
    pp += level * predicted * predicted;
    pr += level * predicted * ratio;
    rr += level * ratio * ratio;
    count++;
  }
  const noise = count > 0 ? (rr - 2 * pr + pp) / count : 0;
  const doubt = 4 * noise;
  const shrinkage = pp + doubt > 0 ? Math.max(0, Math.min(1, (pr + doubt) / (pp + doubt))) : 1;
  return { ...season, factors: factors.map((factor) => 1 + shrinkage * (factor - 1)), shrinkage };
}

/** The factors after the last cycle, with mean 1, shrunk towards 1. */
function profile(
  values: Float64Array,
  trend: Float64Array,
  n: number,
  period: number,
  before: Float64Array,
  beforeTrend: Float64Array,
  shrinkage: number,
): Float64Array {
  const factors = new Float64Array(period);
  let sum = 0;
  for (let i = n - period; i < n; i++) {
    const known = !Number.isNaN(values[i]!);
    const weight = before[i]! + (known ? values[i]! : 0);
    const base = beforeTrend[i]! + (known ? trend[i]! : 0);
    const factor = base > 0 ? weight / base : 1;
    factors[i % period] = factor;
    sum += factor;
  }
  const center = sum > 0 ? sum / period : 1;
  for (let s = 0; s < period; s++) factors[s] = 1 + shrinkage * (factors[s]! / center - 1);
  return factors;
}

/** The mean of the known values in a window of one period about each point, cut at the ends; where nothing is known, that of the point before. */
function movingAverage(values: Float64Array, n: number, period: number): Float64Array {
  const half = period >> 1;
  const even = period % 2 === 0;
  const sums = new Float64Array(n + 1);
  const counts = new Float64Array(n + 1);
  for (let i = 0; i < n; i++) {
    const known = !Number.isNaN(values[i]!);
    sums[i + 1] = sums[i]! + (known ? values[i]! : 0);
    counts[i + 1] = counts[i]! + (known ? 1 : 0);
  }
  const out = new Float64Array(n);
  let last = 0;
  for (let i = 0; i < n; i++) {
    const from = Math.max(0, i - half);
    const to = Math.min(n, i + half + 1);
    let sum = sums[to]! - sums[from]!;
    let count = counts[to]! - counts[from]!;
    if (even) {
      // The two ends of an even period are half in the window.
      const left = values[i - half] ?? 0;
      const right = values[i + half] ?? 0;
      if (i >= half && !Number.isNaN(left)) {
        sum -= left / 2;
        count -= 0.5;
      }
      if (i + half < n && !Number.isNaN(right)) {
        sum -= right / 2;
        count -= 0.5;
      }
    }
    if (count > 0) last = Math.max(0, sum / count);
    out[i] = last;
  }
  return out;
}

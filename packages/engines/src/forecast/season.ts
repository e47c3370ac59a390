import { pow } from "../numeric/elementary.ts";

/** What is believed of a season's factors before the series is seen: their means and the variance around them. */
export interface SeasonPrior {
  readonly factors: readonly number[];
  readonly variance: number;
}

export interface Season {
  /** Mean 1 over the positions. */
  readonly factors: Float64Array;
  /** The raw ratios and their sampling variances, for `learnShop`. */
  readonly ratios: Float64Array;
  readonly noise: Float64Array;
  /** Positions at which nothing was ever sold although it would have been, by all odds. */
  readonly closed: readonly number[];
}

/**
 * The factors of a season of `cycle` periods: each position's demand over what its level let expect, shrunk towards the
 * prior by empirical Bayes (Efron & Morris 1975). Without a prior it is 1 everywhere, and the agreement of odd and even
 * cycles says whether there is a season at all. A ratio's sampling variance grows with its expected value, as counts' does.
 */
export function season(
  y: Float64Array,
  expected: Float64Array,
  position: (i: number) => number,
  positions: number,
  cycle: number,
  prior?: SeasonPrior,
): Season {
  const demand = new Float64Array(positions);
  const exposure = new Float64Array(positions);
  const seen = new Float64Array(positions);
  const at = new Uint8Array(y.length);
  for (let i = 0; i < y.length; i++) {
    at[i] = position(i);
    if (Number.isNaN(y[i]!)) continue;
    demand[at[i]!]! += y[i]!;
    exposure[at[i]!]! += expected[i]!;
    seen[at[i]!]! += 1;
  }
  let sold = 0;
  let open = 0;
  for (let i = 0; i < y.length; i++) {
    if (Number.isNaN(y[i]!) || demand[at[i]!] === 0) continue;
    open++;
    if (y[i]! > 0) sold++;
  }
  const ratios = new Float64Array(positions);
  for (let k = 0; k < positions; k++) ratios[k] = exposure[k]! > 1e-9 ? demand[k]! / exposure[k]! : 1;
  // Variance of a value over its mean (1 for Poisson), robust enough as a ratio of sums.
  let squares = 0;
  let means = 0;
  let seenAll = 0;
  for (let i = 0; i < y.length; i++) {
    if (Number.isNaN(y[i]!)) continue;
    const mean = expected[i]! * ratios[at[i]!]!;
    squares += (y[i]! - mean) * (y[i]! - mean);
    means += mean;
    seenAll++;
  }
  const freedom = Math.max(1, seenAll - positions);
  const dispersion = means > 0 ? (squares / means) * (seenAll / freedom) : 1;
  const noise = new Float64Array(positions);
  let known = 0;
  for (let k = 0; k < positions; k++) {
    const believed = prior ? prior.factors[k]! : 1;
    noise[k] = exposure[k]! > 1e-9 ? (dispersion * Math.max(believed, 0.05)) / exposure[k]! : 1e9;
    if (seen[k]! > 0) known++;
  }
  const variance = prior ? prior.variance : known > 1 ? agreed(y, expected, at, positions, cycle) : 0;
  // The share of periods without a sale where there are any. Sales come in clusters: two periods count for one.
  const empty = open > 0 ? 1 - sold / open : 1;
  const factors = new Float64Array(positions);
  const closed: number[] = [];
  let sum = 0;
  for (let k = 0; k < positions; k++) {
    const believed = prior ? prior.factors[k]! : 1;
    const own = variance > 0 ? variance / (variance + noise[k]!) : 0;
    factors[k] = Math.max(0, believed + own * (ratios[k]! - believed));
    if (demand[k] === 0 && pow(empty, seen[k]! / 2) < 1e-3) {
      factors[k] = 0;
      closed.push(k);
    }
    sum += factors[k]!;
  }
  for (let k = 0; k < positions; k++) factors[k] = sum > 0 ? (factors[k]! * positions) / sum : 1;
  return { factors, ratios, noise, closed };
}

/** One-sided limits of Student's t at 1 % for the degrees of freedom of weeks (5) and years (10). */
const limit = (positions: number): number => (positions > 7 ? 2.76 : 3.36);

/**
 * The variance of the true factors: the covariance of the ratios of odd and of even cycles, in which chance has no part however
 * it is distributed. 0 unless the two correlate beyond chance.
 */
function agreed(
  y: Float64Array,
  expected: Float64Array,
  at: Uint8Array,
  positions: number,
  cycle: number,
): number {
  const demand = new Float64Array(2 * positions);
  const exposure = new Float64Array(2 * positions);
  for (let i = 0; i < y.length; i++) {
    if (Number.isNaN(y[i]!)) continue;
    const cell = at[i]! + positions * (Math.floor(i / cycle) % 2);
    demand[cell]! += y[i]!;
    exposure[cell]! += expected[i]!;
  }
  let both = 0;
  let odd = 0;
  let even = 0;
  for (let k = 0; k < positions; k++) {
    if (!(exposure[k]! > 1e-9 && exposure[k + positions]! > 1e-9)) return 0;
    const a = demand[k]! / exposure[k]! - 1;
    const b = demand[k + positions]! / exposure[k + positions]! - 1;
    both += a * b;
    odd += a * a;
    even += b * b;
  }
  if (!(both > 0)) return 0;
  const correlation = both / Math.sqrt(odd * even);
  const t = correlation * Math.sqrt((positions - 2) / Math.max(1e-9, 1 - correlation * correlation));
  return t > limit(positions) ? both / (positions - 1) : 0;
}

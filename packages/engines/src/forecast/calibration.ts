import type { Calibration } from "./types.ts";

/** The probabilities at which a calibration is kept; between them it is linear. */
export const grid: readonly number[] = [
  0.005, 0.01, 0.025, 0.05, 0.1, 0.2, 0.3, 0.4, 0.5, 0.6, 0.7, 0.8, 0.9, 0.95, 0.975, 0.99, 0.995,
];
/** The same for a series alone: noise measured on few values leaves more in the tails than it says. */
const usualLevels: readonly number[] = [
  0.002, 0.005, 0.016, 0.045, 0.1, 0.2, 0.3, 0.4, 0.5, 0.6, 0.7, 0.8, 0.9, 0.955, 0.984, 0.995, 0.998,
];
export const bandGrid: readonly number[] = [
  0.1, 0.2, 0.3, 0.4, 0.5, 0.6, 0.7, 0.8, 0.85, 0.9, 0.95, 0.98, 0.99,
];

/** As many values as this are believed to have followed the model before the first was seen. */
const prior = 100;

/** The model taken at its word. */
export const uncalibrated: Calibration = { levels: grid, bands: bandGrid, size: 0 };

const interpolate = (x: number, from: readonly number[], to: readonly number[]): number => {
  if (x <= from[0]!) return (x / from[0]!) * to[0]!;
  for (let i = 1; i < from.length; i++)
    if (x <= from[i]!)
      return to[i - 1]! + ((x - from[i - 1]!) / (from[i]! - from[i - 1]!)) * (to[i]! - to[i - 1]!);
  const last = from.length - 1;
  return 1 - ((1 - x) / (1 - from[last]!)) * (1 - to[last]!);
};

/** The model's probability to take for the probability `p` that is wanted. */
export const calibrated = (c: Calibration, p: number): number => interpolate(p, grid, c.levels);

/** The probability that a value was below, given the model's. */
export const uncalibrate = (c: Calibration, u: number): number => interpolate(u, c.levels, grid);

/** The model's central probability to take for a band that shall hold `coverage`. */
export const calibratedBand = (c: Calibration, coverage: number): number =>
  interpolate(coverage, bandGrid, c.bands);

/** A value that came, by the model's probabilities of less (`less`) and of at most it (`most`). */
export interface Outcome {
  readonly less: number;
  readonly most: number;
}

/** How a value lies in a distribution. */
export function outcome(d: { below(x: number): number }, y: number, counts: boolean): Outcome {
  const most = d.below(y);
  return { most, less: counts ? (y >= 1 ? d.below(y - 1) : 0) : most };
}

/**
 * Recalibration of a shop's forecasts by how their past ones erred, pooled over its products. `levels`: quantiles of
 * the probability integral transform (Dawid 1984; for counts spread evenly over the value's probability, Czado, Gneiting & Held
 * 2009). `bands`: split-conformal (Vovk et al. 2005) with the least central band that holds a value as its score; it makes
 * closed intervals of counts hold what they say although their ends fall on whole units.
 */
export function calibrate(outcomes: readonly Outcome[]): Calibration {
  const n = outcomes.length;
  if (n === 0) return uncalibrated;
  const cells = 2000;
  const mass = new Float64Array(cells + 1);
  for (const { less, most } of outcomes) spread(mass, less, Math.max(most, less), cells);
  // The prior's values are spread evenly, as the model would have it.
  const levels: number[] = [];
  let cell = 0;
  let below = 0;
  for (const p of grid) {
    const target = p * (n + prior);
    while (cell < cells && below + mass[cell]! + prior / cells < target)
      below += mass[cell++]! + prior / cells;
    const inside = cell < cells ? mass[cell]! + prior / cells : 1;
    levels.push(clamp((cell + Math.min(1, (target - below) / inside)) / cells, levels.at(-1) ?? 0));
  }
  return { levels, bands: bandsOf(outcomes, levels, prior), size: n };
}

/** The central probabilities whose bands held the shares `bandGrid` of the outcomes; `believed` outcomes are as the model says. */
function bandsOf(outcomes: readonly Outcome[], levels: readonly number[], believed: number): number[] {
  const partial: Calibration = { levels, bands: bandGrid, size: 0 };
  const n = outcomes.length;
  const scores = new Float64Array(n);
  for (let i = 0; i < n; i++) {
    const low = uncalibrate(partial, outcomes[i]!.most);
    const high = uncalibrate(partial, outcomes[i]!.less);
    scores[i] = Math.max(0, 1 - 2 * low, 2 * high - 1);
  }
  scores.sort();
  const bands: number[] = [];
  const share = n / (n + believed);
  for (const p of bandGrid) {
    // A score is the bound that a band must surpass to hold its value.
    const own = scores[Math.min(n - 1, Math.ceil(p * (n + 1)) - 1)]! + 1e-6;
    bands.push(clamp(share * own + (1 - share) * p, bands.at(-1) ?? 0));
  }
  return bands;
}

/** The model taken at its word, but for its tails and for the ends of bands on whole units, which would hold more than they say. */
export const ofModel = (outcomes: readonly Outcome[]): Calibration => ({
  levels: usualLevels,
  bands: outcomes.length > 0 ? bandsOf(outcomes, grid, 0) : bandGrid,
  size: 0,
});

/** Ascending, and within what interpolation can stand. */
const clamp = (p: number, before: number): number => Math.min(1 - 1e-6, Math.max(p, before + 1e-6));

function spread(mass: Float64Array, from: number, to: number, cells: number): void {
  const a = Math.max(0, Math.min(1, from)) * cells;
  const b = Math.max(0, Math.min(1, to)) * cells;
  const first = Math.min(cells - 1, Math.floor(a));
  const last = Math.min(cells - 1, Math.floor(b));
  if (first === last) {
    mass[first]! += 1;
    return;
  }
  const density = 1 / (b - a);
  mass[first]! += (first + 1 - a) * density;
  for (let i = first + 1; i < last; i++) mass[i]! += density;
  mass[last]! += (b - last) * density;
}

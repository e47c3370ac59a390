/** How far apart two values of a series lie. */
export type Frequency = "daily" | "weekly" | "monthly";

/** One product's demand, and what is known about it. */
export interface SeriesInput {
  /** Units per period, oldest first, at least 0. `null`: demand is not known (out of stock, closed by accident); it is not a zero. */
  readonly values: readonly (number | null)[];
  readonly frequency: Frequency;
  /** The day (`2026-11-24`) on which the first value's period begins. Without it weekdays can not be shared with the shop's other products. */
  readonly start?: string;
  /**
   * What is known in advance, each as long as the history and the horizon together. `price` acts by its logarithm (an
   * elasticity) and is above 0; all others (`promotion`, `feature`, …) act as they are.
   */
  readonly regressors?: Readonly<Record<string, readonly number[]>>;
  /** Products of one category (or brand) share the effects of price and promotion. */
  readonly category?: string;
}

export interface ForecastOptions {
  /** Periods to forecast, 1 to 365. */
  readonly horizon: number;
  /** Probabilities of the quantiles, ascending, each above 0 and below 1. */
  readonly levels?: readonly number[];
  /** Shares of the values that the intervals shall hold, each above 0 and below 1: 0.5, 0.8 and 0.95 unless told. */
  readonly coverages?: readonly number[];
  /** What the shop's other products taught (`learnShop`). */
  readonly shop?: ShopProfile;
  /** Nothing but one level, of 28 days' memory (16 weeks', 12 months'): for a series on which the mixture turned out worse than that. */
  readonly plain?: boolean;
}

/** Why a forecast is what it is. */
export type ForecastReason =
  | { readonly kind: "level"; readonly perPeriod: number; readonly recentMean: number }
  | { readonly kind: "weekday"; readonly factors: readonly number[]; readonly source: "own" | "shop" }
  | { readonly kind: "closed_weekday"; readonly weekday: number }
  | { readonly kind: "yearly_season"; readonly factors: readonly number[]; readonly source: "own" | "shop" }
  | {
      readonly kind: "effect";
      readonly regressor: string;
      readonly coefficient: number;
      readonly source: "own" | "shop";
    }
  | { readonly kind: "unknown_demand"; readonly periods: number }
  | { readonly kind: "intermittent"; readonly shareOfZeros: number }
  | { readonly kind: "trend_and_season"; readonly weight: number }
  | { readonly kind: "borrowed_from_shop"; readonly products: number }
  | { readonly kind: "not_better_than_naive" }
  | { readonly kind: "no_demand" }
  | { readonly kind: "not_enough_history"; readonly have: number; readonly need: number };

/** A band that shall hold `coverage` of the values that come. */
export interface Interval {
  readonly coverage: number;
  readonly lower: readonly number[];
  readonly upper: readonly number[];
}

/** Demand cumulated from the first step: entry `i` speaks of the first `i + 1` periods together. */
export interface Cumulative {
  readonly mean: readonly number[];
  readonly quantiles: readonly (readonly number[])[];
}

/** Errors measured on the series' own past, by forecasts from several origins. */
export interface Accuracy {
  /** How many origins were tried; with 0 the rest is `null`. */
  readonly origins: number;
  /** Root mean squared error over the naive method's (the last value repeated): below 1 is better than naive. */
  readonly relativeToNaive: number | null;
  /** Error of the horizon's total: Σ|actual − forecast| / Σ actual. */
  readonly totalError: number | null;
  readonly naiveTotalError: number | null;
  /** Mean absolute error over that of the season's last value in the history (a week's, a year's; one period's of weekly series). */
  readonly mase: number | null;
  readonly naiveMase: number | null;
  /** What was forecast beyond what came, as a share of it: 0.1 is a tenth too much. */
  readonly bias: number | null;
  /** The share of values that the 80 % interval held. */
  readonly coverage80: number | null;
}

export interface ForecastFound {
  readonly verdict: "ok";
  readonly levels: readonly number[];
  readonly mean: readonly number[];
  /** `quantiles[k][i]`: the value that step `i` stays at or below with probability `levels[k]`. Whole units where the history is. */
  readonly quantiles: readonly (readonly number[])[];
  readonly intervals: readonly Interval[];
  readonly cumulative: Cumulative;
  /** The whole horizon: the last entry of `cumulative`. */
  readonly total: { readonly mean: number; readonly quantiles: readonly number[] };
  /** The members of the mixture and their weights, which sum to 1. */
  readonly model: readonly { readonly name: string; readonly weight: number }[];
  readonly accuracy: Accuracy;
  readonly confidence: "low" | "medium" | "high";
  readonly reasons: readonly ForecastReason[];
  /** The whole of it as plain data, for `replenish`. */
  readonly demand: Demand;
}

export interface ForecastMissing {
  readonly verdict: "not_enough_history";
  /** Known values needed in all. */
  readonly need: number;
  readonly reasons: readonly ForecastReason[];
}

export type Forecast = ForecastFound | ForecastMissing;

/**
 * Demand as a distribution over paths: period `i` has the mean `mean[i]` times a level factor, around which counts vary.
 * The factor is a martingale of mean 1 whose variance after step `i` is `drift[i]`.
 */
export interface Demand {
  readonly mean: readonly number[];
  /** Variance of the noise as a share of the squared mean, beyond `chance`. */
  readonly noise: number;
  /** Variance that whole units bring by themselves, as a share of the mean: 1 for Poisson counts, 0 for measured amounts. */
  readonly chance: number;
  readonly drift: readonly number[];
  /** Whether demand comes in whole units. */
  readonly counts: boolean;
  /** How the shop's forecasts of totals erred. */
  readonly totals: Calibration;
}

/** The dimensionless variances of the level, learned over a shop: see `spread.ts`. */
export interface Drift {
  readonly start: number;
  readonly step: number;
  readonly common: number;
}

/** How a shop's forecasts err in fact: see `calibration.ts`. */
export interface Calibration {
  /** `levels[i]`: the model's probability at which the share `grid[i]` of values lay below. */
  readonly levels: readonly number[];
  /** `bands[i]`: the model's central probability that held the share `bandGrid[i]` of values. */
  readonly bands: readonly number[];
  readonly size: number;
}

/** What one product may borrow from the others of its shop. Plain data: keep it as JSON. */
export interface ShopProfile {
  readonly version: 1;
  readonly frequency: Frequency;
  readonly products: number;
  /** Factors of Monday to Sunday and of January to December, mean 1, and how much products differ in them (variance). */
  readonly weekday: { readonly factors: readonly number[]; readonly variance: number } | null;
  readonly year: { readonly factors: readonly number[]; readonly variance: number } | null;
  /** Effects of regressors by category; `""` stands for the whole shop. */
  readonly effects: Readonly<
    Record<string, Readonly<Record<string, { readonly mean: number; readonly variance: number }>>>
  >;
  /** Mean products of the candidates' scaled errors, by name. */
  readonly errors: { readonly names: readonly string[]; readonly products: readonly number[] } | null;
  /** The middle product's noise (relative variance), and the variance of the products' logarithms around it. */
  readonly noise: { readonly middle: number; readonly variance: number } | null;
  readonly drift: Drift | null;
  readonly calibration: Calibration;
  readonly totals: Calibration;
}

import { exp, log } from "../numeric/elementary.ts";
import { type Backtest, backtest, errorProducts, mixed } from "./backtest.ts";
import { type Exposure, exposure } from "./exposure.ts";
import type { Levels } from "./levels.ts";
import type { Series } from "./series.ts";
import { extrapolate, type SmoothModel } from "./smooth/index.ts";
import { demandAlong, noiseOf, ownShape, type Trial } from "./spread.ts";
import { trend } from "./trend.ts";
import type { Calibration, Demand, Drift, ShopProfile } from "./types.ts";
import { mixture } from "./weights.ts";

/** A series with everything that was estimated from it. */
export interface Model extends Tested {
  readonly horizon: number;
  readonly weights: Float64Array;
  readonly trials: readonly Trial[];
  readonly noise: number;
  readonly chance: number;
  readonly shape: Drift;
  readonly shop: ShopProfile | undefined;
  readonly bank: Levels;
  /** Exposure of the periods ahead. */
  readonly ahead: Float64Array;
}

/** As many independent horizons of its own the shop's errors weigh for a product. */
const shopSize = 20;
/** Combinations near the start do best on all kinds of series: half of the mean error is the price of leaving it. */
const ridge = 0.5;
/** The share of zeros from which demand counts as intermittent. */
const intermittent = 0.1;

/** 0 for steady demand to 1 for intermittent. */
const intermittence = ({ zeros, known }: Series): number =>
  Math.min(1, zeros / Math.max(1, known) / intermittent);

/** Sampling variance of the logarithm of a variance is this over the number of values: 2 for normal errors, several times that for sales. */
const unsure = 20;

/** Which of the levels stands for all where there is to be one only. */
const plainLevel = 2;

/** The whole weight on one of so many. */
function only(one: number, of: number): Float64Array {
  const weights = new Float64Array(of);
  weights[one] = 1;
  return weights;
}

/** The part of a model in which its shop has no say but for seasons and effects. */
export interface Tested {
  readonly series: Series;
  readonly exposure: Exposure;
  readonly test: Backtest;
  readonly smooth: SmoothModel;
}

export function tested(series: Series, horizon: number, shop: ShopProfile | undefined): Tested {
  const exposed = exposure(series, horizon, shop);
  const smooth = trend(series, exposed.values, horizon);
  const test = backtest(series, exposed.values, horizon, [smooth]);
  return { series, exposure: exposed, test, smooth: smooth.model };
}

/** The mixture's weights and what it would have forecast. */
export function weighed(
  { series, test }: Pick<Tested, "series" | "test">,
  shop: ShopProfile | undefined,
  plain = false,
): { weights: Float64Array; trials: readonly Trial[] } {
  const weights = plain ? only(plainLevel, test.names.length) : weigh(series, test, shop);
  return { weights, trials: mixed(test, weights) };
}

export function fit(series: Series, horizon: number, shop: ShopProfile | undefined, plain?: boolean): Model {
  const parts = tested(series, horizon, shop);
  const { weights, trials } = weighed(parts, shop, plain);
  const shape = ownShape(trials, series.counts, shop?.drift ?? undefined, intermittence(series));
  const own = noiseOf(trials, series.counts, shape);
  const { noise, chance } = shop?.noise && own.size > 0 ? shrunk(own, series.mean, shop.noise) : own;
  return {
    ...parts,
    horizon,
    weights,
    trials,
    noise,
    chance,
    shape,
    shop,
    bank: parts.test.bank,
    ahead: parts.exposure.values.slice(series.n),
  };
}

/** The relative variance of noise, in logarithms shrunk towards what the shop's products of this mean have. */
function shrunk(
  own: ReturnType<typeof noiseOf>,
  mean: number,
  shop: { middle: number; variance: number },
): { noise: number; chance: number } {
  const unit = own.chance > 0 ? 1 / mean : 0;
  const found = own.noise + own.chance * unit;
  // Trials overlap three times.
  const share = shop.variance / (shop.variance + (3 * unsure) / own.size);
  const total = exp(
    share * log(Math.max(1e-8, found)) + (1 - share) * log(Math.max(1e-8, shop.middle + unit)),
  );
  return total >= unit
    ? { noise: total - unit, chance: unit > 0 ? 1 : 0 }
    : { noise: 0, chance: total / unit };
}

function weigh(series: Series, test: Backtest, shop: ShopProfile | undefined): Float64Array {
  const k = test.names.length;
  const { products, size } = errorProducts(test);
  // Steady demand starts with trend and season alone. The more periods pass without a sale the less can be seen of these, and
  // the levels, which are much alike, start with half of the weight together.
  const levels = 0.5 * intermittence(series);
  const start = new Float64Array(k).fill(levels / (k - 1));
  start[k - 1] = 1 - levels;
  const shared = shop?.errors;
  if (shared && shared.names.join() === test.names.join())
    for (let i = 0; i < products.length; i++)
      products[i] = (products[i]! * size + shared.products[i]! * shopSize) / (size + shopSize);
  const weights = mixture(products, start, shared ? ridge : ridge * (1 + shopSize / (size + 1)));
  const often = 1 - intermittence(series);
  for (let a = 0; a < k; a++) weights[a] = often * start[a]! + (1 - often) * weights[a]!;
  return weights;
}

/** The mixture's mean path over the horizon. */
export function meanPath(model: Model): Float64Array {
  const { bank, weights, ahead, horizon } = model;
  const levels = new Float64Array(bank.names.length);
  bank.read(levels);
  let level = 0;
  for (let k = 0; k < levels.length; k++) level += weights[k]! * levels[k]!;
  const share = weights[levels.length]!;
  const path = extrapolate(model.smooth, horizon);
  for (let h = 0; h < horizon; h++) path[h] = (level + share * path[h]!) * ahead[h]!;
  return path;
}

/** The distribution of demand over the horizon. */
export const demandOf = (model: Model, totals?: Calibration): Demand =>
  demandAlong(meanPath(model), { ...model, counts: model.series.counts }, totals);

import { adoptSeason } from "./adopt-season.ts";
import { checkedValue } from "./bounds.ts";
import {
  copyState,
  lines,
  memberCount,
  mixture,
  newState,
  reachTable,
  type State,
  update,
} from "./lattice.ts";
import { compare, type Losses } from "./losses.ts";
import { findSeason, type Season } from "./seasons.ts";
import { type MemberPrior, weigh } from "./weights.ts";

/** What was learnt from a history, enough to forecast and to take in what comes next. Plain data: it can be stored. */
export interface SmoothModel {
  /** Seasons found; a step's factor is the product of theirs. */
  seasons: Season[];
  /** Of each member of the lattice; sum 1. */
  weights: Float64Array;
  state: State;
  /** Values above it are taken as this much: see `limitOf`. */
  limit: number;
}

/** Below this factor a day is as good as closed, and says nothing about the level. */
const closed = 0.05;

/** What is known before the history is looked at: `seasons` by position in the history. */
export interface Prior {
  members: MemberPrior | null;
  seasons: readonly Season[];
}

/**
 * Fits the first `n` values (NaN: unknown), for forecasts of `horizon` steps. `origins` is from how many points in time members are compared
 * at most.
 */
export function learn(
  values: Float64Array,
  n: number,
  horizon: number,
  periods: readonly number[],
  origins: number,
  prior: Prior | null,
): { model: SmoothModel; losses: Losses } {
  const limit = limitOf(values, n);
  const adjusted = values.slice(0, n);
  for (let i = 0; i < n; i++) if (adjusted[i]! > limit) adjusted[i] = limit;
  const factors = new Float64Array(n).fill(1);
  const seasons: Season[] = [];
  for (const shared of prior?.seasons ?? []) {
    const season = adoptSeason(adjusted, n, shared);
    factorize(adjusted, season, factors);
    seasons.push(season);
  }
  for (const period of periods) {
    const season = findSeason(adjusted, n, period);
    if (season === null) continue;
    factorize(adjusted, season, factors);
    seasons.push(season);
  }
  const state = newState();
  const losses = compare(state, adjusted, factors, horizon, origins);
  return { model: { seasons, weights: weigh(losses, prior?.members ?? null), state, limit }, losses };
}

/** The model of `learn` alone. */
export const fit = (
  values: Float64Array,
  n: number,
  horizon: number,
  periods: readonly number[],
  origins: number,
  prior: Prior | null = null,
): SmoothModel => learn(values, n, horizon, periods, origins, prior).model;

/** Takes a season out of `values` and, where asked, into `factors`. */
export function factorize(values: Float64Array, season: Season, factors: Float64Array | null): void {
  for (let i = 0; i < values.length; i++) {
    const factor = season.factors[i % season.period]!;
    values[i] = factor < closed ? Number.NaN : values[i]! / factor;
    if (factors !== null) factors[i]! *= factor;
  }
}

/**
 * Twice the value that one in fifty sales (at least one) surpasses: a cap that a thousandfold order or a slip of the pen does
 * not pass, and hardly a season or a promotion does.
 */
export function limitOf(values: Float64Array, n: number): number {
  const sold = values
    .subarray(0, n)
    .filter((value) => value > 0)
    .sort();
  const rank = sold.length - 1 - Math.ceil(sold.length / 50);
  return rank >= 1 ? 2 * sold[rank]! : Number.POSITIVE_INFINITY;
}

/** The factor of the step `i`, counted from the first value that was fitted. */
export function factorAt(seasons: readonly Season[], i: number): number {
  let factor = 1;
  for (const season of seasons) factor *= season.factors[i % season.period]!;
  return factor;
}

/** The mean of each of the next `horizon` steps, never below 0. */
export function extrapolate(model: SmoothModel, horizon: number): Float64Array {
  const out = new Float64Array(horizon);
  const base = new Float64Array(memberCount);
  const rise = new Float64Array(memberCount);
  lines(model.state, base, rise);
  mixture(base, rise, model.weights, reachTable(horizon), out);
  for (let j = 0; j < horizon; j++)
    out[j] = Math.max(0, out[j]! * factorAt(model.seasons, model.state.steps + j));
  return out;
}

/**
 * The model after one more value (NaN: unknown). Levels and slopes move, weights and seasons stay, so it costs microseconds; fit anew
 * once a cycle or so. The model handed in is not changed.
 *
 * @example
 * const next = advance(model, soldToday);
 * extrapolate(next, 28);
 */
export function advance(model: SmoothModel, value: number): SmoothModel {
  const next = { ...model, state: copyState(model.state) };
  take(next, checkedValue("value", value));
  return next;
}

/** `advance` in place. */
export function take(model: SmoothModel, value: number): void {
  const factor = factorAt(model.seasons, model.state.steps);
  update(model.state, factor < closed ? Number.NaN : Math.min(value, model.limit) / factor, factor);
  // A surprise that lasts is no outlier.
  if (value > model.limit) model.limit *= 2;
}

import { type Effects, effectAt, effects, vaguePrior } from "./effects.ts";
import { localLevel } from "./local.ts";
import { type Season, season } from "./season.ts";
import type { Series } from "./series.ts";
import type { ShopProfile } from "./types.ts";

/** What demand is a multiple of in each period, history and horizon: season and effects; 0 on closed days. */
export interface Exposure {
  readonly values: Float64Array;
  readonly week: Season | null;
  /** The shop's season of the year, January to December; a product's own one is found by `trend`. */
  readonly year: readonly number[] | null;
  readonly effects: Effects | null;
  /** Whether the shop's effects were the prior. */
  readonly borrowed: boolean;
  /** Of the period `i`, whatever lies after the horizon, with a factor for its regressors. */
  seasonAt(i: number): number;
}

/** Levels are looked at this far on either side (half-life), so that they can be told apart from season and effects. */
const aroundDays = 28;
const aroundEffects = { daily: 28, weekly: 8, monthly: 6 };

export function exposure(series: Series, horizon: number, shop: ShopProfile | undefined): Exposure {
  const { y, n, mean, calendar, columns, frequency } = series;
  const values = new Float64Array(n + horizon).fill(1);
  let week: Season | null = null;
  if (frequency === "daily" && n >= 14) {
    const expected = localLevel(y, values, aroundDays, mean);
    const prior = calendar.dated ? (shop?.weekday ?? undefined) : undefined;
    week = season(y, expected, calendar.weekday, 7, 7, prior);
  }
  const year = (calendar.dated && shop?.year?.factors) || null;
  const seasonAt = (i: number): number =>
    (week ? week.factors[calendar.weekday(i)]! : 1) * (year ? year[calendar.month(i)]! : 1);
  if (week || year) for (let i = 0; i < values.length; i++) values[i] = seasonAt(i);
  if (columns.length === 0) return { values, week, year, effects: null, borrowed: false, seasonAt };
  const known = shop?.effects[series.category] ?? shop?.effects[""];
  const priors = columns.map((column) => known?.[column.name] ?? vaguePrior(column, n));
  const found = effects(y, values, columns, priors, aroundEffects[frequency], mean);
  for (let i = 0; i < values.length; i++) values[i]! *= effectAt(columns, found.coefficients, i);
  const borrowed = columns.some((column) => known?.[column.name] !== undefined);
  return { values, week, year, effects: found, borrowed, seasonAt };
}

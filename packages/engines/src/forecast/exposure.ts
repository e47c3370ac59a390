import { yearLength } from "./calendar.ts";
import { type Effects, effectAt, effects, vaguePrior } from "./effects.ts";
import { localLevel } from "./local.ts";
import { type Season, season } from "./season.ts";
import type { Series } from "./series.ts";
import type { ShopProfile } from "./types.ts";

/** What demand is a multiple of in each period, history and horizon: season and effects; 0 on closed days. */
export interface Exposure {
  readonly values: Float64Array;
  readonly week: Season | null;
  readonly year: Season | null;
  readonly effects: Effects | null;
  /** Whether the shop's effects were the prior. */
  readonly borrowed: boolean;
}

/** Around each period as much is looked at as four weeks or half a year on either side, so that level and season can be told apart. */
const aroundDays = 28;
const aroundEffects = { daily: 28, weekly: 8, monthly: 6 };

export function exposure(series: Series, horizon: number, shop: ShopProfile | undefined): Exposure {
  const { y, n, mean, calendar, columns, frequency } = series;
  const values = new Float64Array(n + horizon).fill(1);
  let week: Season | null = null;
  let year: Season | null = null;
  if (frequency === "daily" && n >= 14) {
    const expected = localLevel(y, values, aroundDays, mean);
    const prior = calendar.dated ? (shop?.weekday ?? undefined) : undefined;
    week = season(y, expected, calendar.weekday, 7, 7, prior);
    for (let i = 0; i < values.length; i++) values[i]! *= week.factors[calendar.weekday(i)]!;
  }
  const prior = calendar.dated ? (shop?.year ?? undefined) : undefined;
  if (n >= 2 * yearLength[frequency] || (prior && n > 0)) {
    const expected = localLevel(y, values, yearLength[frequency] / 2, mean);
    for (let i = 0; i < n; i++) expected[i]! *= values[i]!;
    year =
      n >= 2 * yearLength[frequency]
        ? season(y, expected, calendar.month, 12, yearLength[frequency], prior)
        : { factors: Float64Array.from(prior!.factors), ratios: new Float64Array(12), noise: new Float64Array(12), closed: [] };
    for (let i = 0; i < values.length; i++) values[i]! *= year.factors[calendar.month(i)]!;
  }
  let found: Effects | null = null;
  let borrowed = false;
  if (columns.length > 0) {
    const shared = shop?.effects[series.category] ?? shop?.effects[""];
    const priors = columns.map((column) => {
      const known = shared?.[column.name];
      if (known) borrowed = true;
      return known ?? vaguePrior(column, n);
    });
    found = effects(y, values, columns, priors, aroundEffects[frequency], mean);
    for (let i = 0; i < values.length; i++) values[i]! *= effectAt(columns, found.coefficients, i);
  }
  return { values, week, year, effects: found, borrowed };
}

import {
  type Forecast,
  type ForecastFound,
  forecast,
  type SeriesInput,
  type ShopProfile,
} from "@amused/engines";
import type {
  ForecastReceipts,
  PredictionAccuracy,
  ProductForecast,
  ProductStockout,
} from "../../domain/prediction.ts";
import type { SellerSettings } from "../../domain/settings.ts";
import { addDays } from "../../domain/time.ts";
import type { ProductDemand } from "../../ports/demand.ts";
import { rounded } from "../rounded.ts";
import { plainModel } from "./receipts.ts";
import { stockoutOf } from "./stockout.ts";

/** How far a stored forecast reaches. */
export const storedHorizon = 28;
/** How far ahead stock is looked at. */
const lookAhead = 60;
/** Days that history reaches back at most: two years, for a season to be seen twice. */
export const historyDays = 730;

/** What is said of a product, without how far behind it is. */
export interface Outlook {
  forecast: Omit<ProductForecast, "behind">;
  stockout: Omit<ProductStockout, "behind">;
}

/** A product's demand, and the day that begins it. */
export interface DemandSoFar {
  demand: ProductDemand;
  /** The first day of the span that was read. */
  from: string;
  /** The day of the first point: today. */
  today: string;
  at: Date;
  /** What the seller has set for all products. */
  settings: Partial<SellerSettings>;
  /** What the seller's other products taught. */
  shop?: ShopProfile | undefined;
  /** How right the product's forecasts were so far. */
  receipts: ForecastReceipts | null;
}

/** Forecasts a product's demand, and says how long its stock lasts. */
export function outlook(
  { demand, from, today, at, settings, shop, receipts }: DemandSoFar,
  horizon = storedHorizon,
): Outlook {
  const { series, history } = seriesOf(demand, from, today);
  const steppedBack = receipts?.steppedBack ?? false;
  const found: Forecast | null =
    series === null
      ? null
      : forecast(series, {
          ...{ horizon: Math.max(horizon, lookAhead), plain: steppedBack },
          ...(shop && { shop }),
        });
  const generatedAt = at.toISOString();
  if (found?.verdict !== "ok") {
    const need = found?.need ?? 14;
    const base = {
      ...{ verdict: "not_enough_history" as const, need: { days: need }, model: null, accuracy: null },
      ...{ confidence: 0, generatedAt },
      reasons: [{ kind: "not_enough_history", have: history.days - history.withoutStock, need }],
    };
    return {
      forecast: { ...base, history, points: [], receipts },
      stockout: {
        ...base,
        verdict: demand.quantity === 0 ? "out_of_stock" : "not_enough_history",
        ...{ quantity: demand.quantity, daysOfCover: null, probabilityWithin: {}, reorder: null },
        date: { p10: null, p50: null, p90: null },
      },
    };
  }
  const said = {
    model: steppedBack ? plainModel : nameOf(found),
    accuracy: accuracyOf(found),
    reasons: [
      ...(receipts?.steppedBack ? [{ kind: "stepped_back", ...receipts }] : []),
      { kind: "mixture", members: membersOf(found) },
      ...found.reasons.map((reason) => ({ ...reason })),
    ],
    generatedAt,
  };
  return {
    forecast: {
      ...{ verdict: "ok", ...said, history, confidence: nearTotal(found, horizon) },
      ...{ points: pointsOf(found, today, horizon), receipts },
    },
    stockout: stockoutOf({ demand, settings, today }, found, said),
  };
}

/** The series that an engine takes: from the first full day on which the product was known, up to yesterday. */
export function seriesOf(demand: ProductDemand, from: string, today: string) {
  const { firstDay, units, stockedOut } = demand;
  const to = addDays(today, -1);
  const skip = firstDay === null ? units.length : Math.max(0, daysBetween(from, firstDay));
  const values = units.slice(skip).map((sold, day) => (stockedOut[skip + day] ? null : sold));
  const start = addDays(from, skip);
  const history = {
    from: values.length === 0 ? null : start,
    to,
    days: values.length,
    withoutStock: values.filter((value) => value === null).length,
  };
  const series: SeriesInput | null = values.length === 0 ? null : { values, frequency: "daily", start };
  return { series, history };
}

function daysBetween(from: string, to: string): number {
  return Math.round((Date.parse(to) - Date.parse(from)) / 86_400_000);
}

function pointsOf(found: ForecastFound, today: string, horizon: number): ProductForecast["points"] {
  // The band is one that was measured to hold its share of days; single quantiles of few units hold more than theirs.
  const band = found.intervals.find(({ coverage }) => coverage === 0.8);
  const median = found.quantiles[found.levels.indexOf(0.5)];
  return Array.from({ length: horizon }, (_, day) => ({
    date: addDays(today, day),
    mean: rounded(found.mean[day] ?? 0),
    p10: band?.lower[day] ?? 0,
    p50: median?.[day] ?? 0,
    p90: band?.upper[day] ?? 0,
  }));
}

/** What is mixed, the heaviest first. */
const membersOf = ({ model }: ForecastFound) =>
  model.map(({ name, weight }) => ({ name, weight: rounded(weight) })).sort((a, b) => b.weight - a.weight);

function nameOf({ model }: ForecastFound): string {
  const [heaviest] = [...model].sort((a, b) => b.weight - a.weight);
  return heaviest === undefined ? "none" : model.length === 1 ? heaviest.name : `mixture (${heaviest.name})`;
}

function accuracyOf({ accuracy }: ForecastFound): PredictionAccuracy {
  const part = (value: number | null) => (value === null ? null : rounded(value));
  return {
    ...{ mase: part(accuracy.mase), wape: part(accuracy.totalError), bias: part(accuracy.bias) },
    coverage80: part(accuracy.coverage80),
    naive: { mase: part(accuracy.naiveMase), wape: part(accuracy.naiveTotalError) },
    windows: accuracy.origins,
  };
}

/** How likely the total over the horizon is within a third of its forecast: the share of its distribution that lies there. */
function nearTotal({ cumulative, levels }: ForecastFound, horizon: number): number {
  const mean = cumulative.mean[horizon - 1] ?? 0;
  const values = cumulative.quantiles.map((steps) => steps[horizon - 1] ?? 0);
  // Next to nothing is expected, and that is what to expect.
  if (mean < 0.5) return 1;
  return rounded(below(values, levels, (mean * 4) / 3) - below(values, levels, (mean * 2) / 3));
}

/** The probability of at most `x`, between quantiles by straight lines. */
function below(values: readonly number[], levels: readonly number[], x: number): number {
  const at = values.findIndex((value) => value > x);
  if (at === 0) return 0;
  if (at < 0) return 1;
  const [low = 0, high = 0] = [values[at - 1], values[at]];
  const [from = 0, to = 1] = [levels[at - 1], levels[at]];
  return from + ((to - from) * (x - low)) / Math.max(high - low, Number.MIN_VALUE);
}

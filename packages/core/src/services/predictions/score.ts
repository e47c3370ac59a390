import type {
  ForecastPoint,
  ForecastScore,
  ProductStockout,
  StockoutScore,
} from "../../domain/prediction.ts";
import { addDays, dateOf, dayMs } from "../../domain/time.ts";
import type { ProductDemand } from "../../ports/demand.ts";
import type { DuePrediction } from "../../ports/predictions.ts";
import { rounded } from "../rounded.ts";
import { storedHorizon } from "./outlook.ts";
import { arrivalsOf } from "./stockout.ts";

/** The numbers of days whose probabilities are scored: those that are over when a prediction is due. */
const scoredWithin = [7, 14];

/** Days before a prediction, and the days that it speaks of. */
interface Span {
  before: Pick<ProductDemand, "units" | "stockedOut">;
  after: Pick<ProductDemand, "units" | "stockedOut">;
}

/**
 * How a prediction did beside plain rules; `null` where nothing can be said. The demand is that of the 28 days before it and
 * of the days up to its last; `soldLater` is what was sold on its first day once it was made.
 */
export function scoreOf(
  { type, data, createdAt }: Pick<DuePrediction, "type" | "data" | "createdAt">,
  { firstDay, units, stockedOut }: Pick<ProductDemand, "firstDay" | "units" | "stockedOut">,
  soldLater: number = units[storedHorizon] ?? 0,
): ForecastScore | StockoutScore | null {
  const today = dateOf(new Date(createdAt));
  const part = (from: number, to?: number) => ({
    units: units.slice(from, to),
    stockedOut: stockedOut.slice(from, to),
  });
  // Days on which the product was not there yet say nothing of it.
  const known = firstDay === null ? 0 : Math.max(0, daysBetween(addDays(today, -storedHorizon), firstDay));
  const span = { before: part(Math.min(known, storedHorizon), storedHorizon), after: part(storedHorizon) };
  return type === "forecast"
    ? forecastScore((data as { points: ForecastPoint[] }).points, span)
    : stockoutScore(data as ProductStockout, today, span, soldLater);
}

const daysBetween = (from: string, to: string) => Math.round((Date.parse(to) - Date.parse(from)) / dayMs);

function forecastScore(points: readonly ForecastPoint[], { before, after }: Span): ForecastScore | null {
  const known = points.map((_, day) => day).filter((day) => after.stockedOut[day] === false);
  if (known.length === 0) return null;
  const over = (value: (day: number) => number) => known.reduce((sum, day) => sum + value(day), 0);
  const sold = over((day) => after.units[day] ?? 0);
  const forecast = rounded(over((day) => points[day]?.mean ?? 0));
  const naive = rounded(mean(before) * known.length);
  const held = known.filter((day) => {
    const [{ p10 = 0, p90 = 0 } = {}, units = 0] = [points[day], after.units[day]];
    return units >= p10 && units <= p90;
  });
  return {
    ...{ days: known.length, sold, forecast, naive, held: held.length },
    ...{ off: rounded(Math.abs(forecast - sold)), naiveOff: rounded(Math.abs(naive - sold)) },
  };
}

function stockoutScore(
  { verdict, quantity, date, probabilityWithin, reorder }: ProductStockout,
  from: string,
  { before, after }: Span,
  soldLater: number,
): StockoutScore | null {
  // What has no stock, or no forecast, foresees nothing.
  if (verdict === "not_enough_history" || verdict === "out_of_stock" || quantity === 0) return null;
  const daysFrom = (date: string) => daysBetween(from, date);
  /** What would be there on a day with the goods that were counted on, had nothing been sold. */
  const arrivals = arrivalsOf(reorder).map(({ date, quantity }) => ({ on: daysFrom(date), quantity }));
  const had = (day: number) =>
    arrivals.reduce((sum, { on, quantity }) => sum + (on <= day ? quantity : 0), quantity);
  let sold = 0;
  const out = after.units.findIndex((units, day) => {
    // Of its own day: what was sold before it was made is not in its stock, and there was some then.
    sold += day === 0 ? soldLater : units;
    return sold >= had(day) || (day > 0 && after.stockedOut[day] === true);
  });
  const pace = mean(before);
  /** By stock ÷ mean sales: the day in whose course it would be gone. */
  const naive = paceEnds(pace, had);
  const day = (moment: string | null) => (moment === null ? Number.POSITIVE_INFINITY : daysFrom(moment));
  const real = out < 0 ? Number.POSITIVE_INFINITY : out;
  // What lasted beyond the days that are known may have lasted as long as any band that reaches beyond them.
  const isHeld =
    out < 0 ? day(date.p90) >= after.units.length : day(date.p10) <= real && day(date.p90) >= real;
  const brier = (probability: (days: number) => number) =>
    scoredWithin.reduce((sum, days) => sum + (probability(days) - (real < days ? 1 : 0)) ** 2, 0) /
    scoredWithin.length;
  const p50 = day(date.p50);
  const isDated = [real, p50, naive].every(Number.isFinite);
  return {
    ranOutOn: out < 0 ? null : addDays(from, out),
    held: isHeld ? 1 : 0,
    brier: rounded(brier((days) => probabilityWithin[days] ?? 0)),
    naiveBrier: rounded(brier((days) => (naive < days ? 1 : 0))),
    dated: isDated ? 1 : 0,
    off: isDated ? Math.abs(p50 - real) : 0,
    naiveOff: isDated ? Math.abs(naive - real) : 0,
  };
}

/** The day in whose course what is there would be gone at this pace. */
function paceEnds(pace: number, had: (day: number) => number): number {
  if (!(pace > 0)) return Number.POSITIVE_INFINITY;
  let day = Math.ceil(had(0) / pace) - 1;
  // Until nothing comes that day any more that was not there before.
  for (let later = day; ; day = later) {
    later = Math.max(day, Math.ceil(had(day) / pace) - 1);
    if (later === day) return day;
  }
}

/** Units a day, over the days with stock. */
function mean({ units, stockedOut }: Span["before"]): number {
  const known = units.filter((_, day) => stockedOut[day] === false);
  return known.length === 0 ? 0 : known.reduce((sum, value) => sum + value, 0) / known.length;
}

import type {
  ForecastPoint,
  ForecastScore,
  ProductStockout,
  StockoutScore,
} from "../../domain/prediction.ts";
import { addDays, dateOf } from "../../domain/time.ts";
import type { ProductDemand } from "../../ports/demand.ts";
import type { DuePrediction } from "../../ports/predictions.ts";
import { storedHorizon } from "./outlook.ts";

/** The numbers of days whose probabilities are scored: those that are over when a prediction is due. */
const scoredWithin = [7, 14];

/** Days before a prediction, and the days that it speaks of. */
interface Span {
  before: Pick<ProductDemand, "units" | "stockedOut">;
  after: Pick<ProductDemand, "units" | "stockedOut">;
}

/**
 * How a prediction did beside plain rules; `null` where nothing can be said. The demand is that of the 28 days before it and
 * of the days up to its last.
 */
export function scoreOf(
  { type, data, createdAt }: Pick<DuePrediction, "type" | "data" | "createdAt">,
  { units, stockedOut }: Pick<ProductDemand, "units" | "stockedOut">,
): ForecastScore | StockoutScore | null {
  const part = (from: number, to?: number) => ({
    units: units.slice(from, to),
    stockedOut: stockedOut.slice(from, to),
  });
  const span = { before: part(0, storedHorizon), after: part(storedHorizon) };
  return type === "forecast"
    ? forecastScore((data as { points: ForecastPoint[] }).points, span)
    : stockoutScore(data as ProductStockout, dateOf(new Date(createdAt)), span);
}

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
  { verdict, quantity, date, probabilityWithin }: ProductStockout,
  from: string,
  { before, after }: Span,
): StockoutScore | null {
  // What has no stock, or no forecast, foresees nothing.
  if (verdict === "not_enough_history" || verdict === "out_of_stock" || quantity === 0) return null;
  let left = quantity;
  const out = after.units.findIndex((units, day) => {
    left -= units;
    return left <= 0 || after.stockedOut[day] === true;
  });
  const pace = mean(before);
  /** By stock ÷ mean sales: the day in whose course it would be gone. */
  const naive = pace > 0 ? Math.ceil(quantity / pace) - 1 : Number.POSITIVE_INFINITY;
  const day = (moment: string | null) =>
    moment === null
      ? Number.POSITIVE_INFINITY
      : Math.round((Date.parse(moment) - Date.parse(from)) / 86_400_000);
  const real = out < 0 ? Number.POSITIVE_INFINITY : out;
  // What lasted beyond the days that are known lasted as long as any band that reaches beyond them.
  const within = Math.min(real, after.units.length);
  const isHeld = day(date.p10) <= within && day(date.p90) >= within;
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

/** Units a day, over the days with stock. */
function mean({ units, stockedOut }: Span["before"]): number {
  const known = units.filter((_, day) => stockedOut[day] === false);
  return known.length === 0 ? 0 : known.reduce((sum, value) => sum + value, 0) / known.length;
}

const rounded = (value: number) => Math.round(value * 1000) / 1000;

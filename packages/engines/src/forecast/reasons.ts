import type { Model } from "./model.ts";
import type { Accuracy, ForecastReason } from "./types.ts";

export function confidence(tested: Accuracy): "low" | "medium" | "high" {
  const error = tested.totalError;
  if (error === null || tested.origins < 3 || (tested.relativeToNaive ?? 0) >= 1) return "low";
  return error <= 0.2 ? "high" : error <= 0.5 ? "medium" : "low";
}

export function reasons(model: Model, tested: Accuracy): ForecastReason[] {
  const { series, exposure, shop } = model;
  const out: ForecastReason[] = [];
  if (series.mean === 0) out.push({ kind: "no_demand" });
  if (exposure.week) {
    const shared = series.calendar.dated && shop?.weekday;
    const factors = Array.from(exposure.week.factors);
    if (factors.some((f) => Math.abs(f - 1) > 0.05))
      out.push({ kind: "weekday", factors, source: shared ? "shop" : "own" });
    for (const weekday of exposure.week.closed) out.push({ kind: "closed_weekday", weekday });
  }
  if (exposure.year) out.push({ kind: "yearly_season", factors: exposure.year, source: "shop" });
  for (const season of model.smooth.seasons)
    out.push({ kind: "yearly_season", factors: Array.from(season.factors), source: "own" });
  const weight = model.weights.at(-1)!;
  if (weight >= 0.5) out.push({ kind: "trend_and_season", weight });
  series.columns.forEach(({ name }, k) => {
    const coefficient = exposure.effects!.coefficients[k]!;
    out.push({ kind: "effect", regressor: name, coefficient, source: exposure.borrowed ? "shop" : "own" });
  });
  if (series.known < series.n) out.push({ kind: "unknown_demand", periods: series.n - series.known });
  const share = series.zeros / Math.max(1, series.known);
  if (share > 0.25 && series.mean > 0) out.push({ kind: "intermittent", shareOfZeros: share });
  if (shop && shop.products > 1) out.push({ kind: "borrowed_from_shop", products: shop.products });
  if ((tested.relativeToNaive ?? 0) >= 1) out.push({ kind: "not_better_than_naive" });
  return out;
}

import type { Model } from "./model.ts";
import type { Accuracy, ForecastReason, ShopProfile } from "./types.ts";

export function confidence(model: Model, tested: Accuracy): "low" | "medium" | "high" {
  const error = tested.totalError;
  if (error === null || tested.origins < 3 || (tested.relativeToNaive ?? 0) >= 1) return "low";
  return error <= 0.2 ? "high" : error <= 0.5 ? "medium" : "low";
}

export function reasons(model: Model, tested: Accuracy, shop: ShopProfile | undefined): ForecastReason[] {
  const { series, exposure } = model;
  const out: ForecastReason[] = [];
  if (series.mean === 0) out.push({ kind: "no_demand" });
  if (exposure.week) {
    const shared = series.calendar.dated && shop?.weekday;
    const factors = Array.from(exposure.week.factors);
    if (factors.some((f) => Math.abs(f - 1) > 0.05)) out.push({ kind: "weekday", factors, source: shared ? "shop" : "own" });
    for (const weekday of exposure.week.closed) out.push({ kind: "closed_weekday", weekday });
  }
  if (exposure.year) {
    const factors = Array.from(exposure.year.factors);
    const shared = series.calendar.dated && shop?.year;
    if (factors.some((f) => Math.abs(f - 1) > 0.05)) out.push({ kind: "yearly_season", factors, source: shared ? "shop" : "own" });
  }
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

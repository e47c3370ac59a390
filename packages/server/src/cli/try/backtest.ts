import { forecast } from "@amused/engines";
import { gapsOf } from "./gaps.ts";
import { horizon, type Past, seriesBefore } from "./past.ts";
import { dense, type Product, type Sales } from "./sales.ts";

/** One product's next four weeks, forecast from what was known, and what came. */
export interface Trial {
  readonly product: Product;
  /** The first day forecast. */
  readonly day: number;
  readonly forecast: number;
  /** The last four weeks once more. */
  readonly naive: number;
  readonly actual: number;
  /** Band that shall hold the total four times in five. */
  readonly lower: number;
  readonly upper: number;
  /** Whether it was probably out of stock for some of that time, so that less was sold than wanted. */
  readonly hasGap: boolean;
}

/** Forecasts each product from what was known on a day, and compares with what came. Those that are too young are left out. */
export function trialsOf(sales: Sales, products: readonly Product[], { day, shop }: Past): Trial[] {
  const trials: Trial[] = [];
  for (const product of products) {
    if (product.first > day - horizon) continue;
    const found = forecast(seriesBefore(sales, product, day), { horizon, shop, levels: [0.1, 0.9] });
    if (found.verdict !== "ok") continue;
    const units = dense(product, day + horizon);
    const at = day - product.first;
    const gaps = gapsOf(dense(product, sales.length), product.first, sales.open);
    trials.push({
      product,
      day,
      forecast: found.total.mean,
      naive: sum(units, at - horizon, at),
      actual: sum(units, at, at + horizon),
      lower: found.total.quantiles[0]!,
      upper: found.total.quantiles[1]!,
      hasGap: gaps.some(({ from, to }) => from < day + horizon && to > day),
    });
  }
  return trials;
}

/** How far forecasts were off. */
export interface ErrorOf {
  readonly trials: number;
  /** Σ|forecast − actual| / Σ actual; `null` where nothing was sold. */
  readonly wape: number | null;
  readonly naiveWape: number | null;
  /** Σ forecast / Σ actual − 1: above 0 was too much. */
  readonly bias: number | null;
  /** The share of totals within their 80 % band; `null` without trials. */
  readonly coverage80: number | null;
  /** The share of products for which naive was nearer. */
  readonly naiveNearer: number | null;
}

export function errorOf(trials: readonly Trial[]): ErrorOf {
  const total = (of: (trial: Trial) => number) => trials.reduce((sum, trial) => sum + of(trial), 0);
  const actual = total((t) => t.actual);
  const share = (value: number, of: number) => (of > 0 ? value / of : null);
  return {
    trials: trials.length,
    wape: share(
      total((t) => Math.abs(t.forecast - t.actual)),
      actual,
    ),
    naiveWape: share(
      total((t) => Math.abs(t.naive - t.actual)),
      actual,
    ),
    bias: share(
      total((t) => t.forecast - t.actual),
      actual,
    ),
    coverage80: share(
      total((t) => (t.lower <= t.actual && t.actual <= t.upper ? 1 : 0)),
      trials.length,
    ),
    naiveNearer: share(
      total((t) => (Math.abs(t.naive - t.actual) < Math.abs(t.forecast - t.actual) ? 1 : 0)),
      trials.length,
    ),
  };
}

function sum(units: Float64Array, from: number, to: number): number {
  return units.subarray(Math.max(0, from), to).reduce((total, one) => total + one, 0);
}

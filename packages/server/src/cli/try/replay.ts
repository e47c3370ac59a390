import { forecast, replenish } from "@amused/engines";
import { horizon, type Past, seriesBefore } from "./past.ts";
import { dense, type Product, type Sales } from "./sales.ts";

/** What would have become of an assumed stock, and what was said of it beforehand. */
export interface Outlook {
  readonly product: Product;
  readonly stock: number;
  /** Days until nothing was left, 1 being the first; `null`: it lasted the four weeks. */
  readonly lasted: number | null;
  /** The probability, said beforehand, that it does not last the four weeks, and the days between which it ends 8 times in 10. */
  readonly probability: number;
  readonly said: { readonly p10: number | null; readonly p50: number | null; readonly p90: number | null };
  /** Stock ÷ mean daily sales of the last four weeks; `null` beyond the four weeks. */
  readonly naive: number | null;
  /** Whether Amused would have said on that very day that it is time to order. */
  readonly isLow: boolean;
}

/** Days by which usual sales are judged. */
const usualDays = 56;

/** Gives every product the stock of `stockDays` days of its usual sales on a day, lets nothing come in, and sees what was said. */
export function replayOf(
  sales: Sales,
  products: readonly Product[],
  { day, shop }: Past,
  { leadTime, stockDays }: { leadTime: number; stockDays: number },
): Outlook[] {
  return products.flatMap((product): Outlook[] => {
    if (product.first > day - horizon) return [];
    const series = seriesBefore(sales, product, day);
    const usual = mean(series.values.slice(-usualDays));
    const recent = mean(Array.from(dense(product, day).slice(-horizon)));
    const stock = Math.round(usual * stockDays);
    if (stock < 1) return [];
    const found = forecast(series, { horizon, shop });
    if (found.verdict !== "ok") return [];
    const { runsOut, reorderPoint } = replenish(
      { demand: found.demand, stock, leadTime: { mean: leadTime } },
      { within: [horizon], paths: 500 },
    );
    const { p10, p50, p90 } = runsOut;
    const naive = recent > 0 ? Math.ceil(stock / recent) : Number.POSITIVE_INFINITY;
    return [
      {
        product,
        stock,
        lasted: lastedOf(dense(product, day + horizon).subarray(day - product.first), stock),
        probability: runsOut.within[0]!.probability,
        said: { p10, p50, p90 },
        naive: naive > horizon ? null : naive,
        isLow: stock <= reorderPoint,
      },
    ];
  });
}

export interface ReplayError {
  readonly products: number;
  readonly ranOut: number;
  /** Of those that ran out, how many were said to (with 50 % or more) … */
  readonly foreseen: number;
  /** … and how many were said to that did not. */
  readonly falseAlarms: number;
  /** Mean days between the day said (`p50`, the 28th where it was later) and the day on which it ran out. */
  readonly meanDaysOff: number | null;
  readonly naiveMeanDaysOff: number | null;
}

export function replayError(outlooks: readonly Outlook[]): ReplayError {
  const out = outlooks.filter(({ lasted }) => lasted !== null);
  const off = (said: (one: Outlook) => number | null) =>
    out.length === 0
      ? null
      : out.reduce((sum, one) => sum + Math.abs((said(one) ?? horizon) - (one.lasted as number)), 0) /
        out.length;
  return {
    products: outlooks.length,
    ranOut: out.length,
    foreseen: out.filter(({ probability }) => probability >= 0.5).length,
    falseAlarms: outlooks.filter(({ lasted, probability }) => lasted === null && probability >= 0.5).length,
    meanDaysOff: off(({ said }) => said.p50),
    naiveMeanDaysOff: off(({ naive }) => naive),
  };
}

function lastedOf(units: Float64Array, stock: number): number | null {
  let left = stock;
  const day = units.findIndex((sold) => {
    left -= sold;
    return left <= 0;
  });
  return day < 0 ? null : day + 1;
}

/** Of the days that are known. */
function mean(values: readonly (number | null)[]): number {
  const known = values.filter((value) => value !== null);
  return known.length === 0 ? 0 : known.reduce((sum, value) => sum + value, 0) / known.length;
}

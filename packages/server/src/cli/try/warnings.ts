import { forecast, type Replenishment, replenish } from "@amused/engines";
import type { Gap } from "./gaps.ts";
import { horizon, type Past, seriesBefore } from "./past.ts";
import { dense, type Product, type Sales } from "./sales.ts";

/** What a buyer would have been told before a gap. */
export interface Warning {
  /** The day from which on stock was at or under the reorder point; `null`: it never was before the gap. */
  readonly day: number | null;
  /** Days from the warning to the gap. */
  readonly notice: number;
  readonly inTime: boolean;
  /** The day on which it was then said to run out. */
  readonly saidOut: number | null;
  /** Whether it was low already on the first day looked at: the true notice may be longer. */
  readonly sinceTheBeginning: boolean;
}

/** A gap is looked at from so many days before it. */
const lookBack = 90;

/**
 * When Amused would have warned of a gap. Stock is not in the file: on each day it is taken to be what was sold from that day to the
 * gap, with no delivery between, and never more than `stockDays` days of usual sales. Nothing is said of days before the first of `pasts`: `null`
 * where that leaves none.
 */
export function warningOf(
  sales: Sales,
  product: Product,
  gap: Gap,
  previousEnd: number,
  pasts: readonly Past[],
  { leadTime, stockDays }: { leadTime: number; stockDays: number | null },
): Warning | null {
  const units = dense(product, gap.from);
  const earliest = Math.max(
    gap.from - lookBack,
    previousEnd,
    product.first + horizon,
    Math.min(...pasts.map(({ day }) => day)),
  );
  const left = new Map<number, number>();
  let stock = 0;
  for (let day = gap.from - 1; day >= earliest; day--) {
    stock += units[day - product.first]!;
    if (stockDays !== null && stock > stockDays * gap.perDay) break;
    left.set(day, stock);
  }
  const begin = gap.from - left.size;
  if (left.size === 0) return null;
  const asked = new Map<number, Replenishment | null>();
  const ask = (day: number): Replenishment | null => {
    const known = asked.get(day);
    if (known !== undefined) return known;
    const past = pasts.filter((one) => one.day <= day).sort((a, b) => b.day - a.day)[0] as Past;
    const found = forecast(seriesBefore(sales, product, day), { horizon, shop: past.shop });
    const said =
      found.verdict === "ok"
        ? replenish(
            { demand: found.demand, stock: left.get(day)!, leadTime: { mean: leadTime } },
            { paths: 500 },
          )
        : null;
    asked.set(day, said);
    return said;
  };
  const isLow = (day: number): boolean => (ask(day)?.reorderPoint ?? -1) >= left.get(day)!;

  // Stock only falls towards the gap, while the reorder point hardly moves: by halves.
  let low = gap.from;
  let before = begin - 1;
  while (low - before > 1) {
    const middle = (low + before) >> 1;
    if (isLow(middle)) low = middle;
    else before = middle;
  }
  if (low === gap.from)
    return { day: null, notice: 0, inTime: false, saidOut: null, sinceTheBeginning: false };
  const cover = ask(low)?.cover ?? null;
  return {
    day: low,
    notice: gap.from - low,
    inTime: gap.from - low >= leadTime,
    saidOut: cover === null ? null : low + Math.round(cover),
    sinceTheBeginning: low === begin,
  };
}

import { currencyDecimals } from "../domain/money.ts";
import type { Sale, SalesDay } from "../domain/sale.ts";
import type { Movement } from "../domain/stock.ts";
import { dateOf, dayMs } from "../domain/time.ts";
import type { ProductState, SellerState } from "./state.ts";

/** The history of a product by days, and on which of them it was without stock at some time. */
export function dailySales(
  seller: SellerState,
  { product, movements }: ProductState,
  { from, to, now }: { from: string; to: string; now: Date },
): SalesDay[] {
  const days = new Map<string, Sale[]>();
  for (const sale of seller.salesOfProduct.get(product.id) ?? []) {
    const date = sale.soldAt.slice(0, 10);
    if (date < from || date > to) continue;
    const day = days.get(date);
    if (day === undefined) days.set(date, [sale]);
    else day.push(sale);
  }

  const decimals = currencyDecimals(product.currency);
  const dates = datesOf(from, to);
  const stockedOut = emptyDays(movements, dates, now);
  return dates.map((date, n) => {
    const sales = days.get(date) ?? [];
    const quantity = sales.reduce((sum, sale) => sum + sale.quantity, 0);
    return { date, quantity, revenue: revenueOf(sales, decimals), stockedOut: stockedOut[n] ?? false };
  });
}

/** The days of a span. */
export function datesOf(from: string, to: string): string[] {
  const dates: string[] = [];
  // By the clock, not by the text: the year after 9999 is written otherwise.
  for (let day = Date.parse(from); day <= Date.parse(to); day += dayMs) dates.push(dateOf(new Date(day)));
  return dates;
}

/** On which of these days, which follow each other, the ledger knows a moment without stock. */
export function emptyDays(movements: readonly Movement[], dates: readonly string[], now: Date): boolean[] {
  // The clock of who writes may be ahead of ours: nothing is known of the days after both.
  const known = [dateOf(now), movements.at(-1)?.createdAt.slice(0, 10) ?? ""].sort().at(-1) as string;
  let [next, empty] = [0, false];
  return dates.map((date) => {
    // What moved before this day says with what it begins; before the first movement nothing was out of stock.
    for (; (movements[next]?.createdAt ?? "~") < date; next++) empty = movements[next]?.quantity === 0;
    let stockedOut = empty && date <= known;
    for (; movements[next]?.createdAt.startsWith(date); next++) {
      empty = movements[next]?.quantity === 0;
      stockedOut ||= empty;
    }
    return stockedOut;
  });
}

/** More decimals than any currency has. */
const scale = 4;

/** The exact sum, with the decimals of the currency; rounded only where the product once had a finer one. */
function revenueOf(sales: Sale[], decimals: number): string {
  const sum = sales.reduce((sum, { quantity, price }) => {
    const [whole = "0", fraction = ""] = price.split(".");
    return sum + BigInt(quantity) * BigInt(whole + fraction.padEnd(scale, "0"));
  }, 0n);
  const unit = 10n ** BigInt(scale - decimals);
  const rounded = ((sum < 0n ? -sum : sum) + unit / 2n) / unit;
  const digits = rounded.toString().padStart(decimals + 1, "0");
  const amount = decimals === 0 ? digits : `${digits.slice(0, -decimals)}.${digits.slice(-decimals)}`;
  return sum < 0n && rounded > 0n ? `-${amount}` : amount;
}

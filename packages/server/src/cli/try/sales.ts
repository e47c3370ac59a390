import { oneLine, Refusal } from "../fail.ts";
import type { LeftOut, SaleLine } from "../files/formats.ts";
import {
  type DateOrder,
  dateIn,
  dayNumber,
  orderOf,
  type WrittenDay,
  writtenDay,
} from "../files/written-day.ts";

/** A product's sales; days are counted from the first one of the file. */
export interface Product {
  readonly sku: string;
  readonly name: string;
  /** The mean price of what was sold; `null` where the file says none. */
  readonly price: number | null;
  /** The day of its first sale. */
  readonly first: number;
  /** Days with a sale, ascending, and the units of each. */
  readonly days: readonly number[];
  readonly units: readonly number[];
}

export interface Sales {
  readonly products: readonly Product[];
  /** The first day, in days since 1970, and how many there are up to the last sale. */
  readonly start: number;
  readonly length: number;
  /** Whether anything at all was sold: where not, the shop was closed. */
  readonly open: readonly boolean[];
  readonly lines: number;
  /** How its dates were read, where that was in question. */
  readonly order: DateOrder | null;
  readonly leftOut: Readonly<Record<Skipped, number>>;
  readonly returns: number;
  /** Returns that took a sale back as a whole, within two weeks. */
  readonly takenBack: number;
}

export type Skipped = LeftOut | "in_the_future" | "too_old";

/** Older days do not count: bounds time and memory, and a shop of then is another shop. */
const longest = 1096;
const mostProducts = 200_000;
/** No single line sells more: what is beyond is a slip, or a telephone number. */
const mostUnits = 1e7;
/** A return of as many units as one line sold, this many days before at most, takes that sale back: it was no demand. */
const takenBackWithin = 14;
/** So many of a product's largest lines and returns are known one by one. */
const largest = 32;

interface Gathering {
  name: string;
  priced: number;
  revenue: number;
  units: Map<number, number>;
  sold: Large[];
  returned: Large[];
}
type Large = { date: number; units: number };

/** Gathers lines into days of products: memory grows with these, not with the lines. */
export function gather(): { take(said: SaleLine | LeftOut): void; done(today: number): Sales } {
  const products = new Map<string, Gathering>();
  const dates = new Map<string, number>();
  const written: WrittenDay[] = [];
  const perDate: number[] = [];
  const leftOut = {
    unreadable: 0,
    cancelled: 0,
    not_a_product: 0,
    no_price: 0,
    in_the_future: 0,
    too_old: 0,
  };
  let lines = 0;
  let returns = 0;
  let noDate: string | null = null;

  function dateOf(text: string): number | null {
    const known = dates.get(text);
    if (known !== undefined) return known;
    const day = writtenDay(text);
    if (day === null) {
      noDate ??= text;
      return null;
    }
    perDate.push(0);
    dates.set(text, perDate.length - 1);
    return written.push(day) - 1;
  }

  return {
    take(said) {
      lines++;
      if (typeof said === "string") {
        leftOut[said]++;
        return;
      }
      const { quantity } = said;
      const sku = said.sku || said.productId;
      const isRead = typeof quantity === "number" && Math.abs(quantity) <= mostUnits && sku !== "";
      const date = isRead ? dateOf(dateIn(said.soldAt)) : null;
      if (!isRead || date === null) {
        leftOut.unreadable++;
        return;
      }
      perDate[date]!++;
      let product = products.get(sku);
      if (product === undefined) {
        if (products.size >= mostProducts)
          throw new Refusal(
            `The file has more than ${mostProducts.toLocaleString("en")} products: try a part of it.`,
          );
        product = { name: "", priced: 0, revenue: 0, units: new Map(), sold: [], returned: [] };
        products.set(sku, product);
      }
      if (quantity < 0) {
        returns++;
        keepLargest(product.returned, { date, units: -quantity });
      } else if (quantity > 0) {
        if (product.name === "") product.name = said.name;
        if (typeof said.price === "number" && said.price >= 0) {
          product.priced += quantity;
          product.revenue += quantity * said.price;
        }
        product.units.set(date, (product.units.get(date) ?? 0) + quantity);
        keepLargest(product.sold, { date, units: quantity });
      }
    },
    done(today) {
      const order = orderOf(written);
      const days = written.map((one) => dayNumber(one, order));
      // A shop's own day may be one ahead of ours.
      const inTime = days.filter((day) => day !== null && day <= today + 1) as number[];
      if (inTime.length === 0) throw new Refusal(noDays(lines, leftOut.unreadable, noDate, written.length));
      const last = inTime.reduce((max, day) => Math.max(max, day));
      const earliest = inTime.reduce((min, day) => (day > last - longest ? Math.min(min, day) : min), last);
      days.forEach((day, date) => {
        const count = perDate[date]!;
        if (day === null) leftOut.unreadable += count;
        else if (day > last) leftOut.in_the_future += count;
        else if (day < earliest) leftOut.too_old += count;
      });
      const length = last - earliest + 1;
      const place = (date: number): number | null => {
        const day = days[date] ?? null;
        return day !== null && day >= earliest && day <= last ? day - earliest : null;
      };
      const open = new Array<boolean>(length).fill(false);
      let takenBack = 0;
      const settled: Product[] = [];
      for (const [sku, product] of products) {
        takenBack += takeBack(product, place);
        const units = new Map<number, number>();
        for (const [date, sold] of product.units) {
          const day = place(date);
          if (day !== null && sold > 1e-9) units.set(day, (units.get(day) ?? 0) + sold);
        }
        const sorted = [...units].sort(([a], [b]) => a - b);
        if (sorted.length === 0) continue;
        for (const [day] of sorted) open[day] = true;
        settled.push({
          sku: clean(sku),
          name: clean(product.name),
          price: product.priced > 0 ? product.revenue / product.priced : null,
          first: sorted[0]![0],
          days: sorted.map(([day]) => day),
          units: sorted.map(([, sold]) => sold),
        });
      }
      return { products: settled, start: earliest, length, open, lines, order, leftOut, returns, takenBack };
    },
  };
}

function keepLargest(kept: Large[], one: Large): void {
  if (kept.length < largest) {
    kept.push(one);
    return;
  }
  let least = 0;
  for (let i = 1; i < kept.length; i++) if (kept[i]!.units < kept[least]!.units) least = i;
  if (kept[least]!.units < one.units) kept[least] = one;
}

/** Takes sales off that were returned as a whole; says how many. */
function takeBack({ units, sold, returned }: Gathering, place: (date: number) => number | null): number {
  let count = 0;
  for (const back of returned) {
    const day = place(back.date);
    if (day === null) continue;
    const at = sold.findIndex((one) => {
      const before = place(one.date);
      return one.units === back.units && before !== null && before <= day && day - before <= takenBackWithin;
    });
    if (at < 0) continue;
    const [{ date }] = sold.splice(at, 1) as [Large];
    units.set(date, units.get(date)! - back.units);
    count++;
  }
  return count;
}

/** Nothing of a file may tell the terminal what to do. */
const clean = (text: string): string => oneLine(text).slice(0, 200);

function noDays(lines: number, unreadable: number, sample: string | null, known: number): string {
  if (lines === 0) return "The file has a header and no sales.";
  if (sample !== null && known === 0)
    return oneLine(
      `No dates are understood: the first is "${sample.slice(0, 40)}"; what is read is like 2010-12-01, 12/1/2010 or 1.12.2010.`,
    );
  const all =
    lines === 1 ? "The only line is no sale" : `None of the ${lines.toLocaleString("en")} lines is a sale`;
  return `${all} that can be used (${unreadable.toLocaleString("en")} can not be read).`;
}

/** Products with the most revenue before a day (units where the file knows no prices), the largest first. */
export function best({ products, length }: Sales, count: number, before = length): Product[] {
  const worth = (product: Product): number => {
    let sum = 0;
    for (let i = 0; i < product.days.length && product.days[i]! < before; i++) sum += product.units[i]!;
    return sum * (product.price ?? (anyPrice ? 0 : 1));
  };
  const anyPrice = products.some(({ price }) => (price ?? 0) > 0);
  return products
    .map((product) => ({ product, worth: worth(product) }))
    .filter(({ worth }) => worth > 0)
    .sort((a, b) => b.worth - a.worth || (a.product.sku < b.product.sku ? -1 : 1))
    .slice(0, count)
    .map(({ product }) => product);
}

/** Units of every day from a product's first sale to `before`. */
export function dense({ first, days, units }: Product, before: number): Float64Array {
  const out = new Float64Array(Math.max(0, before - first));
  for (let i = 0; i < days.length && days[i]! < before; i++) out[days[i]! - first] = units[i]!;
  return out;
}

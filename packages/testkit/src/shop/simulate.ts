import { type Random, random } from "../random.ts";
import { makeCatalogue, type SimulatedProduct } from "./catalogue.ts";

export interface SimulatedLine {
  sku: string;
  quantity: number;
  price: string;
}

export interface SimulatedOrder {
  orderId: string;
  /** ISO 8601. */
  soldAt: string;
  lines: SimulatedLine[];
}

export interface SimulatedDay {
  /** `2025-01-31`. */
  date: string;
  /** What came in that morning. */
  deliveries: { sku: string; quantity: number }[];
  orders: SimulatedOrder[];
  /** What came back that evening, of an order of an earlier day. */
  returns: SimulatedOrder[];
  /** Products whose price is cut that day. */
  promoted: string[];
}

/** What nobody in the shop can know, by product and day: the same order of days as `days`. */
export interface SimulatedTruth {
  /** The mean of the units wanted. */
  mean: Float64Array;
  /** The units wanted, sold or not. */
  wanted: Float64Array;
  /** The same by order, as they came: who wants more than there is takes nothing. */
  lines: number[][];
  sold: Float64Array;
  /** Stock at the end of the day. */
  stock: Float64Array;
}

export interface SimulatedShop {
  products: SimulatedProduct[];
  days: SimulatedDay[];
  truth: Map<string, SimulatedTruth>;
}

export interface SimulationOptions {
  seed: number;
  products?: number;
  days?: number;
  /** The first day: `2025-01-01`. */
  start?: string;
  /** Orders on a day of the middle of the week, in a season like any. */
  ordersPerDay?: number;
}

/** Sunday first: a shop on the web, busiest in the evenings of the week's begin. */
const weekdays = [0.9, 1.2, 1.15, 1.1, 1.05, 0.9, 0.7];
const promotedShare = 0.03;
const promotionDays = 5;
const returnedShare = 0.03;
const dayMs = 86_400_000;

/**
 * A year (or as long as it is told) of a shop: seasons, weekdays, promotions, a tail that sells seldom, stock-outs, returns,
 * baskets with known affinities; and beside it the truth. The same seed makes the same shop.
 *
 * @example
 * const { products, days, truth } = simulateShop({ seed: 1, products: 20 });
 */
export function simulateShop({
  seed,
  products: count = 60,
  days: length = 365,
  start = "2025-01-01",
  ordersPerDay = 40,
}: SimulationOptions): SimulatedShop {
  const chance = random(seed);
  const products = makeCatalogue(count, chance);
  const bySku = new Map(products.map((product) => [product.sku, product]));
  const truth = new Map(products.map(({ sku }) => [sku, emptyTruth(length)]));
  const stock = new Map<string, number>();
  const arrivals = new Map<number, { sku: string; quantity: number }[]>();
  const sentBack = new Map<number, SimulatedOrder[]>();
  const onOrder = new Set<string>();
  const promotedUntil = new Map<string, number>();
  const units = averageUnits;

  // The first stock: what about a lead time and a half would need.
  const total = products.reduce((sum, { truth }) => sum + truth.weight, 0);
  for (const product of products) {
    const daily = (ordersPerDay * units * product.truth.weight) / total;
    product.quantity = 2 + Math.ceil(daily * product.leadTimeDays * (1 + chance.next()));
    stock.set(product.sku, product.quantity);
  }

  const days = Array.from({ length }, (_, day): SimulatedDay => {
    const at = Date.parse(start) + day * dayMs;
    const date = new Date(at).toISOString().slice(0, 10);
    const deliveries = arrivals.get(day) ?? [];
    for (const { sku, quantity } of deliveries) {
      stock.set(sku, (stock.get(sku) ?? 0) + quantity);
      onOrder.delete(sku);
    }
    for (const { sku } of products)
      if (!promotedUntil.has(sku) && chance.next() < promotedShare / promotionDays)
        promotedUntil.set(sku, day + promotionDays);
    for (const [sku, until] of promotedUntil) if (day >= until) promotedUntil.delete(sku);

    const orders = ordersPerDay * (weekdays[new Date(at).getUTCDay()] ?? 1);
    const dayOfYear = ((at / dayMs) % 365.25) | 0;
    const weights = products.map(
      ({ sku, truth: { weight, season, lift } }) =>
        weight *
        (1 + season.amplitude * Math.cos((2 * Math.PI * (dayOfYear - season.peak)) / 365.25)) *
        (promotedUntil.has(sku) ? lift : 1),
    );
    // What is wanted: each product begins its own orders, and those of others draw it in.
    const begun = new Map(products.map(({ sku }, i) => [sku, (orders * (weights[i] ?? 0)) / total]));
    for (const { sku, truth: hidden } of products) {
      const own = begun.get(sku) ?? 0;
      add(truth, sku, "mean", day, own * units);
      for (const { sku: other, chance: drawn } of hidden.draws)
        add(truth, other, "mean", day, own * drawn * units);
    }

    const taken: SimulatedOrder[] = [];
    for (const { sku, truth: hidden } of products) {
      for (let n = poisson(begun.get(sku) ?? 0, chance); n > 0; n--) {
        const basket = [
          sku,
          ...hidden.draws.filter((one) => chance.next() < one.chance).map((one) => one.sku),
        ];
        const lines = basket.flatMap((wantedSku): SimulatedLine[] => {
          const quantity = unitsOfLine(chance);
          add(truth, wantedSku, "wanted", day, quantity);
          truth.get(wantedSku)?.lines[day]?.push(quantity);
          const held = stock.get(wantedSku) ?? 0;
          if (held < quantity) return [];
          stock.set(wantedSku, held - quantity);
          add(truth, wantedSku, "sold", day, quantity);
          const full = Number(bySku.get(wantedSku)?.price ?? 0);
          return [
            {
              sku: wantedSku,
              quantity,
              price: (promotedUntil.has(wantedSku) ? full * 0.8 : full).toFixed(2),
            },
          ];
        });
        if (lines.length === 0) continue;
        const soldAt = new Date(at + chance.int(8 * 3600, 20 * 3600) * 1000).toISOString();
        taken.push({ orderId: `sim-${day}-${taken.length}`, soldAt, lines });
      }
    }
    taken.sort((a, b) => (a.soldAt < b.soldAt ? -1 : 1));
    for (const order of taken) {
      if (chance.next() >= returnedShare) continue;
      const back = day + chance.int(2, 14);
      const soldAt = new Date(Date.parse(start) + back * dayMs + 21 * 3600 * 1000).toISOString();
      sentBack.set(back, [...(sentBack.get(back) ?? []), { ...order, soldAt }]);
    }
    const returns = sentBack.get(day) ?? [];
    for (const { lines } of returns)
      for (const { sku, quantity } of lines) stock.set(sku, (stock.get(sku) ?? 0) + quantity);

    for (const { sku, leadTimeDays } of products) {
      const held = stock.get(sku) ?? 0;
      (truth.get(sku) as SimulatedTruth).stock[day] = held;
      const daily = recentMean(truth.get(sku) as SimulatedTruth, day);
      // A buyer who orders late now and then, so that the shop runs out as shops do.
      if (onOrder.has(sku) || held > daily * leadTimeDays * 1.1 + 1) continue;
      onOrder.add(sku);
      const arrives = day + Math.max(1, leadTimeDays + chance.int(-2, 5));
      const quantity = Math.max(3, Math.ceil(daily * (leadTimeDays + 21)));
      arrivals.set(arrives, [...(arrivals.get(arrives) ?? []), { sku, quantity }]);
    }
    return { date, deliveries, orders: taken, returns, promoted: [...promotedUntil.keys()] };
  });
  return { products, days, truth };
}

function emptyTruth(length: number): SimulatedTruth {
  const empty = () => new Float64Array(length);
  const lines = Array.from({ length }, (): number[] => []);
  return { mean: empty(), wanted: empty(), lines, sold: empty(), stock: empty() };
}

function add(
  truth: Map<string, SimulatedTruth>,
  sku: string,
  what: "mean" | "wanted" | "sold",
  day: number,
  amount: number,
): void {
  const one = truth.get(sku);
  if (one) one[what][day] = (one[what][day] ?? 0) + amount;
}

/** The mean units sold a day of the last four weeks: what the buyer goes by. */
function recentMean({ sold }: SimulatedTruth, day: number): number {
  const from = Math.max(0, day - 27);
  return sold.subarray(from, day + 1).reduce((sum, units) => sum + units, 0) / (day + 1 - from);
}

/** Units of a line: mostly one, sometimes a few, seldom a dozen. */
function unitsOfLine({ next, int }: Random): number {
  const roll = next();
  return roll < 0.7 ? 1 : roll < 0.97 ? int(2, 4) : 12;
}
const averageUnits = 0.7 + 0.27 * 3 + 0.03 * 12;

function poisson(mean: number, { next }: Random): number {
  // By products of uniforms (Knuth), in parts, so that e^-mean does not vanish.
  let left = mean;
  let count = 0;
  while (left > 0) {
    const part = Math.min(left, 500);
    left -= part;
    const limit = Math.exp(-part);
    for (let product = next(); product > limit; product *= next()) count++;
  }
  return count;
}

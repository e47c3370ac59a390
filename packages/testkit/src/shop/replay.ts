import type { Seller } from "@amused/core";
import type { SimulatedDay, SimulatedOrder, SimulatedShop } from "./simulate.ts";

/** Where a simulated shop is played to, and the clock that the system under it goes by. */
export interface ReplayTarget {
  seller: Seller;
  setClock(at: Date): void;
}

/** A simulated shop that is played into a system day by day, as a host would: with its own clock. */
export interface Replay {
  /** The system's ids by SKU. */
  readonly ids: ReadonlyMap<string, number>;
  /** Plays all days before this one (0 is the first) that were not yet played; the clock then stands at its first second. */
  until(day: number): Promise<void>;
}

const dayMs = 86_400_000;

/**
 * Makes a simulated shop's products and plays its days: deliveries in the morning, orders and returns at their times. What
 * is asked of the system afterwards can be held against `shop.truth`.
 *
 * @example
 * const played = await replayShop(shop, { seller: amused.seller("sim"), setClock });
 * await played.until(200);
 */
export async function replayShop(
  { products, days }: SimulatedShop,
  { seller, setClock }: ReplayTarget,
): Promise<Replay> {
  const start = Date.parse(days[0]?.date ?? "");
  const ids = new Map<string, number>();
  setClock(new Date(start));
  for (const { truth: _, ...product } of products)
    ids.set(product.sku, (await seller.products.create(product)).id);
  const idOf = (sku: string) => ids.get(sku) as number;
  const sale = ({ orderId, soldAt, lines }: SimulatedOrder) => ({
    ...{ orderId, soldAt },
    lines: lines.map(({ sku, ...line }) => ({ productId: idOf(sku), ...line })),
  });

  async function play({ date, deliveries, orders, returns }: SimulatedDay): Promise<void> {
    setClock(new Date(`${date}T06:00:00.000Z`));
    for (const { sku, quantity } of deliveries)
      await seller.stock.adjust(idOf(sku), { adjust: quantity, reason: "delivery" });
    for (const order of orders) {
      setClock(new Date(order.soldAt));
      await seller.sales.record(sale(order));
    }
    for (const order of returns) {
      setClock(new Date(order.soldAt));
      await seller.sales.return(sale(order));
    }
  }

  let played = 0;
  return {
    ids,
    async until(day) {
      for (; played < day; played++) await play(days[played] as SimulatedDay);
      setClock(new Date(start + played * dayMs + 1_000));
    },
  };
}

/**
 * The same shop as one that was elsewhere before: its products with the stock of that morning, and the sales of all days
 * before it from a file. Nothing is known of when it was out of stock.
 */
export async function importShop(
  { products, days, truth }: SimulatedShop,
  day: number,
  { seller, setClock }: ReplayTarget,
): Promise<Replay["ids"]> {
  const past = days.slice(0, day);
  setClock(new Date(Date.parse(days[day]?.date ?? "") + 1_000));
  const ids = new Map<string, number>();
  for (const { truth: _, quantity, ...product } of products) {
    const stock = truth.get(product.sku)?.stock[day - 1] ?? quantity;
    ids.set(product.sku, (await seller.products.create({ ...product, quantity: stock })).id);
  }
  const rows = past.flatMap(({ orders, returns }) => [
    ...orders.flatMap((order) => rowsOf(order, 1)),
    ...returns.flatMap((order) => rowsOf(order, -1)),
  ]);
  const { failed } = await seller.sales.import(`sku,quantity,price,soldAt\n${rows.join("\n")}\n`);
  if (failed > 0) throw new Error(`${failed} rows of a simulated shop were refused.`);
  return ids;
}

const rowsOf = ({ soldAt, lines }: SimulatedOrder, sign: number) =>
  lines.map(({ sku, quantity, price }) => [sku, sign * quantity, price, soldAt].join());

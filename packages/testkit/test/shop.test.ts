import { expect, test } from "vitest";
import { simulateShop } from "../src/shop/simulate.ts";

const shop = simulateShop({ seed: 7, products: 40 });
const sum = (numbers: Iterable<number>) => [...numbers].reduce((total, one) => total + one, 0);

test("the same seed makes the same shop, another seed another", () => {
  expect(simulateShop({ seed: 7, products: 40 })).toEqual(shop);
  expect(simulateShop({ seed: 8, products: 40 }).days).not.toEqual(shop.days);
});

test("stock is what came in, less what was sold, plus what came back, and never below zero", () => {
  for (const { sku, quantity } of shop.products) {
    let stock = quantity;
    for (const [day, { deliveries, orders, returns }] of shop.days.entries()) {
      const of = (lists: { sku: string; quantity: number }[]) =>
        sum(lists.filter((one) => one.sku === sku).map((one) => one.quantity));
      stock +=
        of(deliveries) - of(orders.flatMap((one) => one.lines)) + of(returns.flatMap((one) => one.lines));
      expect(stock).toBe(shop.truth.get(sku)?.stock[day]);
      expect(stock).toBeGreaterThanOrEqual(0);
    }
  }
});

test("what is wanted is about its mean, and more than what is sold where it ran out", () => {
  const all = [...shop.truth.values()];
  const wanted = sum(all.flatMap((one) => [...one.wanted]));
  expect(wanted / sum(all.flatMap((one) => [...one.mean]))).toBeCloseTo(1, 1);
  expect(sum(all.flatMap((one) => [...one.sold]))).toBeLessThan(wanted);
  const emptyDays = sum(all.flatMap((one) => [...one.stock].map((units) => Number(units === 0))));
  expect(emptyDays).toBeGreaterThan(100);
});

test("it has what shops have: seasons, weekdays, promotions, a tail, returns, baskets of what belongs together", () => {
  const share = (pick: (day: (typeof shop.days)[number]) => boolean) => {
    const picked = shop.days.filter(pick);
    return sum(picked.map(({ orders }) => orders.length)) / picked.length;
  };
  const weekday = (date: string) => new Date(date).getUTCDay();
  expect(share(({ date }) => weekday(date) === 1)).toBeGreaterThan(
    1.3 * share(({ date }) => weekday(date) === 6),
  );
  expect(shop.days.some(({ promoted }) => promoted.length > 0)).toBe(true);
  expect(sum(shop.days.map(({ returns }) => returns.length))).toBeGreaterThan(50);
  const sold = shop.products.map(({ sku }) => sum(shop.truth.get(sku)?.sold ?? [])).sort((a, b) => b - a);
  expect(sum(sold.slice(0, 8))).toBeGreaterThan(0.5 * sum(sold));
  const [pair] = shop.products.flatMap(({ sku, truth }) => truth.draws.map((other) => [sku, other.sku]));
  const together = shop.days
    .flatMap(({ orders }) => orders)
    .filter(({ lines }) => pair?.every((one) => lines.some(({ sku }) => sku === one)));
  expect(together.length).toBeGreaterThan(10);
});

import { createAmused, memoryStore, type ProductForecast } from "@amused/core";
import { afterEach, expect, test } from "vitest";
import { simulateShop } from "../src/shop/simulate.ts";

const days = 200;
const sold = simulateShop({ seed: 3, products: 40, days: days + 28, start: "2025-01-01" });
const morning = new Date(Date.parse("2025-01-01T06:00:00Z") + days * 86_400_000);

const open: (() => Promise<void>)[] = [];
afterEach(() => Promise.all(open.splice(0).map((close) => close())));

/** The shop as it is known on the morning after its last day, and what is forecast for each of its products. */
async function openShop() {
  const amused = await createAmused({ store: memoryStore(), now: () => morning });
  open.push(() => amused.close());
  const shop = amused.seller("acme");
  const ids: number[] = [];
  for (const { name, sku } of sold.products) ids.push((await shop.products.create({ name, sku })).id);
  const lines = sold.days
    .slice(0, days)
    .flatMap(({ orders }) => orders)
    .flatMap(({ soldAt, orderId, lines }) =>
      lines.map(({ sku, quantity, price }) => [sku, quantity, price, soldAt, orderId].join(",")),
    );
  await shop.sales.import(`sku,quantity,price,soldAt,orderId\n${lines.join("\n")}\n`);
  return {
    amused,
    async forecasts() {
      const made: ProductForecast[] = [];
      for (const id of ids) made.push(await shop.predictions.forecast(id));
      return made;
    },
  };
}

const kinds = ({ reasons }: ProductForecast) => reasons.map(({ kind }) => kind);

/** How far the days' means lie from the true ones, and which share of what was wanted the band held. */
function measure(forecasts: ProductForecast[]): { error: number; held: number } {
  let [off, wanted, held] = [0, 0, 0];
  forecasts.forEach(({ points }, n) => {
    const truth = sold.truth.get(sold.products[n]?.sku ?? "");
    points.forEach(({ mean, p10, p90 }, day) => {
      const expected = truth?.mean[days + day] ?? 0;
      const came = truth?.wanted[days + day] ?? 0;
      off += Math.abs(mean - expected);
      wanted += expected;
      if (came >= p10 && came <= p90) held++;
    });
  });
  return { error: off / wanted, held: held / (28 * forecasts.length) };
}

test("what a shop's products teach of each other is learned by the daily pass, and brings forecasts nearer to the truth", {
  timeout: 120_000,
}, async () => {
  const alone = await (await openShop()).forecasts();
  expect(alone.flatMap(kinds)).not.toContain("borrowed_from_shop");

  const { amused, forecasts } = await openShop();
  await amused.start();
  // What was on its way when the shop was learned is without it until the next day.
  const borrowed = async () => (await forecasts()).filter((one) => kinds(one).includes("borrowed_from_shop"));
  await expect
    .poll(async () => (await borrowed()).length, { timeout: 60_000, interval: 500 })
    .toBeGreaterThan(35);
  const [before, after] = [measure(alone), measure(await forecasts())];
  expect(after.error).toBeLessThan(0.95 * before.error);
  expect(Math.abs(after.held - 0.8)).toBeLessThan(0.05);
});

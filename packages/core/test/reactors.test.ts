import { afterEach, expect, test } from "vitest";
import { type Amused, createAmused } from "../src/amused.ts";
import { memoryStore } from "../src/memory/store.ts";
import { crossings } from "../src/reactors/stock-levels.ts";

let amused: Amused;
afterEach(() => amused?.close());

const poll = (value: () => unknown) => expect.poll(value, { timeout: 15_000, interval: 50 });

test.each([
  [5, 4, 3, []],
  [5, 3, 3, ["stock.low"]],
  [3, 2, 3, []],
  [5, 0, 3, ["stock.depleted"]],
  [1, 0, null, ["stock.depleted"]],
  [0, 2, 3, ["stock.replenished"]],
  [2, 9, 3, ["stock.replenished"]],
  [0, 9, null, ["stock.replenished"]],
  [4, 9, 3, []],
])("from %i to %i with a reorder point of %s: %j", (before, after, point, told) => {
  expect(crossings(before, after, point)).toEqual(told);
});

test("stock that falls to its reorder point, is gone and comes back is told of once each", async () => {
  amused = await createAmused({ store: memoryStore() });
  await amused.start();
  const shop = amused.seller("acme");
  const { id } = await shop.products.create({ name: "Tea", quantity: 5, reorderPoint: 3 });
  for (const quantity of [1, 1, 1]) await shop.sales.record({ lines: [{ productId: id, quantity }] });
  await shop.stock.adjust(id, { adjust: -2, reason: "broken" });
  await shop.stock.adjust(id, { adjust: 40, reason: "delivery" });
  const told = async () =>
    (await shop.events.list({ types: ["stock.low", "stock.depleted", "stock.replenished"] })).items.map(
      ({ type, payload }) => [type, payload.quantity, payload.reorderPoint],
    );
  await poll(async () => (await told()).length).toBe(3);
  expect(await told()).toEqual([
    ["stock.low", 3, 3],
    ["stock.depleted", 0, 3],
    ["stock.replenished", 40, 3],
  ]);
});

test("a burst of sales of one product leads to one or two forecasts of it, of which the last knows all", async () => {
  amused = await createAmused({ store: memoryStore() });
  await amused.start();
  const shop = amused.seller("acme");
  const { id } = await shop.products.create({ name: "Tea", quantity: 5_000 });
  await Promise.all(
    Array.from({ length: 1_000 }, () => shop.sales.record({ lines: [{ productId: id, quantity: 1 }] })),
  );
  const made = async () =>
    (await shop.events.list({ types: ["prediction.updated"], limit: 200 })).items.filter(
      ({ payload }) => payload.predictionType === "stockout",
    );
  await poll(async () => {
    const data = (await made()).at(-1)?.payload.prediction.data as { quantity: number } | undefined;
    return data?.quantity;
  }).toBe(4_000);
  // One more is of the product's creation.
  expect((await made()).length).toBeLessThanOrEqual(3);
});

test("products that nothing happens to are predicted by the daily pass, for every seller", async () => {
  const store = memoryStore();
  amused = await createAmused({ store });
  for (const seller of ["acme", "bolt"])
    await amused.seller(seller).products.create({ name: "Tea", quantity: 5 });
  await amused.start();
  for (const seller of ["acme", "bolt"])
    await poll(async () => (await amused.seller(seller).predictions.list()).items.length).toBeGreaterThan(1);
});

import { expect, test } from "vitest";
import { createRecommender, forecast, learnShop, replenish, type SeriesInput } from "../src/index.ts";

const values = Array.from({ length: 60 }, (_, day) => (day * 7919) % 11);
const series: SeriesInput = { values, frequency: "daily" };
const found = forecast(series, { horizon: 14 });
if (found.verdict !== "ok") throw new Error("the series is too short");
const { demand } = found;
const leadTime = { mean: 3 };

test.each([
  ["noise", { ...demand, noise: "x" }],
  ["drift", { ...demand, drift: [] }],
  ["NaN", { ...demand, mean: demand.mean.map(() => Number.NaN) }],
  ["negative", { ...demand, mean: demand.mean.map(() => -1) }],
  ["nothing", {}],
  ["null", null],
])("demand that no forecast made is refused: %s", (_, broken) => {
  expect(() => replenish({ demand: broken as never, stock: 20, leadTime })).toThrow(/^demand/);
});

test("demand that was kept as JSON is as good as new", () => {
  const kept = JSON.parse(JSON.stringify(demand)) as typeof demand;
  expect(replenish({ demand: kept, stock: 20, leadTime })).toEqual(
    replenish({ demand, stock: 20, leadTime }),
  );
});

test("whatever the pack, something is ordered where something is wanted", () => {
  expect(replenish({ demand, stock: 20, leadTime, packSize: 1e12 }).order.quantity).toBe(1e12);
});

test("a profile that learnShop did not make is refused, and a series that it can not read is named", () => {
  for (const shop of [{}, { version: 9, frequency: "daily" }])
    expect(() => forecast(series, { horizon: 7, shop: shop as never })).toThrow(/^shop/);
  const bad = { ...series, values: [1, Number.NaN] };
  expect(() => learnShop([series, bad], { horizon: 7 })).toThrow(/^1\.values\.1/);
});

test("a text is no basket", () => {
  const recommender = createRecommender({ products: [{ id: "a", name: "A" }] });
  expect(() => recommender.addBasket("ab")).toThrow(/^ids/);
  expect(() => recommender.complete("")).toThrow(/^ids/);
  expect(() => recommender.complete(5 as never)).toThrow(/^ids/);
});

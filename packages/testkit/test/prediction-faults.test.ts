import { createAmused, memoryStore, type ProductForecast, type ProductStockout } from "@amused/core";
import { beforeAll, expect, test } from "vitest";
import { predictionFaults } from "../src/prediction-faults.ts";

const today = "2026-03-02";
let forecast: ProductForecast;
let stockout: ProductStockout;
beforeAll(async () => {
  const now = () => new Date(`${today}T12:00:00.000Z`);
  const amused = await createAmused({ store: memoryStore({ now }), now });
  const shop = amused.seller("acme");
  const { id } = await shop.products.create({ name: "Tea", quantity: 40 });
  const day = (ago: number) => new Date(now().getTime() - ago * 86_400_000).toISOString().slice(0, 10);
  await shop.sales.import(
    `productId,quantity,soldAt\n${Array.from({ length: 60 }, (_, n) => `${id},${n % 5},${day(n + 1)}\n`)
      .filter((row) => !row.includes(",0,"))
      .join("")}`,
  );
  forecast = await shop.predictions.forecast(id);
  stockout = await shop.predictions.stockout(id);
  await amused.close();
});

test("nothing is wrong with predictions as they are made", () => {
  expect(predictionFaults({ today, forecast, stockout })).toEqual([]);
});

test.each<[string, (stockout: ProductStockout, forecast: ProductForecast) => void, RegExp]>([
  ["a number that is none", (one) => Object.assign(one, { daysOfCover: Number.NaN }), /daysOfCover is NaN/],
  [
    "one that JSON lost",
    (_, one) => Object.assign(one.points[3] ?? {}, { mean: null }),
    /mean of .* is null/,
  ],
  ["a band upside down", (_, one) => Object.assign(one.points[3] ?? {}, { p10: 99 }), /not in order/],
  ["a day left out", (_, one) => void one.points.splice(1, 1), /point 1 is of/],
  ["dates upside down", (one) => Object.assign(one.date, { p90: today }), /dates are/],
  ["a date gone by", (one) => Object.assign(one.date, { p10: "2026-03-01" }), /runs out on 2026-03-01/],
  ["a probability that falls", (one) => Object.assign(one.probabilityWithin, { "30": 0 }), /falls to 0/],
  ["more than certain", (one) => Object.assign(one.probabilityWithin, { "30": 1.2 }), /is 1.2/],
  ["dates beside other odds", (one) => Object.assign(one.date, { p50: null, p90: null }), /p50 on null/],
  ["a verdict of no stock", (one) => Object.assign(one, { verdict: "out_of_stock" }), /with 40 units/],
  ["a model that is none", (one) => Object.assign(one, { model: null }), /no model/],
  ["a confidence beyond 1", (_, one) => Object.assign(one, { confidence: 2 }), /confidence is 2/],
])("it finds %s", (_, spoil, said) => {
  const spoiled = structuredClone({ stockout, forecast });
  spoil(spoiled.stockout, spoiled.forecast);
  expect(predictionFaults({ today, ...spoiled }).join("\n")).toMatch(said);
});

import { afterEach, expect, test } from "vitest";
import { type Amused, createAmused } from "../src/amused.ts";
import type { ForecastPoint, ProductStockout } from "../src/domain/prediction.ts";
import { addDays, dateOf } from "../src/domain/time.ts";
import { memoryStore } from "../src/memory/store.ts";
import { outlook } from "../src/services/predictions/outlook.ts";
import { plainModel, receiptsOf, recordOf } from "../src/services/predictions/receipts.ts";
import { scoreOf } from "../src/services/predictions/score.ts";

let amused: Amused | undefined;
afterEach(() => amused?.close());

const createdAt = "2026-03-02T10:00:00.000Z";
const flat = (value: number, days = 28) => new Array<number>(days).fill(value);
const demandOf = (before: number[], after: number[], empty: number[] = []) => ({
  firstDay: "2025-01-01",
  units: [...before, ...after],
  stockedOut: [...before, ...after].map((_, day) => empty.includes(day)),
});

test("a forecast is scored over the days with stock, beside the four weeks before", () => {
  const points = flat(2).map((mean, day): ForecastPoint => {
    return { date: addDays("2026-03-02", day), mean, p10: 1, p50: 2, p90: 3 };
  });
  const after = [...flat(2, 26), 9, 50];
  const score = scoreOf(
    { type: "forecast", data: { points }, createdAt },
    demandOf(flat(3), after, [28 + 27]),
  );
  expect(score).toEqual({ days: 27, sold: 61, forecast: 54, naive: 81, held: 26, off: 7, naiveOff: 20 });
  expect(scoreOf({ type: "forecast", data: { points: [] }, createdAt }, demandOf(flat(3), after))).toBeNull();
});

test("a stock-out is scored by the day on which the stock of then was sold, or was gone", () => {
  const data = (changes: Partial<ProductStockout>) => ({
    ...{ verdict: "runs_out", quantity: 20, probabilityWithin: { "7": 0.5, "14": 1, "30": 1 } },
    ...{ date: { p10: "2026-03-08", p50: "2026-03-10", p90: "2026-03-14" } },
    ...changes,
  });
  const score = (changes: Partial<ProductStockout>, after: number[], empty: number[] = []) =>
    scoreOf({ type: "stockout", data: data(changes), createdAt }, demandOf(flat(4), after, empty));
  // Two a day: the last of 20 goes on the tenth day. Stock ÷ 4 says the fifth.
  expect(score({}, flat(2))).toEqual({
    ...{ ranOutOn: "2026-03-11", held: 1, dated: 1, off: 1, naiveOff: 5 },
    ...{ brier: 0.125, naiveBrier: 0.5 },
  });
  expect(score({}, flat(2), [28 + 3]), "stock was gone before").toMatchObject({
    ...{ ranOutOn: "2026-03-05", held: 0, off: 5, naiveOff: 1 },
  });
  const lasting = {
    date: { p10: "2026-03-20", p50: null, p90: null },
    probabilityWithin: { "7": 0, "14": 0 },
  };
  expect(score(lasting, flat(0))).toEqual({
    ...{ ranOutOn: null, held: 1, brier: 0, naiveBrier: 1, dated: 0, off: 0, naiveOff: 0 },
  });
  const counting = (date: string) => ({
    reorder: { because: [{ kind: "incoming_counted", arrivals: [{ date, quantity: 10 }] }] } as never,
  });
  expect(score(counting("2026-03-05"), flat(2)), "with the goods it counted on").toMatchObject({
    ...{ ranOutOn: "2026-03-16", off: 6, naiveOff: 7 },
  });
  expect(score(counting("2026-03-25"), flat(2)), "which came too late").toMatchObject({
    ...{ ranOutOn: "2026-03-11", off: 1, naiveOff: 5 },
  });
  const million = { quantity: 1_000_000_000, ...counting("2026-03-05") };
  expect(
    scoreOf({ type: "stockout", data: data(million), createdAt }, demandOf(flat(0.1), flat(2))),
  ).toMatchObject({
    ...{ ranOutOn: null, dated: 0 },
  });
  expect(score({ verdict: "out_of_stock", quantity: 0 }, flat(2))).toBeNull();
});

test("days on which a product was not there yet are none of the plain rule's", () => {
  const points = flat(4).map((mean, day): ForecastPoint => {
    return { date: addDays("2026-03-02", day), mean, p10: 1, p50: 4, p90: 6 };
  });
  const young = { ...demandOf([...flat(0, 14), ...flat(4, 14)], flat(4)), firstDay: "2026-02-16" };
  expect(scoreOf({ type: "forecast", data: { points }, createdAt }, young)).toMatchObject({ naive: 112 });
});

test("what lasted beyond the days that are known was within a band that reaches beyond them", () => {
  const held = (p10: string | null, p90: string | null) => {
    const stockout = { verdict: "safe", quantity: 500, date: { p10, p50: null, p90 }, probabilityWithin: {} };
    const score = scoreOf(
      { type: "stockout", data: { ...stockout, reorder: null }, createdAt },
      demandOf(flat(1), flat(1)),
    );
    return (score as { held: number }).held;
  };
  expect(held(null, null), "nothing was foreseen, and nothing came").toBe(1);
  expect(held("2026-04-20", null)).toBe(1);
  expect(held("2026-03-20", "2026-03-30"), "the day after the last").toBe(1);
  expect(held("2026-03-20", "2026-03-29"), "the last day").toBe(0);
});

test("what happened on a prediction's day before it was made is no part of what came", () => {
  const stockout = {
    ...{ verdict: "safe", quantity: 5, probabilityWithin: {}, reorder: null },
    date: { p10: "2026-03-10", p50: "2026-03-12", p90: "2026-03-20" },
  };
  const outOn = (after: number[], soldLater: number, empty: number[] = []) =>
    scoreOf({ type: "stockout", data: stockout, createdAt }, demandOf(flat(1), after, empty), soldLater);
  expect(outOn([10, ...flat(0, 27)], 0), "ten were sold in the morning").toMatchObject({ ranOutOn: null });
  expect(outOn([10, ...flat(0, 27)], 5), "of ten, five later").toMatchObject({ ranOutOn: "2026-03-02" });
  expect(outOn([10, ...flat(1, 27)], 2)).toMatchObject({ ranOutOn: "2026-03-05" });
  expect(outOn(flat(0), 0, [28]), "there was none until goods came that day").toMatchObject({
    ranOutOn: null,
  });
  expect(outOn(flat(0), 0, [28, 29]), "nor is there any the next day").toMatchObject({
    ranOutOn: "2026-03-03",
  });
});

const scored = (off: number, naiveOff: number, model = "mixture") => ({
  ...{ id: 1, productId: 7, type: "forecast" as const, model, createdAt, dueOn: "2026-03-29" },
  ...{ score: { days: 28, sold: 100, forecast: 100, naive: 100, off, naiveOff, held: 21 } },
  scoredAt: createdAt,
});

test("the engine steps back where four forecasts or more did worse than the plain rule, and is tried again once they are old", () => {
  expect(receiptsOf([])).toBeNull();
  const worse = [scored(30, 20), scored(20, 25), scored(30, 20), scored(30, 20)];
  expect(receiptsOf(worse.slice(1))?.steppedBack).toBe(false);
  expect(receiptsOf(worse)).toEqual({
    ...{ scored: 4, wape: 0.275, naiveWape: 0.213, coverage80: 0.75, steppedBack: true },
  });
  expect(receiptsOf(worse.map(() => scored(20, 20)))?.steppedBack).toBe(false);
  const plain = [scored(90, 20, plainModel), scored(90, 20, plainModel)];
  expect(receiptsOf([...plain, ...worse])?.steppedBack).toBe(true);
  expect(receiptsOf([...plain, ...plain, ...worse.slice(1)])?.steppedBack, "its own are too few").toBe(false);
});

test("a forecast for which the engine stepped back is the plain level, and says so", () => {
  const units = Array.from({ length: 200 }, (_, day) => (day < 150 ? 20 : 4));
  const demand = {
    ...{ productId: 7, firstDay: "2025-08-14", units, stockedOut: units.map(() => false), quantity: 50 },
    ...{ price: "1.00", leadTimeDays: 7, reorderPoint: null, category: null },
    ...{ serviceLevel: null, packSize: null, minimumOrder: null, incoming: [] },
  };
  const base = { demand, settings: {}, from: "2025-08-14", today: "2026-03-02", at: new Date(createdAt) };
  const receipts = { scored: 5, wape: 0.5, naiveWape: 0.3, coverage80: 0.6, steppedBack: true };
  const { forecast, stockout } = outlook({ ...base, receipts });
  expect([forecast.model, stockout.model]).toEqual([plainModel, plainModel]);
  expect(forecast.reasons[0]).toEqual({ kind: "stepped_back", ...receipts });
  expect(forecast.receipts).toEqual(receipts);
  const own = outlook({ ...base, receipts: { ...receipts, steppedBack: false } }).forecast;
  expect(own.model).not.toBe(plainModel);
  expect(own.points[0]?.mean).not.toBe(forecast.points[0]?.mean);
});

test("what was predicted is scored by itself when its last day is over, and stands beside the next prediction", async () => {
  let at = Date.parse(createdAt);
  const now = () => new Date(at);
  const store = memoryStore({ now });
  let summed = 0;
  const predictions: typeof store.predictions = {
    ...store.predictions,
    sums(...asked) {
      summed++;
      return store.predictions.sums(...asked);
    },
  };
  amused = await createAmused({ store: { ...store, predictions }, now });
  const shop = amused.seller("acme");
  const { id } = await shop.products.create({ name: "Tea", quantity: 120 });
  const rows = (days: number[], from: string) =>
    days.map((units, day) => `${id},${units},${addDays(from, day)}`).join("\n");
  const past = Array.from({ length: 60 }, (_, day) => 3 + (day % 3));
  await shop.sales.import(`productId,quantity,soldAt\n${rows(past, addDays(dateOf(now()), -60))}\n`);
  const first = await shop.predictions.forecast(id);
  expect(first.receipts).toBeNull();
  await shop.predictions.stockout(id);
  expect((await shop.predictions.record()).forecast).toEqual({
    ...{ scored: 0, wape: null, naiveWape: null, coverage80: null },
  });

  at += 29 * 86_400_000;
  await shop.sales.import(`productId,quantity,soldAt\n${rows(flat(4, 29), addDays(dateOf(now()), -29))}\n`);
  await amused.start();
  await expect.poll(async () => (await shop.predictions.scores()).items.length, { timeout: 10_000 }).toBe(2);
  const { items } = await shop.predictions.scores({ productId: id, type: "forecast" });
  expect(items).toMatchObject([{ productId: id, type: "forecast", score: { days: 28, sold: 112 } }]);
  summed = 0;
  for (let n = 0; n < 3; n++)
    expect((await shop.predictions.record()).forecast).toMatchObject({ scored: 1, coverage80: 1 });
  expect(summed, "over the shop: once, until there is another score").toBe(1);
  const record = await shop.predictions.record({ productId: id });
  const { made, scored, forecast } = amused.services.predictions.counters;
  expect([made >= 2, scored, forecast.days, forecast.sold]).toEqual([
    ...[true, { forecast: 1, stockout: 1 }, 28, 112],
  ]);
  expect(record.forecast).toMatchObject({ scored: 1, coverage80: 1 });
  expect(record.forecast.wape).toBeLessThan(0.1);
  expect(record.stockout.scored).toBe(1);
  await shop.stock.adjust(id, { adjust: 5, reason: "found" });
  at += 2_000;
  const { receipts } = await shop.predictions.forecast(id);
  expect(receipts).toEqual({ ...record.forecast, steppedBack: false });
  await expect(shop.predictions.record({ productId: 999 })).rejects.toMatchObject({ code: "not_found" });
});

test("a record is what the sums of scores say", () => {
  expect(recordOf([], "2026-01-01")).toEqual({
    since: "2026-01-01",
    forecast: { scored: 0, wape: null, naiveWape: null, coverage80: null },
    stockout: {
      ...{ scored: 0, coverage80: null, brier: null, naiveBrier: null, dayError: null, naiveDayError: null },
    },
  });
  const sums = { held: 3, brier: 0.4, naiveBrier: 1, dated: 2, off: 3, naiveOff: 8 };
  expect(recordOf([{ type: "stockout", scored: 4, sums }], "2026-01-01").stockout).toEqual({
    ...{ scored: 4, coverage80: 0.75, brier: 0.1, naiveBrier: 0.25, dayError: 1.5, naiveDayError: 4 },
  });
});

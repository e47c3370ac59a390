import fc from "fast-check";
import { afterEach, expect, test } from "vitest";
import { type Amused, createAmused } from "../src/amused.ts";
import type { ProductStockout } from "../src/domain/prediction.ts";
import type { SellerSettings } from "../src/domain/settings.ts";
import { addDays, dateOf } from "../src/domain/time.ts";
import { memoryStore } from "../src/memory/store.ts";
import type { ProductDemand } from "../src/ports/demand.ts";
import { outlook } from "../src/services/predictions/outlook.ts";

let amused: Amused | undefined;
afterEach(() => amused?.close());

const today = "2026-03-02";
const from = addDays(today, -90);

/** What is said of a product with this history. */
function stockoutOf(changes: Partial<ProductDemand>, settings: Partial<SellerSettings> = {}) {
  const units = changes.units ?? Array.from({ length: 90 }, (_, day) => 3 + (day % 4));
  const demand: ProductDemand = {
    ...{ productId: 7, firstDay: from, units, stockedOut: units.map(() => false), quantity: 40 },
    ...{ price: "2.50", reorderPoint: null, category: null, incoming: [] },
    ...{ leadTimeDays: null, serviceLevel: null, packSize: null, minimumOrder: null },
    ...changes,
  };
  const at = new Date(`${today}T10:00:00.000Z`);
  return structuredClone(outlook(structuredClone({ demand, settings, from, today, at, receipts: null })))
    .stockout;
}

const histories = fc.array(fc.integer({ min: 0, max: 12 }), { minLength: 90, maxLength: 90 });
const situations = fc.record({
  units: histories,
  quantity: fc.integer({ min: 0, max: 300 }),
  leadTimeDays: fc.constantFrom(null, 0, 5, 40, 365, 3650),
  packSize: fc.constantFrom(null, 1, 7, 24, 1_000_000_000),
  minimumOrder: fc.constantFrom(null, 1, 50, 1_000_000_000),
});
const arrivals = fc.array(
  fc.record({ days: fc.integer({ min: -40, max: 90 }), quantity: fc.integer({ min: 1, max: 200 }) }),
  { maxLength: 4 },
);
const expectedOn = ({ days, quantity }: { days: number; quantity: number }) => ({
  ...{ expectedOn: addDays(today, days), quantity },
});

test("an order is none, or at least the minimum in whole packs, by a day that its arrival fits to", () => {
  fc.assert(
    fc.property(situations, arrivals, (situation, incoming) => {
      const { reorder } = stockoutOf({ ...situation, incoming: incoming.map(expectedOn) });
      if (reorder === null) return;
      const { quantity, packSize, minimumOrder, by, arrives, leadTimeDays, lostSales, point } = reorder;
      if (quantity === 0) expect([by, arrives]).toEqual([null, null]);
      else {
        expect(quantity).toBeGreaterThanOrEqual(minimumOrder);
        expect(quantity % packSize).toBe(0);
        expect(by && by >= today).toBe(true);
        expect(arrives).toBe(addDays(by ?? "", leadTimeDays));
      }
      expect([point >= 0, lostSales.units >= 0]).toEqual([true, true]);
      expect(lostSales.money).toMatch(/^\d+\.\d\d$/);
    }),
    { numRuns: 12, seed: 7 },
  );
});

test("a higher service level never lowers the point, nor a longer lead time", () => {
  fc.assert(
    fc.property(histories, fc.integer({ min: 0, max: 60 }), (units, leadTimeDays) => {
      const pointAt = (serviceLevel: number, more = 0) =>
        stockoutOf({ units, serviceLevel, leadTimeDays: leadTimeDays + more }).reorder?.point ?? 0;
      const points = [0.5, 0.8, 0.95, 0.999].map((level) => pointAt(level));
      expect(points).toEqual(points.toSorted((a, b) => a - b));
      expect(pointAt(0.95, 10)).toBeGreaterThanOrEqual(points[2] ?? 0);
    }),
    { numRuns: 4, seed: 7 },
  );
});

test("more that is on its way never brings the day nearer on which stock runs out", () => {
  fc.assert(
    fc.property(situations, arrivals, arrivals, (situation, some, more) => {
      const [less, all] = [some, [...some, ...more]].map((incoming) => {
        const days = incoming.map(expectedOn).sort((a, b) => (a.expectedOn < b.expectedOn ? -1 : 1));
        return stockoutOf({ ...situation, incoming: days });
      });
      for (const share of ["p10", "p50", "p90"] as const)
        expect((all?.date[share] ?? "never") >= (less?.date[share] ?? "never")).toBe(true);
      for (const [days, probability] of Object.entries(all?.probabilityWithin ?? {}))
        expect(probability).toBeLessThanOrEqual(less?.probabilityWithin[days] ?? 0);
    }),
    { numRuns: 8, seed: 7 },
  );
});

test("goods arrive at the beginning of their day; those that are late are counted on today, for thirty days", () => {
  const expected = (days: number) => {
    const { date, reorder } = stockoutOf({ quantity: 9, incoming: [expectedOn({ days, quantity: 500 })] });
    return [
      date.p50 === null,
      reorder?.incoming,
      reorder?.because.find(({ kind }) => /overdue/.test(kind))?.counted,
    ];
  };
  expect([0, 1, -1, -30, -31].map(expected)).toEqual([
    [true, 500, undefined],
    [true, 500, undefined],
    [true, 500, true],
    [true, 500, true],
    [false, 0, false],
  ]);
});

test("a lead time beyond a year is told as it is, and reckoned with as a year", () => {
  const [year, decade] = [365, 3650].map((leadTimeDays) => stockoutOf({ leadTimeDays }).reorder);
  expect(decade).toMatchObject({ leadTimeDays: 3650, point: year?.point, late: true });
  expect(decade?.because[0]).toEqual({ kind: "lead_time", days: 3650, source: "product", counted: 365 });
  expect(decade?.arrives).toBe(addDays(today, 3650));
});

test("a setting that is changed while predictions are made is in the next answer", async () => {
  const store = memoryStore();
  const { save } = store.predictions;
  let meanwhile: (() => Promise<unknown>) | null = null;
  amused = await createAmused({
    store: {
      ...store,
      predictions: {
        ...store.predictions,
        async save(...given) {
          const work = meanwhile;
          meanwhile = null;
          await work?.();
          return save(...given);
        },
      },
    },
  });
  const shop = amused.seller("acme");
  const { id } = await shop.products.create({ name: "Tea", quantity: 40 });
  const day = (ago: number) => new Date(Date.now() - ago * 86_400_000).toISOString().slice(0, 10);
  const rows = Array.from({ length: 40 }, (_, n) => `${id},${4 + (n % 3)},${day(n + 1)}`);
  await shop.sales.import(`productId,quantity,soldAt\n${rows.join("\n")}\n`);
  meanwhile = () => shop.settings.update({ packSize: 12 });
  expect((await shop.predictions.stockout(id)).reorder?.packSize).toBe(1);
  expect((await shop.predictions.stockout(id)).reorder?.packSize).toBe(12);
  const made = async () => (await shop.predictions.list({ type: "stockout" })).items.length;
  const before = await made();
  await shop.settings.update({ categorizeFrom: 0.5 });
  await shop.predictions.stockout(id);
  expect(await made(), "what is no term of an order changes no prediction").toBe(before);
  await shop.settings.update({ packSize: null });
  expect((await shop.predictions.stockout(id)).reorder?.packSize).toBe(1);
});

test("with background work, terms that the seller sets and sales of the past make all predictions anew at once", async () => {
  amused = await createAmused({ store: memoryStore() });
  const shop = amused.seller("acme");
  const { id } = await shop.products.create({ name: "Tea", sku: "TEA", quantity: 40 });
  await amused.start();
  // Well below the minute after which it would be looked for anyway.
  const poll = (value: () => unknown) => expect.poll(value, { timeout: 25_000, interval: 50 });
  const made = async () =>
    (await shop.predictions.list({ productId: id, type: "stockout" })).items.map(
      ({ data }) => (data as ProductStockout).reorder?.leadTimeDays ?? null,
    );
  await poll(async () => (await made()).length).toBeGreaterThan(0);
  const days = Array.from({ length: 40 }, (_, n) => addDays(dateOf(new Date()), n - 40));
  await shop.sales.import(`sku,quantity,soldAt\n${days.map((day) => `TEA,2,${day}`).join("\n")}\n`);
  await poll(async () => (await made())[0]).toBe(14);
  await shop.settings.update({ leadTimeDays: 3 });
  await poll(async () => (await made())[0]).toBe(3);
}, 60_000);

test("with background work, goods that are noted make predictions anew", async () => {
  amused = await createAmused({ store: memoryStore() });
  const shop = amused.seller("acme");
  const { id: productId } = await shop.products.create({ name: "Tea", quantity: 40 });
  await amused.start();
  const poll = (value: () => unknown) => expect.poll(value, { timeout: 10_000, interval: 50 });
  const seq = async (...types: string[]) =>
    (await shop.events.list({ types, productId })).items.at(-1)?.seq ?? 0;
  const isToldAfter = async (type: string) => (await seq("prediction.updated")) > (await seq(type));
  await poll(() => isToldAfter("product.created")).toBe(true);
  const { id } = await shop.incoming.create({ productId, quantity: 5, expectedOn: "2030-01-01" });
  await poll(() => isToldAfter("incoming.created")).toBe(true);
  await shop.incoming.cancel(id);
  await poll(() => isToldAfter("incoming.cancelled")).toBe(true);
});

import fc from "fast-check";
import { expect, test } from "vitest";
import { EngineError } from "../src/errors.ts";
import { type Demand, forecast } from "../src/forecast/index.ts";
import { type ReplenishInput, replenish } from "../src/replenish/index.ts";

const demandOf = (values: readonly number[], horizon = 28): Demand => {
  const result = forecast({ values, frequency: "daily" }, { horizon });
  if (result.verdict !== "ok") throw new Error(result.verdict);
  return result.demand;
};
const some = demandOf(Array.from({ length: 90 }, (_, i) => (i * 7919) % 11));
const none = demandOf(Array<number>(30).fill(0));
const fast = { paths: 500 };
const base: ReplenishInput = { demand: some, stock: 60, leadTime: { mean: 5, deviation: 1.5 } };

test("probabilities rise with time; more stock never runs out sooner; later goods never help more", () => {
  fc.assert(
    fc.property(
      fc.nat(300),
      fc.nat(200),
      fc.integer({ min: 1, max: 20 }),
      fc.nat(100),
      (stock, more, period, quantity) => {
        const at = (s: number, p: number) =>
          replenish({ ...base, stock: s, incoming: [{ period: p, quantity }] }, fast);
        const less = at(stock, period);
        const plenty = at(stock + more, period);
        const later = at(stock, period + 5);
        less.runsOut.probability.forEach((p, i) => {
          expect(p >= 0 && p <= 1).toBe(true);
          if (i > 0) expect(p).toBeGreaterThanOrEqual(less.runsOut.probability[i - 1]!);
          expect(plenty.runsOut.probability[i]).toBeLessThanOrEqual(p);
          expect(later.runsOut.probability[i]).toBeGreaterThanOrEqual(p - 1e-12);
        });
        const { p10, p50, p90 } = less.runsOut;
        expect((p10 ?? 99) <= (p50 ?? 99) && (p50 ?? 99) <= (p90 ?? 99)).toBe(true);
        expect(plenty.atRisk.units).toBeLessThanOrEqual(less.atRisk.units);
      },
    ),
    { numRuns: 15 },
  );
});

test("orders come in packs, at least the minimum, and lift the stock to what service asks for", () => {
  fc.assert(
    fc.property(
      fc.nat(200),
      fc.integer({ min: 1, max: 48 }),
      fc.nat(100),
      (stock, packSize, minimumOrder) => {
        const { order } = replenish({ ...base, stock, packSize, minimumOrder }, fast);
        expect(order.quantity % packSize).toBe(0);
        if (order.quantity > 0) expect(order.quantity).toBeGreaterThanOrEqual(minimumOrder);
      },
    ),
    { numRuns: 15 },
  );
});

test("more service needs more stock, earlier", () => {
  const little = replenish(base, { ...fast, serviceLevel: 0.8 });
  const much = replenish(base, { ...fast, serviceLevel: 0.99 });
  expect(much.reorderPoint).toBeGreaterThan(little.reorderPoint);
  expect(much.safetyStock).toBeGreaterThan(little.safetyStock);
  expect(much.order.by!).toBeLessThanOrEqual(little.order.by!);
});

test("a less certain lead time needs more safety", () => {
  const sure = replenish({ ...base, leadTime: { mean: 10 } }, fast);
  const unsure = replenish({ ...base, leadTime: { mean: 10, deviation: 5 } }, fast);
  expect(unsure.safetyStock).toBeGreaterThan(sure.safetyStock);
});

test("without demand nothing runs out and nothing is ordered", () => {
  const result = replenish({ ...base, demand: none, stock: 3 }, fast);
  expect(result).toMatchObject({
    cover: null,
    order: { quantity: 0, by: null, late: false },
    runsOut: { p10: null, p90: null },
  });
  expect(result.atRisk.units).toBe(0);
});

test("an empty shelf is late, and what is missed has its price", () => {
  const result = replenish({ ...base, stock: 0, price: 4 }, fast);
  expect(result.order).toMatchObject({ by: 0, late: true });
  expect(result.atRisk.money).toBeCloseTo(4 * result.atRisk.units, 9);
  expect(result.atRisk.unitsBeforeArrival).toBeLessThan(result.atRisk.units);
  expect(result.reasons.map((r) => r.kind)).toEqual(
    expect.arrayContaining(["out_of_stock", "order_too_late"]),
  );
});

test("an order is placed in time however far its arrival lies behind the horizon", () => {
  const steady = demandOf(Array.from({ length: 120 }, (_, i) => 9 + (i % 3)));
  // Forty days' stock, a lead time of twenty: in about twenty days, less what is for safety.
  const { order } = replenish({ demand: steady, stock: 400, leadTime: { mean: 20 } }, { cover: 7 });
  expect(order.by).toBeGreaterThan(10);
  expect(order.by).toBeLessThan(20);
  expect(order.quantity).toBeGreaterThan(50);
});

test("goods that come late do not keep an order from filling the shelf until then", () => {
  const incoming = [{ period: 20, quantity: 1000 }];
  const { order } = replenish({ demand: some, stock: 0, incoming, leadTime: { mean: 5 } }, fast);
  const { order: bare } = replenish({ demand: some, stock: 0, leadTime: { mean: 5 } }, fast);
  expect(order).toMatchObject({ by: 0, late: true });
  expect(order.quantity).toBeGreaterThan(0);
  expect(order.quantity).toBeLessThan(bare.quantity);
});

test("sales that are lost before an order arrives are not ordered", () => {
  const far = { mean: 20 };
  const { order } = replenish({ ...base, stock: 0, leadTime: far }, { ...fast, cover: 7 });
  const week = some.mean.slice(20, 27).reduce((sum, mean) => sum + mean, 0);
  expect(order.quantity).toBeLessThan(3 * week);
});

test("the same seed, the same answer; another one, nearly", () => {
  const a = replenish(base, { seed: 7 });
  expect(replenish(base, { seed: 7 })).toEqual(a);
  const b = replenish(base, { seed: 8 });
  a.runsOut.within.forEach(({ probability }, i) => {
    expect(Math.abs(probability - b.runsOut.within[i]!.probability)).toBeLessThan(0.07);
  });
});

test("to ask for more does not change what was asked before", () => {
  const little = replenish(base, { within: [7] });
  const much = replenish(base, { within: [7, 90], cover: 20 });
  expect(much.runsOut.probability).toEqual(little.runsOut.probability);
});

test.each([
  [{ stock: Number.NaN }, "stock"],
  [{ stock: -1 }, "stock"],
  [{ leadTime: { mean: Number.POSITIVE_INFINITY } }, "leadTime.mean"],
  [{ incoming: [{ period: 0, quantity: 1 }] }, "incoming.0.period"],
  [{ packSize: 0 }, "packSize"],
])("%o is refused", (wrong, field) => {
  expect(() => replenish({ ...base, ...wrong })).toThrow(EngineError);
  expect(() => replenish({ ...base, ...wrong })).toThrow(field);
});

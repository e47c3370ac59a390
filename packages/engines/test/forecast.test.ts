import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { EngineError } from "../src/errors.ts";
import {
  type ForecastFound,
  forecast,
  forecaster,
  learnShop,
  type SeriesInput,
} from "../src/forecast/index.ts";
import { random } from "../src/numeric/random.ts";

const found = (input: SeriesInput, options: Parameters<typeof forecast>[1]): ForecastFound => {
  const result = forecast(input, options);
  if (result.verdict !== "ok") throw new Error(result.verdict);
  return result;
};

/** Sales by chance around a mean per weekday. */
const sales = (means: readonly number[], days: number, seed: number): number[] => {
  const next = random(seed);
  return Array.from({ length: days }, (_, i) => {
    let k = 0;
    const mean = means[i % means.length]!;
    // Geometric counts: dispersed as sales are.
    while (mean > 0 && next() < mean / (1 + mean)) k++;
    return k;
  });
};

const histories = fc.array(
  fc.oneof(
    { weight: 6, arbitrary: fc.nat(30) },
    { weight: 2, arbitrary: fc.constant(0) },
    { weight: 1, arbitrary: fc.constant(null) },
    { weight: 1, arbitrary: fc.nat(100_000) },
  ),
  { maxLength: 120 },
);
const frequencies = fc.constantFrom("daily", "weekly", "monthly");

test("whatever the history: finite, never negative, quantiles in order, sums that grow", () => {
  fc.assert(
    fc.property(histories, frequencies, fc.integer({ min: 1, max: 40 }), (values, frequency, horizon) => {
      const result = forecast({ values, frequency }, { horizon });
      if (result.verdict !== "ok") {
        expect(result.need).toBeGreaterThan(values.filter((v) => v !== null).length);
        return;
      }
      const all = [
        result.mean,
        ...result.quantiles,
        result.cumulative.mean,
        ...result.cumulative.quantiles,
        ...result.intervals.flatMap((i) => [i.lower, i.upper]),
        result.demand.drift,
      ];
      for (const row of all) for (const v of row) expect(v >= 0 && v < 1e15).toBe(true);
      for (let i = 0; i < horizon; i++)
        for (let k = 1; k < result.levels.length; k++) {
          expect(result.quantiles[k]![i]).toBeGreaterThanOrEqual(result.quantiles[k - 1]![i]!);
          expect(result.cumulative.quantiles[k]![i]).toBeGreaterThanOrEqual(
            result.cumulative.quantiles[k - 1]![i]!,
          );
        }
      for (const row of [result.cumulative.mean, ...result.cumulative.quantiles])
        for (let i = 1; i < horizon; i++) expect(row[i]).toBeGreaterThanOrEqual(row[i - 1]!);
      for (const { lower, upper } of result.intervals)
        for (let i = 0; i < horizon; i++) expect(upper[i]).toBeGreaterThanOrEqual(lower[i]!);
      expect(result.model.reduce((sum, m) => sum + m.weight, 0)).toBeCloseTo(1, 9);
    }),
    { numRuns: 60 },
  );
});

test("amounts in another unit are forecast in that unit", () => {
  fc.assert(
    fc.property(fc.constantFrom(0.01, 1000.3), fc.integer({ min: 1, max: 50 }), (unit, seed) => {
      const values = sales([4, 5, 6, 9, 7, 2, 1], 90, seed).map((v) => v + 0.53);
      const small = found({ values, frequency: "daily" }, { horizon: 14 });
      const large = found({ values: values.map((v) => v * unit), frequency: "daily" }, { horizon: 14 });
      for (let i = 0; i < 14; i++) {
        expect(large.mean[i]! / unit).toBeCloseTo(small.mean[i]!, 6);
        expect(large.quantiles[5]![i]! / unit).toBeCloseTo(small.quantiles[5]![i]!, 5);
      }
    }),
    { numRuns: 10 },
  );
});

describe("edges", () => {
  test.each([0, 1, 2, 6])("%i values are not enough", (n) => {
    expect(forecast({ values: Array<number>(n).fill(3), frequency: "daily" }, { horizon: 7 })).toMatchObject({
      verdict: "not_enough_history",
      need: 14,
    });
  });
  test("nothing ever sold is nothing to come", () => {
    const result = found({ values: Array<number>(60).fill(0), frequency: "daily" }, { horizon: 28 });
    expect(result.total).toEqual({ mean: 0, quantiles: [0, 0, 0, 0, 0, 0, 0] });
    expect(result.reasons).toContainEqual({ kind: "no_demand" });
  });
  test("one sale is little, but not nothing", () => {
    const values = Array<number>(60).fill(0);
    values[40] = 1;
    const { total } = found({ values, frequency: "daily" }, { horizon: 28 });
    expect(total.mean).toBeGreaterThan(0);
    expect(total.mean).toBeLessThan(1.5);
  });
  test("a constant stays so, with narrow bands", () => {
    const result = found({ values: Array<number>(60).fill(100), frequency: "weekly" }, { horizon: 4 });
    for (const m of result.mean) expect(m).toBeCloseTo(100, 6);
    expect(result.intervals[1]!.upper[0]! - result.intervals[1]!.lower[0]!).toBeLessThan(10);
  });
  test("one thousandfold day moves the forecast by less than half of what a mean would", () => {
    const values = sales([5], 120, 3);
    const { mean } = found({ values: values.with(100, 5000), frequency: "daily" }, { horizon: 1 });
    expect(mean[0]).toBeLessThan(5000 / 28 / 2);
  });
  test.each([[Number.NaN], [Number.POSITIVE_INFINITY], [-1]])("%d is refused, with its place", (bad) => {
    expect(() => forecast({ values: [1, bad], frequency: "daily" }, { horizon: 7 })).toThrow(EngineError);
    expect(() => forecast({ values: [1, bad], frequency: "daily" }, { horizon: 7 })).toThrow("values.1");
  });
  test.each([0, 366, 1.5, Number.NaN])("a horizon of %d is refused", (horizon) => {
    expect(() => forecast({ values: [], frequency: "daily" }, { horizon })).toThrow("horizon");
  });
  test("regressors must reach over the horizon", () => {
    const input = {
      values: Array<number>(20).fill(1),
      frequency: "daily",
      regressors: { price: Array<number>(20).fill(2) },
    } as const;
    expect(() => forecast(input, { horizon: 1 })).toThrow("regressors.price");
  });
});

test("a weekday on which nothing is sold stays closed", () => {
  const values = sales([6, 6, 6, 6, 6, 0, 6], 140, 5);
  const result = found({ values, frequency: "daily", start: "2026-06-01" }, { horizon: 14 });
  expect([result.mean[5], result.mean[12]]).toEqual([0, 0]);
  expect(result.reasons).toContainEqual({ kind: "closed_weekday", weekday: 5 });
});

test("days without stock are not taken for days without demand", () => {
  const values: (number | null)[] = sales([8], 100, 9);
  const full = found({ values, frequency: "daily" }, { horizon: 7 });
  for (let i = 70; i < 100; i++) if (i % 3 > 0) values[i] = null;
  const blank = found({ values, frequency: "daily" }, { horizon: 7 });
  expect(blank.total.mean / full.total.mean).toBeGreaterThan(0.7);
});

test("a promotion known in advance lifts its day, and a shop's products share how much", () => {
  const promotion = Array.from({ length: 130 }, (_, i) => (i % 11 === 0 ? 1 : 0));
  const product = (seed: number): SeriesInput => ({
    values: sales([4], 120, seed).map((v, i) => v * (promotion[i] ? 3 : 1)),
    frequency: "daily",
    category: "juice",
    regressors: { promotion },
  });
  const shop = learnShop(
    Array.from({ length: 8 }, (_, i) => product(i + 1)),
    { horizon: 10 },
  );
  expect(shop.effects.juice!.promotion!.mean).toBeGreaterThan(0.7);
  const short = product(99);
  const { mean } = found(
    { ...short, values: short.values.slice(0, 30), regressors: { promotion: promotion.slice(0, 40) } },
    { horizon: 10, shop },
  );
  expect(mean[3]! / mean[4]!).toBeGreaterThan(2);
});

test("a shop profile survives JSON and lends its weekdays to a new product", () => {
  const inputs = Array.from(
    { length: 12 },
    (_, i): SeriesInput => ({
      values: sales([2, 2, 2, 2, 9, 0, 1], 140, i + 1),
      frequency: "daily",
      start: "2026-01-05",
    }),
  );
  const shop = JSON.parse(JSON.stringify(learnShop(inputs, { horizon: 14 })));
  const fresh = {
    values: [1, 0, 3, 2, 8, 0, 1, 2, 2, 1, 3, 6, 0, 0],
    frequency: "daily",
    start: "2026-06-01",
  } as const;
  const { mean } = found(fresh, { horizon: 7, shop });
  expect(mean[4]! / mean[0]!).toBeGreaterThan(2.5);
  expect(mean[5]).toBeLessThan(0.05);
});

test("a value at a time leads where all at once would", () => {
  const values = sales([3, 4, 5, 6, 7, 2, 1], 200, 4);
  const step = forecaster({ values: values.slice(0, 190), frequency: "daily" }, { horizon: 7 });
  for (const v of values.slice(190)) step.advance(v);
  const one = step.forecast();
  const all = found({ values, frequency: "daily" }, { horizon: 7 });
  expect(one.verdict === "ok" && Math.abs(one.total.mean / all.total.mean - 1)).toBeLessThan(0.05);
  const grown = forecaster({ values: values.slice(0, 10), frequency: "daily" }, { horizon: 7 });
  expect(grown.forecast().verdict).toBe("not_enough_history");
  for (const v of values.slice(10, 14)) grown.advance(v);
  expect(grown.forecast()).toEqual(
    forecast({ values: values.slice(0, 14), frequency: "daily" }, { horizon: 7 }),
  );
});

test("the same input, the same answer", () => {
  const input = { values: sales([3, 9], 100, 8), frequency: "daily" } as const;
  expect(forecast(input, { horizon: 28 })).toEqual(forecast(input, { horizon: 28 }));
});

test("intervals hold about what they say, on series like those they were learned from", () => {
  const all = Array.from({ length: 60 }, (_, i) => sales([1 + (i % 5)], 128, i + 1));
  const inputs = all.map((values): SeriesInput => ({ values: values.slice(0, 100), frequency: "daily" }));
  const shop = learnShop(inputs, { horizon: 28 });
  let inside = 0;
  inputs.forEach((input, i) => {
    const { lower, upper } = found(input, { horizon: 28, shop }).intervals[1]!;
    for (let h = 0; h < 28; h++)
      if (all[i]![100 + h]! >= lower[h]! && all[i]![100 + h]! <= upper[h]!) inside++;
  });
  expect(inside / (60 * 28)).toBeGreaterThan(0.75);
  expect(inside / (60 * 28)).toBeLessThan(0.87);
});

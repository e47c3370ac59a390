import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { EngineError } from "../src/errors.ts";
import {
  advance,
  extrapolate,
  findSeason,
  type Pool,
  pool,
  portfolio,
} from "../src/forecast/smooth/index.ts";
import { random } from "../src/numeric/random.ts";

const value = fc.oneof(
  fc.nat(20),
  fc.constant(0),
  fc.constant(Number.NaN),
  fc.double({ min: 0, max: 1e15, noNaN: true }),
);
const history = fc.array(value, { maxLength: 80 }).map((values) => Float64Array.from(values));
const periods = fc.constantFrom<number[]>([], [7], [12], [7, 30]);

/** Noise about a level, times a profile. */
const series = (n: number, seed: number, profile: number[], spread = 0.6): Float64Array => {
  const next = random(seed);
  return Float64Array.from(
    { length: n },
    (_, i) => 20 * profile[i % profile.length]! * (1 + spread * (next() + next() - 1)),
  );
};
const week = [0.5, 0.8, 1, 1, 1.2, 1.5, 1];

describe("whatever the history", () => {
  test("a forecast is finite and never below zero, and weights sum to one", () => {
    fc.assert(
      fc.property(history, fc.integer({ min: 1, max: 30 }), periods, (values, horizon, seasons) => {
        const { mean, weights, backtest } = portfolio(values, horizon, seasons);
        expect(mean).toHaveLength(horizon);
        expect(mean.every((m) => m >= 0 && m < Number.POSITIVE_INFINITY)).toBe(true);
        expect(weights.reduce((sum, { weight }) => sum + weight, 0)).toBeCloseTo(1, 9);
        expect(backtest.forecasts.every((m) => m >= 0 && m < Number.POSITIVE_INFINITY)).toBe(true);
      }),
      { numRuns: 60 },
    );
  });

  test("a scale of two to a power changes nothing but the scale", () => {
    fc.assert(
      fc.property(
        fc.array(fc.nat(50), { maxLength: 60 }),
        fc.integer({ min: -4, max: 12 }),
        (values, power) => {
          let scale = 1;
          for (let k = 0; k < Math.abs(power); k++) scale *= power > 0 ? 2 : 0.5;
          const mean = portfolio(Float64Array.from(values), 9, [7]).mean;
          const scaled = portfolio(
            Float64Array.from(values, (v) => v * scale),
            9,
            [7],
          ).mean;
          for (let j = 0; j < 9; j++)
            expect(Math.abs(scaled[j]! - mean[j]! * scale)).toBeLessThanOrEqual(
              1e-7 * scale * (1 + mean[j]!),
            );
        },
      ),
      { numRuns: 40 },
    );
  });

  test("what a backtest forecasts does not depend on what came later", () => {
    fc.assert(
      fc.property(fc.array(fc.nat(30), { minLength: 6, maxLength: 70 }), fc.nat(1e6), (values, other) => {
        const changed = [...values.slice(0, -1), other];
        const a = portfolio(Float64Array.from(values), 5, [7]).backtest;
        const b = portfolio(Float64Array.from(changed), 5, [7]).backtest;
        expect(b.forecasts).toEqual(a.forecasts);
      }),
      { numRuns: 30 },
    );
  });

  test("a history longer than is looked at costs no more and tells no more", () => {
    const long = series(100_000, 1, week);
    const short = portfolio(long.slice(-1024), 14, [7]);
    expect(portfolio(long, 14, [7]).mean).toEqual(short.mean);
  });
});

test.each<[string, number[], number]>([
  ["no value", [], 0],
  ["only unknown values", [Number.NaN, Number.NaN], 0],
  ["one value", [3], 3],
  ["zeros", new Array<number>(60).fill(0), 0],
  ["a constant", new Array<number>(60).fill(7), 7],
])("%s gives what can be said", (_, values, expected) => {
  for (const mean of portfolio(Float64Array.from(values), 4, [7]).mean) expect(mean).toBeCloseTo(expected, 9);
});

test.each<[string, Float64Array, number, number[]]>([
  ["an infinite value", Float64Array.of(1, Number.POSITIVE_INFINITY), 1, []],
  ["a negative value", Float64Array.of(1, -1), 1, []],
  ["a value beyond all shops", Float64Array.of(1e16), 1, []],
  ["no horizon", Float64Array.of(1), 0, []],
  ["half a step", Float64Array.of(1), 1.5, []],
  ["a period that is no number", Float64Array.of(1), 1, [Number.NaN]],
])("%s is refused", (_, values, horizon, seasons) => {
  expect(() => portfolio(values, horizon, seasons)).toThrow(EngineError);
});

describe("seasons", () => {
  test("are found where they are, with their profile", () => {
    const season = findSeason(series(140, 3, week), 140, 7)!;
    for (let s = 0; s < 7; s++) expect(season.factors[s]).toBeCloseTo(week[s]!, 0);
    expect(season.shrinkage).toBeGreaterThan(0.8);
  });

  test("are hardly found in noise, and hardly used then", () => {
    let found = 0;
    for (let seed = 0; seed < 100; seed++) {
      const season = findSeason(series(140, seed, [1]), 140, 7);
      if (season === null) continue;
      found++;
      for (const factor of season.factors) expect(Math.abs(factor - 1)).toBeLessThan(0.25);
    }
    expect(found).toBeLessThan(15);
  });

  test("are hardly found in what only wanders", () => {
    let found = 0;
    for (let seed = 0; seed < 60; seed++) {
      const next = random(seed);
      let level = 100;
      const values = Float64Array.from({ length: 160 }, () => {
        level = Math.max(1, level + 8 * (next() + next() - 1));
        return level;
      });
      if (findSeason(values, 160, 52) !== null) found++;
    }
    expect(found).toBeLessThan(9);
  });

  test("of a year are found in days beside those of a week, smoothed over neighbours", () => {
    const next = random(1);
    const truth = (i: number) => 20 * week[i % 7]! * (i % 365 >= 320 && i % 365 < 355 ? 3 : 1);
    const values = Float64Array.from({ length: 1010 }, (_, i) => truth(i) * (0.5 + next()));
    const { mean, reasons } = portfolio(values, 70, [7, 365], { origins: 0 });
    expect(reasons.map(({ kind }) => kind)).toEqual(["season", "season"]);
    for (const j of [0, 20, 55, 60, 65]) expect(Math.abs(mean[j]! / truth(1010 + j) - 1)).toBeLessThan(0.4);
  });

  test("survive unknown days, which are not zeros", () => {
    const values = series(140, 5, week, 0.1);
    const whole = portfolio(values, 7, [7]).mean;
    const masked = portfolio(
      values.map((v, i) => (i % 5 === 2 ? Number.NaN : v)),
      7,
      [7],
    ).mean;
    for (let j = 0; j < 7; j++) expect(Math.abs(masked[j]! / whole[j]! - 1)).toBeLessThan(0.1);
  });

  test("a day on which the shop is shut stays near zero", () => {
    const { mean } = portfolio(series(140, 6, [0, 1, 1, 1, 1, 1, 1]), 7, [7]);
    expect(mean[0]).toBeLessThan(1);
    expect(mean[1]).toBeGreaterThan(15);
  });
});

test("a thousandfold slip hardly moves the forecast, and is named", () => {
  const values = series(200, 7, [1]);
  const before = portfolio(values, 7, [7]).mean[3]!;
  values[150] = 20_000;
  const { mean, reasons } = portfolio(values, 7, [7]);
  expect(Math.abs(mean[3]! / before - 1)).toBeLessThan(0.1);
  expect(reasons).toContainEqual(expect.objectContaining({ kind: "outliers_limited", count: 1 }));
});

test("a level that shifts is followed, and a trend", () => {
  const shifted = series(120, 8, [1]).map((v, i) => (i < 100 ? v : v * 4));
  expect(portfolio(shifted, 7, [7]).mean[3]).toBeGreaterThan(65);
  const trend = Float64Array.from({ length: 100 }, (_, i) => 50 + 2 * i);
  expect(portfolio(trend, 5, []).mean[4]).toBeGreaterThan(253);
});

describe("one more value", () => {
  test("moves the level and the place in the season, not the model handed in", () => {
    const values = series(141, 9, week, 0.1);
    const { model } = portfolio(values.slice(0, 140), 7, [7]);
    const before = extrapolate(model, 8);
    const next = advance(model, values[140]!);
    expect(extrapolate(model, 8)).toEqual(before);
    const after = extrapolate(next, 7);
    const fitted = portfolio(values, 7, [7]).mean;
    for (let j = 0; j < 7; j++) expect(Math.abs(after[j]! / fitted[j]! - 1)).toBeLessThan(0.03);
  });

  test("that is no value is refused", () => {
    const { model } = portfolio(Float64Array.of(1, 2), 1, []);
    expect(() => advance(model, Number.POSITIVE_INFINITY)).toThrow(EngineError);
    expect(() => advance(model, -1)).toThrow(EngineError);
  });

  test("that is unknown lets time pass only", () => {
    const { model } = portfolio(series(140, 9, week), 7, [7]);
    const [, ...later] = extrapolate(model, 8);
    const after = extrapolate(advance(model, Number.NaN), 7);
    // Trends and reversions go on; here they are small.
    for (let j = 0; j < 7; j++) expect(Math.abs(after[j]! / later[j]! - 1)).toBeLessThan(0.02);
  });
});

describe("a shop's products together", () => {
  const shop = Array.from({ length: 40 }, (_, seed) => series(70, seed, week, 1));

  test("show the season that one of them alone is too short for", () => {
    const shared = pool(shop, 7, [7]);
    expect(shared.seasons).toHaveLength(1);
    const young = Float64Array.of(20, 20, 20);
    const { mean } = portfolio(young, 7, [7], { pool: shared });
    for (let j = 0; j < 7; j++) expect(Math.abs(mean[j]! / (20 * week[j]!) - 1)).toBeLessThan(0.5);
    const later = portfolio(young, 7, [7], { pool: shared, poolAge: 1 }).mean;
    expect(later.indexOf(Math.max(...later))).toBe(4);
  });

  test("say the same in any order", () => {
    const summary = ({ members, seasons }: Pool) => [
      ...members!.losses,
      members!.strength / 1000,
      ...seasons[0]!.factors,
    ];
    const a = summary(pool(shop, 7, [7]));
    const b = summary(pool(shop.toReversed(), 7, [7]));
    a.forEach((number, i) => void expect(b[i]).toBeCloseTo(number, 6));
  });

  test("weigh much where they are alike, little where each has its own ways", () => {
    const unlike = Array.from({ length: 40 }, (_, seed) => {
      const next = random(seed);
      let level = 100;
      // Half of them wander, half only scatter.
      return Float64Array.from({ length: 70 }, () => {
        const step = next() * 20;
        level = Math.max(0, level + step - 10);
        return seed % 2 ? level : 100 + step;
      });
    });
    expect(pool(shop, 7, []).members!.strength).toBeGreaterThan(4 * pool(unlike, 7, []).members!.strength);
  });

  test("are refused where one of them is", () => {
    expect(() => pool([Float64Array.of(1), Float64Array.of(-1)], 7, [7])).toThrow("shop.1.0");
  });

  test("are too few to say anything where there are none", () => {
    expect(pool([], 7, [7])).toEqual({ members: null, seasons: [] });
  });
});

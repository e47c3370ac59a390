import { runsOutIn, simulateShop } from "@amused/testkit";
import { beforeAll, describe, expect, test } from "vitest";
import { askImported, askReplayed, type Said } from "./ask.ts";
import { type ShopScore, score } from "./score.ts";

// One shop, so that it is quick. More of them are in simulated-shop.long.test.ts, their figures in docs/predictions.md.
const shop = simulateShop({ seed: 1, products: 30 });

describe("a simulated shop that was played day by day", () => {
  let said: Said[];
  let scored: ShopScore;
  beforeAll(async () => {
    said = await askReplayed(shop, [90, 160, 230, 300]);
    scored = score(said);
  });

  test("says what it has in stock", () => {
    for (const { day, stockout, truth } of said) expect(stockout.quantity).toBe(truth.stock[day - 1]);
    expect(scored.ranOut).toBeGreaterThan(80);
  });

  test("has probabilities of running out that are better than the plain rule's yes and no", () => {
    for (const days of ["7", "14", "30"] as const) {
      expect(scored.ours.brier[days]).toBeLessThan(0.75 * scored.plain.brier[days]);
      const { said, came } = scored.said[days];
      expect(Math.abs(said - came)).toBeLessThan(0.1);
    }
  });

  test("has days of running out that are as near as the plain rule's", () => {
    expect(scored.ours.median).toBeLessThanOrEqual(scored.plain.median);
    expect(scored.ours.mean).toBeLessThan(scored.plain.mean);
  });

  test("has eight true days of ten from p10 to p90", () => {
    expect(scored.held.ranOut).toBeGreaterThan(0.74);
    expect(scored.held.ranOut).toBeLessThan(0.9);
    expect(scored.beforeP10).toBeLessThan(0.15);
    expect(scored.afterP90).toBeLessThan(0.15);
    expect(scored.byP50).toBeGreaterThan(0.4);
    expect(scored.byP50).toBeLessThan(0.65);
  });

  test("sees demand behind days without stock, of which counting them as days without a sale loses more", () => {
    const { ours, plain, products } = scored.outOfStock;
    expect(products).toBeGreaterThan(20);
    expect(ours.ratio).toBeGreaterThan(plain.ratio + 0.04);
    expect(ours.error).toBeLessThan(plain.error);
    expect(scored.inStock.ours.error).toBeLessThan(scored.inStock.plain.error);
  });
});

test("what is known from a file alone, without when it was out of stock, is worth a little less", async () => {
  const scored = score(await askImported(shop, [300]));
  for (const days of ["7", "14", "30"] as const)
    expect(scored.ours.brier[days]).toBeLessThan(0.8 * scored.plain.brier[days]);
  expect(scored.held.ranOut).toBeGreaterThan(0.74);
});

test("the true day is the one at whose end nothing is left, of orders that are taken whole or not at all", () => {
  const truth = { ...(shop.truth.values().next().value as Said["truth"]) };
  const days = (lines: number[][]) => ({ ...truth, lines: [...lines, ...Array(60).fill([])] });
  expect(runsOutIn(days([[2], [3]]), 0, 5)).toBe(2);
  expect(runsOutIn(days([[2], [4], [1, 2]]), 0, 5)).toBe(3);
  expect(runsOutIn(days([[2], [5]]), 1, 5)).toBe(1);
  expect(runsOutIn(days([[2]]), 0, 5)).toBe(61);
});

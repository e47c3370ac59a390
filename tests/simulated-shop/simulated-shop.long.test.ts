import { simulateShop } from "@amused/testkit";
import { expect, test } from "vitest";
import { askReplayed, type Said } from "./ask.ts";
import { score } from "./score.ts";

test("over six shops of sixty products, what is said of running out holds as often as is said", async () => {
  const said: Said[] = [];
  for (let seed = 11; seed <= 16; seed++)
    said.push(
      ...(await askReplayed(simulateShop({ seed, products: 60, days: 365 }), [60, 120, 180, 240, 300])),
    );
  const scored = score(said);
  expect(scored.ranOut).toBeGreaterThan(1_000);
  for (const days of ["7", "14", "30"] as const) {
    expect(scored.ours.brier[days]).toBeLessThan(0.8 * scored.plain.brier[days]);
    expect(Math.abs(scored.said[days].said - scored.said[days].came)).toBeLessThan(0.1);
  }
  expect(scored.held.ranOut).toBeGreaterThan(0.75);
  expect(scored.held.ranOut).toBeLessThan(0.9);
  // Each product alone does not tell that levels of this shop hardly walk (docs/predictions.md).
  expect(scored.ours.mean).toBeLessThan(1.2 * scored.plain.mean);
  expect(scored.outOfStock.ours.error).toBeLessThan(scored.outOfStock.plain.error);
});

test("in their second year, when each season was seen once, demand is nearer than the mean of four weeks", async () => {
  const said: Said[] = [];
  for (const seed of [21, 22, 23])
    said.push(...(await askReplayed(simulateShop({ seed, products: 40, days: 730 }), [420, 500, 580, 660])));
  const scored = score(said);
  for (const which of ["outOfStock", "inStock"] as const)
    expect(scored[which].ours.error).toBeLessThan(scored[which].plain.error);
  for (const days of ["7", "14", "30"] as const)
    expect(scored.ours.brier[days]).toBeLessThan(scored.plain.brier[days]);
});

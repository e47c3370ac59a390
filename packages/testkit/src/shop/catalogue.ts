import type { Random } from "../random.ts";

/** A product of a simulated shop, as it would be created, and what is true of it but seen by nobody. */
export interface SimulatedProduct {
  sku: string;
  name: string;
  description: string;
  category: string;
  /** A decimal string, as everywhere. */
  price: string;
  /** Stock on the first morning. */
  quantity: number;
  leadTimeDays: number;
  truth: ProductTruth;
}

export interface ProductTruth {
  /** Its share of what orders begin with, before season and promotion. */
  weight: number;
  /** How far its sales swing over the year, as a part of their mean, and the day of the year when they peak. */
  season: { amplitude: number; peak: number };
  /** Sales during a promotion against those without. */
  lift: number;
  /** What it draws into the same basket, and how often. */
  draws: { sku: string; chance: number }[];
}

const shelves: Record<string, { goods: string[]; season: number; peak: number }> = {
  "Tea & coffee": { goods: ["Green tea", "Earl Grey", "Espresso beans", "Cocoa"], season: 0.35, peak: 350 },
  Kitchen: { goods: ["Teapot", "Mug", "Cake tin", "Storage jar"], season: 0.1, peak: 330 },
  Garden: { goods: ["Planter", "Lantern", "Watering can", "Seed kit"], season: 0.6, peak: 150 },
  Decoration: { goods: ["Candle", "Picture frame", "Cushion", "Vase"], season: 0.25, peak: 340 },
  Party: { goods: ["Paper garland", "Balloons", "Gift wrap", "Greeting card"], season: 0.4, peak: 355 },
};
const kinds = ["red", "blue", "small", "large", "vintage", "striped", "plain", "ivory"];

/** A catalogue with a long tail: a few products sell most, most sell seldom, and some belong together. */
export function makeCatalogue(count: number, { next, int, pick }: Random): SimulatedProduct[] {
  const names = Object.keys(shelves) as [string, ...string[]];
  const products = Array.from({ length: count }, (_, i): SimulatedProduct => {
    const category = pick(names);
    const shelf = shelves[category] as (typeof shelves)[string];
    const good = pick(shelf.goods as [string, ...string[]]);
    const kind = pick(kinds as [string, ...string[]]);
    return {
      sku: `SIM-${String(i + 1).padStart(4, "0")}`,
      name: `${good} ${kind} no. ${i + 1}`,
      description: `${good}, ${kind}, from our ${category.toLowerCase()} shelf.`,
      category,
      price: (2 + Math.round(next() * next() * 4000) / 100).toFixed(2),
      quantity: 0,
      leadTimeDays: int(3, 21),
      truth: {
        // Pareto-like, as shops are: rank i sells about 1 / (i + 2).
        weight: (0.5 + next()) / (i + 2),
        season: { amplitude: shelf.season * (0.5 + next()), peak: shelf.peak + int(-20, 20) },
        lift: 1.5 + 2 * next(),
        draws: [],
      },
    };
  });
  for (const product of products) {
    if (next() > 0.5) continue;
    const partner = pick(products as [SimulatedProduct, ...SimulatedProduct[]]);
    if (partner !== product) product.truth.draws.push({ sku: partner.sku, chance: 0.15 + 0.35 * next() });
  }
  return products;
}

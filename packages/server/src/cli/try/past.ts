import { learnShop, type SeriesInput, type ShopProfile } from "@amused/engines";
import { isoDay } from "../files/written-day.ts";
import { gapsOf } from "./gaps.ts";
import { dense, type Product, type Sales } from "./sales.ts";

/** Days ahead that are forecast. */
export const horizon = 28;

/** What a shop knew on the morning of a day: nothing of that day itself. */
export interface Past {
  readonly day: number;
  readonly shop: ShopProfile;
}

/** A product's demand before a day, as a series for the engines; days on which it was probably out of stock, as one could see by then, are unknown. */
export function seriesBefore(sales: Sales, product: Product, day: number): SeriesInput {
  const units = dense(product, day);
  const values: (number | null)[] = Array.from(units);
  for (const { from, to } of gapsOf(units, product.first, sales.open))
    values.fill(null, from - product.first, to - product.first);
  return { values, frequency: "daily", start: isoDay(sales.start + product.first) };
}

/** Products that a shop's profile is learned from, at most: twice as many took twice as long and forecast no better. */
const teachers = 100;

/** Learns from the shop's products as they were before a day. */
export function pastOf(sales: Sales, products: readonly Product[], day: number): Past {
  const each = Math.ceil(products.length / teachers);
  const inputs = products
    .filter((_, i) => i % each === 0)
    .map((product) => seriesBefore(sales, product, day));
  return { day, shop: learnShop(inputs, { horizon }) };
}

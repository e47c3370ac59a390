import { z } from "zod";
import { amountSchema, currencySchema } from "./money.ts";
import { pageQuery } from "./page.ts";
import { replenishmentFields } from "./replenishment.ts";
import { fold, text, visibleText, withoutProto } from "./text.ts";
import { unitsSchema } from "./units.ts";

export type Attributes = Record<string, string | number | boolean>;

/** A product as everyone sees it. Money is a decimal string; times are ISO 8601 UTC. */
export interface Product {
  id: number;
  sellerId: string;
  sku: string | null;
  name: string;
  description: string;
  price: string;
  currency: string;
  /** Units on hand: the sum of the product's stock movements. */
  quantity: number;
  category: string | null;
  attributes: Attributes;
  imageUrl: string | null;
  /** The level at which `stock.low` is said; `null` leaves it to the forecast. */
  reorderPoint: number | null;
  /** Like the three after it: `null` is as the seller's settings have it. */
  leadTimeDays: number | null;
  serviceLevel: number | null;
  packSize: number | null;
  minimumOrder: number | null;
  /** Counts edits of the description; stock and sales do not raise it. */
  version: number;
  createdAt: string;
  updatedAt: string;
}

const attributeName = text(1, 100);
const attributeValue = z.union([text(0, 1000), z.number(), z.boolean()], {
  error: "must be text of at most 1,000 characters, a number, true or false",
});
const fifty = "must have at most 50 attributes";

const fields = {
  sku: visibleText(100).nullable(),
  name: visibleText(200),
  description: text(0, 10_000),
  price: amountSchema,
  currency: currencySchema,
  category: visibleText(200).nullable(),
  reorderPoint: unitsSchema.nullable(),
  ...replenishmentFields,
};

/** What makes a product; only `name` is required. */
export const newProductSchema = z
  .strictObject({
    ...fields,
    quantity: unitsSchema,
    attributes: withoutProto(
      z.record(attributeName, attributeValue).refine((all) => Object.keys(all).length <= 50, fifty),
    ),
  })
  .partial()
  .required({ name: true });
export interface NewProduct extends z.input<typeof newProductSchema> {}

/**
 * What may be edited. `null` clears what may be null. Attributes are merged: those named are set, or taken away by `null`.
 */
export const productChangesSchema = z
  .strictObject({
    ...fields,
    attributes: withoutProto(
      z
        .record(attributeName, attributeValue.nullable())
        .refine((all) => Object.keys(all).length <= 100, fifty),
    ),
  })
  .partial();
export interface ProductChanges extends z.input<typeof productChangesSchema> {}

const sorts = ["name", "price", "quantity", "createdAt", "updatedAt"] as const;

/** Which products, in which order: by id when `sort` is not given; `-` before a field turns it round. */
export const productQuerySchema = z.strictObject({
  ...pageQuery,
  category: text(1, 200).optional(),
  search: text(0, 200).optional(),
  maxQuantity: unitsSchema.optional(),
  /** Those that run out within so many days, as last predicted. */
  stockoutWithin: z
    .int("must be a whole number")
    .min(1, "must be from 1 to 365")
    .max(365, "must be from 1 to 365")
    .optional(),
  sort: z.enum(sorts.flatMap((sort) => [sort, `-${sort}`] as const)).optional(),
});
export interface ProductQuery extends z.input<typeof productQuerySchema> {}

/** What a list can be sorted by. */
export type ProductSort = (typeof sorts)[number] | "id";

/**
 * The text a product is found and sorted by: its folded name, then its folded SKU. A few characters fold to many; what goes
 * beyond these bounds is cut off, since an index and a cursor have to hold it.
 */
export function searchText(product: { name: string; sku: string | null }): string {
  const text = `${fold(product.name).slice(0, 400)}\n${fold(product.sku ?? "").slice(0, 200)}`;
  return text.toWellFormed();
}

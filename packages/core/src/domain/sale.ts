import { z } from "zod";
import { amountSchema } from "./money.ts";
import { pageQuery } from "./page.ts";
import { idSchema } from "./seller.ts";
import { visibleText } from "./text.ts";
import { boundSchema, dateSchema, momentSchema } from "./time.ts";
import { maxUnits } from "./units.ts";

/** One line of an order; negative when goods came back. */
export interface Sale {
  id: number;
  productId: number;
  orderId: string | null;
  quantity: number;
  /** Per unit, in the product's currency. */
  price: string;
  soldAt: string;
  createdAt: string;
}

/** One day of a product's history, UTC. */
export interface SalesDay {
  date: string;
  quantity: number;
  revenue: string;
  /** The product was without stock at some time of the day, so that demand may have been higher than the sales. */
  stockedOut: boolean;
}

/** An order, or a part of one: all lines are taken or none. */
export const newSaleSchema = z.strictObject({
  orderId: visibleText(200).optional(),
  soldAt: momentSchema.optional(),
  lines: z
    .array(
      z.strictObject({
        productId: idSchema,
        quantity: z
          .int("must be a whole number")
          .min(1, "must be 1 or more")
          .max(maxUnits, "must be at most 1,000,000,000"),
        price: amountSchema.optional(),
      }),
    )
    .min(1, "must have at least one line")
    .max(1000, "must have at most 1,000 lines"),
});
export interface NewSale extends z.input<typeof newSaleSchema> {}

/** Which sales, newest first by `soldAt`; `from` and `to` are inclusive UTC days, or times. */
export const saleQuerySchema = z.strictObject({
  ...pageQuery,
  productId: idSchema.optional(),
  from: boundSchema,
  to: boundSchema,
});
export interface SaleQuery extends z.input<typeof saleQuerySchema> {}

/** The days asked for, both included: the 90 days up to today when not said, 3,660 at most. */
export const dailyQuerySchema = z.strictObject({ from: dateSchema.optional(), to: dateSchema.optional() });
export interface DailyQuery extends z.input<typeof dailyQuerySchema> {}

import { z } from "zod";
import { pageQuery } from "./page.ts";
import type { Product } from "./product.ts";
import { visibleText } from "./text.ts";
import { momentSchema } from "./time.ts";
import { maxUnits, unitsSchema } from "./units.ts";

/** One line of a product's ledger. The sum of all deltas is the quantity on hand, always. */
export interface Movement {
  id: number;
  productId: number;
  delta: number;
  /** The quantity after this movement. */
  quantity: number;
  /** `initial`, `sale`, `return`, `import`, or what the caller said. */
  reason: string;
  /** Who did it, as the transport knows them (`key:12`); `null` in process. */
  actor: string | null;
  /** What it belongs to, such as the order of a sale. */
  cause: string | null;
  createdAt: string;
}

export interface StockChanged {
  product: Product;
  movement: Movement;
}

const reason = visibleText(200);

/** A change by so many units. `expected` is the quantity the caller believes in; another one is a `conflict`. */
export const stockAdjustmentSchema = z.strictObject({
  adjust: z
    .int("must be a whole number")
    .min(-maxUnits, "must be at least -1,000,000,000")
    .max(maxUnits, "must be at most 1,000,000,000")
    .refine((adjust) => adjust !== 0, "must not be 0"),
  reason,
  expected: unitsSchema.optional(),
});
export interface StockAdjustment extends z.input<typeof stockAdjustmentSchema> {}

/** What someone counted, at `countedAt` (now, when not said): what moved since then is added to it. */
export const stockCountSchema = z.strictObject({
  count: unitsSchema,
  countedAt: momentSchema.optional(),
  reason,
  expected: unitsSchema.optional(),
});
export interface StockCount extends z.input<typeof stockCountSchema> {}

export const movementQuerySchema = z.strictObject(pageQuery);
export interface MovementQuery extends z.input<typeof movementQuerySchema> {}

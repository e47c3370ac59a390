import { z } from "zod";
import { pageQuery } from "./page.ts";
import { idSchema } from "./seller.ts";
import type { StockChanged } from "./stock.ts";
import { visibleText } from "./text.ts";
import { dateSchema } from "./time.ts";
import { someUnitsSchema } from "./units.ts";

export const incomingStates = ["open", "received", "cancelled"] as const;
export type IncomingState = (typeof incomingStates)[number];

/** Goods on their way, such as a line of an order to a supplier. */
export interface IncomingStock {
  id: number;
  productId: number;
  /** Units that were ordered. */
  quantity: number;
  /** Units that have come: more than were ordered, if more came. */
  received: number;
  /** The UTC day on which they are to come. */
  expectedOn: string;
  /** What the host knows it by, such as the number of an order; the ledger's `cause` when it comes. */
  reference: string | null;
  state: IncomingState;
  createdAt: string;
  updatedAt: string;
}

/** What came in: the goods as they stand now, the product and its ledger's new line. */
export interface IncomingReceived extends StockChanged {
  incoming: IncomingStock;
}

const fields = { quantity: someUnitsSchema, expectedOn: dateSchema, reference: visibleText(200).nullable() };

export const newIncomingSchema = z.strictObject({
  productId: idSchema,
  ...fields,
  reference: fields.reference.optional(),
});
export interface NewIncoming extends z.input<typeof newIncomingSchema> {}

export const incomingChangesSchema = z.strictObject(fields).partial();
export interface IncomingChanges extends z.input<typeof incomingChangesSchema> {}

/** Without a quantity, all that is still to come has come. */
export const incomingReceiptSchema = z.strictObject({ quantity: someUnitsSchema.optional() });
export interface IncomingReceipt extends z.input<typeof incomingReceiptSchema> {}

export const incomingQuerySchema = z.strictObject({
  ...pageQuery,
  productId: idSchema.optional(),
  state: z.enum(incomingStates).optional(),
});
export interface IncomingQuery extends z.input<typeof incomingQuerySchema> {}

import { z } from "zod";
import { pageQuery } from "./page.ts";
import { idSchema } from "./seller.ts";
import type { StockChanged } from "./stock.ts";
import { visibleText } from "./text.ts";
import { addDays, dateOf, dateSchema } from "./time.ts";
import { someUnitsSchema } from "./units.ts";

export const incomingStates = ["open", "received", "cancelled"] as const;
export type IncomingState = (typeof incomingStates)[number];

/** Goods on their way, such as a line of an order to a supplier. */
export interface IncomingStock {
  id: number;
  productId: number;
  /** Units that were ordered. */
  quantity: number;
  /** Units that have come. Beyond `quantity`, so many more came than were ordered. */
  received: number;
  /** The UTC day on which they are to come; in the past only where they are overdue. */
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

/** The furthest day on which goods can be expected, in days from today: beyond it somebody mistyped the year. */
const longestWait = 3650;

/**
 * What is wrong with a day on which goods are expected from now on. Yesterday is taken: where the seller is, it may be today
 * still.
 */
export function expectedOnFault(expectedOn: string, now: Date): string | null {
  const today = dateOf(now);
  if (expectedOn < addDays(today, -1))
    return `must be today (${today}, UTC) or later: say when they are expected now`;
  const last = addDays(today, longestWait);
  return expectedOn > last ? `must be within ten years, by ${last}` : null;
}

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

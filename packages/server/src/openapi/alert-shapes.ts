import { type Alert, alertStates } from "@amused/core";
import { z } from "zod";
import { count, moment, shape } from "./shapes.ts";

const seen = {
  quantity: count,
  orderQuantity: z.number().nullable().meta({ description: "What the current prediction advises to order" }),
  runsOutOn: z.iso.date().nullable(),
  predictionId: count.nullable(),
  eventId: z.string().nullable().meta({ description: "The event that raised it; null where time did" }),
};
const alertFields = {
  id: count,
  productId: count,
  state: z.enum(alertStates),
  openedAt: moment,
  acknowledgedAt: moment.nullable(),
  acknowledgedBy: z.string().nullable(),
  snoozedUntil: moment.nullable(),
  toldAt: moment.nullable().meta({ description: "When people were told of it, by mail or otherwise" }),
  clearSince: moment
    .nullable()
    .meta({ description: "Since when its cause is gone, but not enough to end it" }),
  resolvedAt: moment.nullable(),
  resolvedBy: z.string().nullable(),
  resolution: z.enum(["cause_gone", "superseded", "product_deleted", "by_hand"]).nullable(),
  version: count.meta({ description: "Counts the changes of its state" }),
  updatedAt: moment,
};
export const alertShape = shape<Alert>()(
  z.discriminatedUnion("kind", [
    z.object({ kind: z.literal("out_of_stock"), ...alertFields, evidence: z.object(seen) }),
    z.object({
      kind: z.literal("low_stock"),
      ...alertFields,
      evidence: z.object({ ...seen, reorderPoint: z.number() }),
    }),
    z.object({
      kind: z.literal("order_due"),
      ...alertFields,
      evidence: z.object({ ...seen, reorderPoint: z.number(), orderBy: z.iso.date() }),
    }),
  ]),
);

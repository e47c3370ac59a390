import type {
  AtRisk,
  PredictionExplanation,
  PredictionRecord,
  PredictionScore,
  ProductForecast,
  ProductStockout,
  StoredPrediction,
} from "@amused/core";
import { z } from "zod";
import {
  count,
  incomingShape,
  moment,
  money,
  movementShape,
  productShape,
  reason,
  saleShape,
  shape,
} from "./shapes.ts";

const measured = z.number().nullable();

const predicted = {
  model: z.string().nullable(),
  accuracy: z
    .object({
      mase: measured,
      wape: measured,
      bias: measured,
      coverage80: measured,
      naive: z.object({ mase: measured, wape: measured }),
      windows: count,
    })
    .nullable()
    .meta({ description: "Errors on the product's own past, beside repeating the last value" }),
  confidence: z.number().min(0).max(1),
  reasons: z.array(reason),
  need: z.object({ days: count }).optional(),
  generatedAt: moment,
  behind: count.meta({ description: "Events of the product that are not in it yet" }),
};

const forecastRecord = {
  scored: count,
  wape: measured,
  naiveWape: measured,
  coverage80: measured,
};

export const forecastShape = z.object({
  verdict: z.enum(["ok", "not_enough_history"]),
  ...predicted,
  history: z.object({ from: z.iso.date().nullable(), to: z.iso.date(), days: count, withoutStock: count }),
  points: z.array(
    z.object({ date: z.iso.date(), mean: z.number(), p10: z.number(), p50: z.number(), p90: z.number() }),
  ),
  receipts: z
    .object({ ...forecastRecord, steppedBack: z.boolean() })
    .nullable()
    .meta({ description: "How right its predecessors were" }),
}) as z.ZodType<ProductForecast>;

const foreseen = z.iso.date().nullable();
const stockoutObject = z.object({
  verdict: z.enum(["runs_out", "safe", "out_of_stock", "not_enough_history"]),
  ...predicted,
  quantity: count,
  date: z.object({ p10: foreseen, p50: foreseen, p90: foreseen }),
  daysOfCover: measured,
  probabilityWithin: z
    .record(z.string(), z.number())
    .meta({ examples: [{ "7": 0.1, "14": 0.4, "30": 0.9 }] }),
  reorder: z
    .object({
      point: z.number(),
      safetyStock: z.number(),
      quantity: z.number(),
      by: foreseen.meta({ description: "Order on this day at the latest" }),
      late: z.boolean().meta({ description: "What is ordered today comes too late for the service level" }),
      arrives: foreseen.meta({ description: "When what is ordered on that day comes" }),
      leadTimeDays: count,
      serviceLevel: z.number(),
      packSize: count,
      minimumOrder: count,
      incoming: count.meta({ description: "Units on their way that are counted on" }),
      lostSales: z
        .object({ units: z.number(), money })
        .meta({ description: "Not sold for want of stock within 60 days if nothing is ordered" }),
      because: z.array(reason),
    })
    .nullable(),
});
export const stockoutShape = stockoutObject as z.ZodType<ProductStockout>;

export const atRiskShape = z.object({
  product: productShape,
  stockout: stockoutObject,
}) as z.ZodType<AtRisk>;

export const predictionShape = z.object({
  id: count,
  productId: count,
  type: z.enum(["forecast", "stockout"]),
  data: z.unknown(),
  confidence: z.number(),
  createdAt: moment,
}) as z.ZodType<StoredPrediction>;

export const explanationShape = z.object({
  prediction: predictionShape,
  model: z.string().nullable(),
  members: z
    .array(z.object({ name: z.string(), weight: z.number() }))
    .meta({ description: "What the model is mixed of, the heaviest first" }),
  rivals: z
    .array(z.object({ name: z.string(), mase: measured, wape: measured }))
    .meta({ description: "The model and what it was measured against" }),
  reasons: z.array(reason),
  history: z.object({
    ...{ from: z.iso.date().nullable(), to: z.iso.date(), days: count },
    withoutStock: z.array(z.iso.date()).meta({ description: "Days left out, newest first" }),
    emptied: z.array(movementShape).meta({ description: "The movements that left nothing" }),
    sales: z.array(saleShape).meta({ description: "The last ones in it" }),
  }),
  stock: z.object({
    quantity: count,
    movements: z.array(movementShape),
    incoming: z.array(incomingShape),
  }),
  cursor: z.string().nullable().meta({ description: "Everything up to this event is in it" }),
  since: z.array(z.string()).meta({ description: "Events of the product that are not" }),
}) as z.ZodType<PredictionExplanation>;

const amount = z.number();
export const predictionScoreShape = z.object({
  id: count,
  productId: count,
  type: z.enum(["forecast", "stockout"]),
  model: z.string(),
  createdAt: moment,
  dueOn: z.iso.date(),
  score: z.union([
    z.object({
      ...{ days: count, sold: amount, forecast: amount, naive: amount },
      ...{ off: amount, naiveOff: amount, held: count },
    }),
    z.object({
      ...{ ranOutOn: z.iso.date().nullable(), held: count, brier: amount, naiveBrier: amount },
      ...{ dated: count, off: amount, naiveOff: amount },
    }),
  ]),
  scoredAt: moment,
}) as z.ZodType<PredictionScore>;

export const predictionRecordShape = shape<PredictionRecord>()(
  z.object({
    since: z.iso.date(),
    forecast: z.object(forecastRecord),
    stockout: z.object({
      ...{ scored: count, coverage80: measured, brier: measured, naiveBrier: measured },
      ...{ dayError: measured, naiveDayError: measured },
    }),
  }),
);

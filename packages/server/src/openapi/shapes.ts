import {
  type ApiKey,
  type AtRisk,
  type EventOf,
  type ImportResult,
  type Movement,
  type NewApiKey,
  type PredictionExplanation,
  type PredictionRecord,
  type PredictionScore,
  type Product,
  type ProductForecast,
  type ProductStockout,
  type Sale,
  type SalesDay,
  type SellerSettings,
  type StockChanged,
  type StoredPrediction,
  scopes,
} from "@amused/core";
import { z } from "zod";

// What answers look like, for the OpenAPI document: nothing is checked with these when the server runs. The compiler
// holds each to core's interface of the same name, in both directions.

const moment = z.iso
  .datetime()
  .meta({ description: "ISO 8601, UTC", examples: ["2026-11-23T09:30:00.000Z"] });
const money = z
  .string()
  .meta({ description: "A decimal amount, as exact as its currency", examples: ["19.99"] });
const count = z.int();

/** A schema whose output is exactly `T`. */
function shape<T>() {
  return <S extends z.ZodType<T>>(schema: [T] extends [z.output<S>] ? S : never): S => schema;
}

export const productShape = shape<Product>()(
  z.object({
    id: count,
    sellerId: z.string(),
    sku: z.string().nullable(),
    name: z.string(),
    description: z.string(),
    price: money,
    currency: z.string().meta({ description: "ISO 4217", examples: ["USD"] }),
    quantity: count.meta({ description: "Units on hand; changed through stock and sales" }),
    category: z.string().nullable(),
    attributes: z.record(z.string(), z.union([z.string(), z.number(), z.boolean()])),
    imageUrl: z.string().nullable(),
    reorderPoint: count.nullable(),
    leadTimeDays: count.nullable(),
    version: count.meta({ description: "Counts edits of the description; stock and sales do not raise it" }),
    createdAt: moment,
    updatedAt: moment,
  }),
);

export const movementShape = shape<Movement>()(
  z.object({
    id: count,
    productId: count,
    delta: count,
    quantity: count.meta({ description: "The quantity after this movement" }),
    reason: z.string(),
    actor: z.string().nullable(),
    cause: z.string().nullable(),
    createdAt: moment,
  }),
);

export const stockChangedShape = shape<StockChanged>()(
  z.object({ product: productShape, movement: movementShape }),
);

export const saleShape = shape<Sale>()(
  z.object({
    id: count,
    productId: count,
    orderId: z.string().nullable(),
    quantity: count.meta({ description: "Negative when goods came back" }),
    price: money,
    soldAt: moment,
    createdAt: moment,
  }),
);

export const salesShape = shape<{ sales: Sale[] }>()(z.object({ sales: z.array(saleShape) }));

export const dayShape = shape<SalesDay>()(
  z.object({ date: z.iso.date(), quantity: count, revenue: money, stockedOut: z.boolean() }),
);

const reason = z
  .object({ kind: z.string() })
  .catchall(z.unknown())
  .meta({ description: "What it rests on; what else there is follows from `kind`" });
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
    .object({ point: z.number(), quantity: z.number(), by: foreseen, because: z.array(reason) })
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
  stock: z.object({ quantity: count, movements: z.array(movementShape) }),
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

export const settingsShape = shape<SellerSettings>()(
  z.object({
    leadTimeDays: count.meta({ description: "Days from an order to its arrival" }),
    serviceLevel: z.number().meta({ description: "The probability that stock lasts until an order arrives" }),
    packSize: count.meta({ description: "Units are ordered in multiples of this" }),
    minimumOrder: count.meta({ description: "Units ordered at least, if any" }),
    categorizeFrom: z.number().meta({
      description: "A category is given by itself from this confidence on, else it waits for a review",
    }),
  }),
);

export const importResultShape = shape<ImportResult>()(
  z.object({
    created: count,
    updated: count,
    skipped: count,
    failed: count,
    errors: z.array(z.object({ row: count, message: z.string(), path: z.string().optional() })),
  }) as z.ZodType<ImportResult>,
);

export const eventShape = shape<EventOf<string, Record<string, unknown>>>()(
  z.object({
    id: z.string().meta({ description: "The cursor of this position; opaque" }),
    seq: count.meta({ description: "Counts the seller's events 1, 2, 3 … with no hole" }),
    type: z.string().meta({ examples: ["sale.recorded"] }),
    sellerId: z.string(),
    productId: count.nullable(),
    payload: z.record(z.string(), z.unknown()),
    createdAt: moment,
  }),
);

const keyFields = {
  id: count,
  prefix: z.string(),
  sellerId: z.string().nullable(),
  name: z.string(),
  scopes: z.array(z.enum(scopes)),
  createdAt: moment,
  expiresAt: moment.nullable(),
  lastUsedAt: moment.nullable(),
};
export const keyShape = shape<ApiKey>()(z.object(keyFields));
export const newKeyShape = shape<NewApiKey>()(
  z.object({ key: z.string().meta({ description: "The secret; shown in this answer only" }), ...keyFields }),
);

export const streamTokenShape = z.object({ token: z.string(), expiresAt: moment });
export const healthShape = z.object({
  status: z.enum(["ok", "degraded", "draining"]),
  checks: z.record(z.string(), z.string()).optional(),
});

export const problemShape = z
  .object({
    type: z.string(),
    title: z.string(),
    status: count,
    code: z.string().meta({ description: "One of the closed list of codes", examples: ["invalid_request"] }),
    detail: z.string(),
    requestId: z.string(),
    errors: z.array(z.object({ path: z.string(), message: z.string() })).optional(),
  })
  .loose()
  .meta({ description: "RFC 9457; further members are the evidence of the code" });

/** One page of a list. */
export function pageShape(item: z.ZodType): z.ZodType {
  return z.object({
    items: z.array(item),
    nextCursor: z.string().nullable().meta({ description: "Asks for the next page; null at the end" }),
  });
}

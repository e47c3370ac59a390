import {
  type ApiKey,
  type Erasure,
  type EventOf,
  type ImportResult,
  type IncomingReceived,
  type IncomingStock,
  incomingStates,
  type Movement,
  type NewApiKey,
  type Origin,
  type Product,
  type Sale,
  type SalesDay,
  type SellerSettings,
  type StockChanged,
  scopes,
} from "@amused/core";
import { z } from "zod";

// What answers look like, for the OpenAPI document: nothing is checked with these when the server runs. The compiler
// holds each to core's interface of the same name, in both directions.

export const moment: z.ZodISODateTime = z.iso
  .datetime()
  .meta({ description: "ISO 8601, UTC", examples: ["2026-11-23T09:30:00.000Z"] });
export const money: z.ZodString = z
  .string()
  .meta({ description: "A decimal amount, as exact as its currency", examples: ["19.99"] });
export const count: z.ZodInt = z.int();

/** A schema whose output is exactly `T`. */
export function shape<T>() {
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
    serviceLevel: z.number().nullable(),
    packSize: count.nullable(),
    minimumOrder: count.nullable(),
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

export const incomingShape = shape<IncomingStock>()(
  z.object({
    id: count,
    productId: count,
    quantity: count.meta({ description: "Units that were ordered" }),
    received: count.meta({ description: "Units that have come" }),
    expectedOn: z.iso.date(),
    reference: z.string().nullable(),
    state: z.enum(incomingStates),
    createdAt: moment,
    updatedAt: moment,
  }),
);

export const incomingReceivedShape = shape<IncomingReceived>()(
  z.object({ incoming: incomingShape, product: productShape, movement: movementShape }),
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

/** What it rests on. */
export const reason = z
  .object({ kind: z.string() })
  .catchall(z.unknown())
  .meta({ description: "What it rests on; what else there is follows from `kind`" });
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

export const auditShape = shape<EventOf<string, Record<string, unknown>> & Origin>()(
  eventShape.extend({
    actor: z.string().nullable().meta({ description: "Who did it; `null` is the host itself" }),
    keyId: count.nullable().meta({ description: "The API key, where the actor is one" }),
    requestId: z.string().nullable().meta({ description: "The `X-Request-Id` of the request" }),
  }),
);

export const erasureShape = shape<Erasure>()(
  z.object({
    sellerId: z.string(),
    state: z.enum(["erasing", "erased"]),
    requestedAt: moment,
    requestedBy: z.string().nullable().meta({ description: "Who asked for it" }),
    finishedAt: moment.nullable(),
    rows: count.meta({ description: "How many rows were taken away so far" }),
  }),
);

const keyFields = {
  id: count,
  prefix: z.string(),
  sellerId: z.string().nullable(),
  name: z.string(),
  scopes: z.array(z.enum(scopes)),
  origins: z
    .array(z.string())
    .nullable()
    .meta({ description: "Pages that may use it; null: wherever a request comes from" }),
  createdAt: moment,
  expiresAt: moment.nullable(),
  lastUsedAt: moment.nullable(),
  replacedBy: count.nullable().meta({ description: "The key that took its place" }),
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

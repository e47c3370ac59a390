import { z } from "zod";
import type { Alert } from "./alert.ts";
import type { IncomingStock } from "./incoming.ts";
import type { Scope } from "./key.ts";
import { parse } from "./parse.ts";
import type { PredictionType, StoredPrediction } from "./prediction.ts";
import type { Product } from "./product.ts";
import { idSchema } from "./seller.ts";
import type { SettingsChanges } from "./settings.ts";
import { isStorable, withoutProto } from "./text.ts";

/** What each of Amused's own events carries. */
export interface EventPayloads {
  "product.created": { product: Product };
  "product.updated": { product: Product; changed: string[] };
  "product.deleted": { product: Product };
  "product.categorized": { category: string; confidence: number; applied: boolean };
  "category.settled": CategoryFact;
  "stock.adjusted": { delta: number; quantity: number; reason: string; actor: string | null };
  "sale.recorded": SaleFact;
  "sale.returned": SaleFact;
  "stock.low": StockLevelFact;
  "stock.depleted": StockLevelFact;
  "stock.replenished": StockLevelFact;
  "incoming.created": IncomingFact;
  "incoming.updated": IncomingFact;
  "incoming.received": IncomingFact;
  "incoming.cancelled": IncomingFact;
  "prediction.updated": { predictionType: PredictionType; prediction: StoredPrediction };
  "recommendations.updated": { count: number };
  "alert.opened": { alert: Alert };
  "alert.acknowledged": { alert: Alert };
  "alert.snoozed": { alert: Alert };
  "alert.reopened": { alert: Alert };
  "alert.resolved": { alert: Alert };
  "alert.withdrawn": { alert: Alert };
  "import.progressed": ImportFact;
  "import.completed": ImportFact;
  "settings.updated": SettingsFact;
  "keys.created": KeyFact;
  "keys.rotated": KeyRotatedFact;
  "keys.revoked": KeyFact;
}

/** One line of a sale or return; `quantity` is positive in both, `remaining` is the stock after it. */
export interface SaleFact {
  orderId: string | null;
  quantity: number;
  price: string;
  remaining: number;
  soldAt: string;
}

/** Where stock is after it crossed its reorder point, or was gone, or came back. */
export interface StockLevelFact {
  quantity: number;
  /** The product's own, or the one that was computed for it. */
  reorderPoint?: number;
  /** The days by which stock has run out with a probability of 10, 50 and 90 %. */
  stockout?: { p10: string | null; p50: string | null; p90: string | null };
}

export interface IncomingFact {
  incoming: IncomingStock;
}

export interface ImportFact {
  kind: "products" | "sales";
  done: number;
  total?: number;
  failed: number;
}

/** What somebody decided of a suggestion. */
export interface CategoryFact {
  state: "accepted" | "corrected" | "dismissed";
  /** What the product has now. */
  category: string | null;
  suggested: string;
  confidence: number;
  /** It had been given by itself. */
  applied: boolean;
}

/** What became different; `null` was taken away, and is as when nothing was set. */
export interface SettingsFact {
  changed: SettingsChanges;
}

export interface KeyFact {
  keyId: number;
  name: string;
  scopes: Scope[];
}

/** The key that was rotated: which one takes its place, and when it ends itself. */
export interface KeyRotatedFact extends KeyFact {
  replacedBy: number;
  expiresAt: string;
}

/** The host's own events: a name and the shape of its payload. */
export type CustomEvents = Record<string, z.ZodType>;

/** No events of the host's own. */
// biome-ignore lint/complexity/noBannedTypes: the empty map, to which nothing is added
export type NoCustomEvents = {};

type Payloads<Custom extends CustomEvents> = EventPayloads & {
  [Type in keyof Custom]: z.output<Custom[Type]>;
};

/** An event of one type: the `seq`-th fact of its seller, the same for every reader. */
export interface EventOf<Type extends string, Payload> {
  /** The cursor of this position; opaque. */
  id: string;
  /** 1, 2, 3 … per seller, with no hole. */
  seq: number;
  type: Type;
  sellerId: string;
  productId: number | null;
  payload: Payload;
  createdAt: string;
}

/** Any event of a seller, told apart by `type`. */
export type AmusedEvent<Custom extends CustomEvents = NoCustomEvents> = {
  [Type in keyof Payloads<Custom> & string]: EventOf<Type, Payloads<Custom>[Type]>;
}[keyof Payloads<Custom> & string];

/** The name of a type of event. */
export type EventType<Custom extends CustomEvents = NoCustomEvents> = AmusedEvent<Custom>["type"];

type Noun<Type extends string> = Type extends `${infer N}.${string}` ? N : never;

/** What a filter may name: a type, or all types of a noun. */
export type EventFilter<Custom extends CustomEvents = NoCustomEvents> =
  | EventType<Custom>
  | `${Noun<EventType<Custom>>}.*`
  | (string & { readonly [unknownType]?: never });
declare const unknownType: unique symbol;

/** The events that a filter lets through. */
export type FilteredEvent<
  Filter extends string,
  Custom extends CustomEvents = NoCustomEvents,
> = string extends Filter
  ? AmusedEvent<Custom>
  : Extract<AmusedEvent<Custom>, { type: Filter extends `${infer N}.*` ? `${N}.${string}` : Filter }>;

/**
 * Said in a stream when the position asked for can not be served: what lies between it and `cursor` was not seen. Load
 * afresh what you keep.
 */
export interface StreamReset {
  type: "stream.reset";
  payload: { reason: "pruned" | "ahead" | "epoch"; cursor: string };
}

/** The nouns of Amused's own events, which the host's events can not have. */
export const reservedNouns: readonly string[] = [
  "product",
  "stock",
  "sale",
  "prediction",
  "recommendations",
  "notification",
  "import",
  "keys",
  "stream",
  "webhook",
  "alert",
  "category",
  "settings",
  "incoming",
];

const typeName = /^[a-z0-9_-]+(\.[a-z0-9_-]+)+$/;
const typeFilter = /^[a-z0-9_-]+(\.[a-z0-9_-]+)*\.(\*|[a-z0-9_-]+)$/;

/** `noun.verb` in small letters, digits, `_`, `-` and dots. */
export const eventTypeSchema: z.ZodString = z
  .string()
  .max(100, "must have at most 100 characters")
  .regex(typeName, "must be of the form noun.verb in small letters, digits, _ and -");

/** The host's own types keep off the nouns of Amused. */
const customTypeSchema = eventTypeSchema.refine(
  (type) => !reservedNouns.includes(type.split(".", 1)[0] ?? ""),
  `must not begin with a noun of Amused's own events (${reservedNouns.join(", ")})`,
);

/** The most bytes of JSON that a custom payload may have. */
export const maxPayloadBytes = 65_536;

export const newEventSchema = z.strictObject({
  type: customTypeSchema,
  productId: idSchema.nullish(),
  payload: withoutProto(
    z.record(z.string(), z.unknown()).superRefine((payload, context) => {
      const fault = payloadFault(payload, 0);
      if (fault !== null) context.addIssue({ code: "custom", message: fault });
    }),
  ),
});

/** An event of the host's own, with the payload that its definition asks for. */
export type NewEvent<Custom extends CustomEvents = CustomEvents> = {
  [Type in keyof Custom & string]: { type: Type; productId?: number | null; payload: z.input<Custom[Type]> };
}[keyof Custom & string];

/** Says what of a payload no store could keep and give back as it was. */
function payloadFault(value: unknown, depth: number): string | null {
  if (depth > 32) return "must not be nested deeper than 32 levels";
  if (value === null || typeof value === "boolean") return null;
  if (typeof value === "string")
    return isStorable(value) ? null : "must not hold NUL characters or broken Unicode";
  if (typeof value === "number") return Number.isFinite(value) ? null : "must hold finite numbers only";
  if (typeof value !== "object") return "must be JSON";
  for (const [key, item] of Object.entries(value)) {
    if (key === "__proto__") return "must not hold the key __proto__";
    const fault = isStorable(key)
      ? payloadFault(item, depth + 1)
      : "must not hold NUL characters or broken Unicode";
    if (fault !== null) return fault;
  }
  return null;
}

/** Names or `noun.*`, up to 50. Well-formed names that never occur match nothing. */
export const typesFilterSchema = z
  .array(z.string().max(100).regex(typeFilter, "must be event types such as sale.recorded or stock.*"))
  .min(1, "must name at least one type")
  .max(50, "must name at most 50 types");

const filters = { types: typesFilterSchema.optional(), productId: idSchema.optional() };

export const eventQuerySchema = z.strictObject({
  ...filters,
  after: z.string().max(200).optional(),
  limit: z
    .int("must be a whole number")
    .min(1, "must be from 1 to 200")
    .max(200, "must be from 1 to 200")
    .default(50),
});

export const subscriptionSchema = z.strictObject({ ...filters, from: z.string().max(200).optional() });

/** Tells whether an event passes a filter. */
export function matches(
  event: { type: string; productId: number | null },
  filter: { types?: readonly string[] | undefined; productId?: number | undefined },
): boolean {
  if (filter.productId !== undefined && event.productId !== filter.productId) return false;
  return (
    filter.types === undefined ||
    filter.types.some((type) =>
      type.endsWith(".*") ? event.type.startsWith(type.slice(0, -1)) : event.type === type,
    )
  );
}

/**
 * Names the host's own events and the shape of each, for `createAmused` and `createClient`. It is their types that keep you to
 * these names: at run time a well-formed type that is not among them is published as it is, and a filter for one that
 * nobody publishes matches nothing.
 *
 * @example
 * const events = defineEvents({ "acme.price_matched": z.object({ rival: z.string(), price: z.string() }) });
 */
export function defineEvents<const Custom extends CustomEvents>(custom: Custom): Custom {
  for (const type of Object.keys(custom)) parse(customTypeSchema, type, `events.${type}`);
  return custom;
}

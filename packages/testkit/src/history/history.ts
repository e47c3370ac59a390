import type { EventOf } from "@amused/core";

/** What happened to one seller while things went wrong: what was asked and answered, what was read, and what is there. */
export interface History {
  sellerId: string;
  operations: Operation[];
  readers: ReaderLog[];
  /** The whole log, read when all was quiet again. */
  log: LogEvent[];
  stock: StockRecord[];
}

export type LogEvent = EventOf<string, unknown>;

/** One write as its caller knows it. */
export interface Operation {
  /** Stands in every event of it, so that they are known by it: `nameOf()` says where. */
  name: string;
  /**
   * `ok` was answered, and so has happened; `fail` was refused, and so has not; of `unknown` nothing is known but that it
   * happened at most once.
   */
  outcome: "ok" | "fail" | "unknown";
  /** The events that it leaves if it happens, in their order. */
  facts: Fact[];
  /** When it was first asked and last answered, on one clock for all operations. */
  began: number;
  ended: number;
}

/** An event by what its operation, or the answer to it, says of it. */
export interface Fact {
  type: string;
  productId?: number;
  id?: string;
  /** A part of the payload. */
  payload?: object;
}

/** What one reader saw, over all its connections. */
export interface ReaderLog {
  name: string;
  filter: { types?: readonly string[]; productId?: number };
  /** After which `seq` it began; `null`: wherever the head was, which its first event tells. */
  after: number | null;
  /** Up to which `seq` it had to come. */
  until: number;
  seen: LogEvent[];
  /** Why positions of it were not served: nothing is pruned here, so there should be none. */
  resets: string[];
}

/** A product's quantity and its ledger, oldest first. */
export interface StockRecord {
  productId: number;
  quantity: number;
  ledger: { delta: number; quantity: number }[];
}

/** An event of the host's own, for histories to publish. */
export const notedType = "history.noted";

const places: Record<string, [string, string?]> = {
  "product.created": ["product", "sku"],
  "product.updated": ["product", "description"],
  "stock.adjusted": ["reason"],
  "sale.recorded": ["orderId"],
  [notedType]: ["operation"],
};

/** The operation that an event belongs to; `null` for events that operations do not write. */
export function nameOf({ type, payload }: LogEvent): string | null {
  const place = places[type];
  return place === undefined ? null : String(place.reduce(within, payload));
}

/** By how much an event changed its product's stock, and what it says the quantity is since. */
export function moved({ type, payload }: LogEvent): { delta: number; quantity: number } | null {
  const number = (...path: string[]) => Number(path.reduce(within, payload));
  if (type === "product.created") {
    const quantity = number("product", "quantity");
    return { delta: quantity, quantity };
  }
  if (type === "stock.adjusted") return { delta: number("delta"), quantity: number("quantity") };
  if (type === "sale.recorded") return { delta: -number("quantity"), quantity: number("remaining") };
  return null;
}

function within(value: unknown, field: string | undefined): unknown {
  if (field === undefined) return value;
  return typeof value === "object" && value !== null ? Reflect.get(value, field) : undefined;
}

import {
  type EventOf,
  isAmusedError,
  type Movement,
  type PageRequest,
  type Product,
  type Repositories,
  type Rows,
  type Sale,
} from "@amused/core";
import { expect } from "vitest";

/** Everything of a list, page by page. */
export async function all<T>(
  page: (request: PageRequest) => Promise<Rows<T> | null>,
  limit = 100,
): Promise<T[]> {
  const rows: T[] = [];
  let after: PageRequest["after"] = null;
  do {
    const read: Rows<T> | null = await page({ limit, after });
    if (read === null) throw new Error("There is nothing to list.");
    const items = read.body.value;
    expect(items.length, "a page that is not the last one is full").toBe(
      read.last === null ? Math.min(items.length, limit) : limit,
    );
    rows.push(...items);
    after = read.last;
  } while (after !== null);
  return rows;
}

/** All products, by id. */
export function allProducts(store: Repositories, sellerId: string): Promise<Product[]> {
  const filter = {
    category: null,
    words: [],
    maxQuantity: null,
    runsOutBy: null,
    sort: "id" as const,
    descending: false,
  };
  return all((page) => store.products.list(sellerId, { ...filter, ...page }));
}

/** The whole ledger of a product, oldest first. */
export async function ledgerOf(
  store: Repositories,
  sellerId: string,
  productId: number,
): Promise<Movement[]> {
  return (await all((page) => store.stock.movements(sellerId, productId, page))).reverse();
}

/** All sales, newest first. */
export function allSales(
  store: Repositories,
  sellerId: string,
  productId: number | null = null,
): Promise<Sale[]> {
  return all((page) => store.sales.list(sellerId, { productId, from: null, before: null, ...page }));
}

/** The whole log, checked to be dense; events as their readers get them. */
export async function allEvents(
  store: Repositories,
  sellerId: string,
): Promise<EventOf<string, Record<string, unknown>>[]> {
  const events: EventOf<string, Record<string, unknown>>[] = [];
  for (;;) {
    const run = await store.events.read(sellerId, {
      after: events.length,
      limit: 500,
      types: null,
      productId: null,
    });
    for (const stored of run?.events ?? []) {
      expect(stored.seq, "events are numbered 1, 2, 3 … with no hole").toBe(events.length + 1);
      const event = JSON.parse(stored.text);
      expect(event).toMatchObject({
        seq: stored.seq,
        type: stored.type,
        sellerId,
        productId: stored.productId,
      });
      events.push(event);
    }
    if (run === null || events.length >= run.head) {
      expect(events.length, "the log ends at its head").toBe(run?.head ?? 0);
      return events;
    }
  }
}

/** Everything that a seller has, as far as the port shows it. */
export async function dump(store: Repositories, sellerId: string): Promise<unknown> {
  const events = await allEvents(store, sellerId);
  const ids = [...new Set(events.flatMap(({ productId }) => productId ?? []))];
  const products = [];
  for (const id of ids) {
    const found = await store.products.find(sellerId, id);
    const days = await store.sales.daily(sellerId, id, "2025-06-14", "2025-06-16");
    products.push({
      id,
      found: found?.body.value,
      revision: found?.revision,
      days: days?.body.value,
      ledger: await ledgerOf(store, sellerId, id),
      similar: (await store.recommendations.find(sellerId, id, "similar"))?.body.value,
    });
  }
  return {
    events,
    products,
    listed: await allProducts(store, sellerId),
    sales: await allSales(store, sellerId),
    attributes: await store.products.attributeNames(sellerId),
    predictions: await all((page) =>
      store.predictions.list(sellerId, { productId: null, type: null, ...page }),
    ),
    scores: await all((page) => store.predictions.scores(sellerId, { productId: null, type: null, ...page })),
    sums: (await store.predictions.sums(sellerId, { productId: null, since: new Date(0) })).body.value,
    engine: await store.engines.load(sellerId, "engine"),
    keys: await all((page) => store.keys.list(sellerId, page)),
    head: (await store.events.heads([sellerId])).get(sellerId),
  };
}

/** How a command ends: `done`, or the code of its refusal. What is no refusal is thrown on. */
export async function outcome(work: Promise<unknown>): Promise<string> {
  try {
    await work;
    return "done";
  } catch (error) {
    if (isAmusedError(error)) return error.code;
    throw error;
  }
}

/** The refusal of a command, to look at its evidence. */
export async function refusal(work: Promise<unknown>): Promise<unknown> {
  try {
    await work;
  } catch (error) {
    if (isAmusedError(error)) return { code: error.code, ...error.evidence };
    throw error;
  }
  return expect.fail("it was not refused");
}

/** Lets some time pass, so that others get between. */
export function pause(ms: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, ms));
}

/** JSON with the names of every object in one order: stores need not keep theirs. */
export function canonical(value: unknown): string {
  return JSON.stringify(value, (_, item: unknown) =>
    typeof item === "object" && item !== null && !Array.isArray(item)
      ? Object.fromEntries(Object.entries(item).sort(([a], [b]) => (a < b ? -1 : 1)))
      : item,
  );
}

import { createRecommender, type Recommender } from "@amused/engines";
import type { StreamPosition } from "../../domain/cursor.ts";
import type { Position } from "../../domain/page.ts";
import type { Product } from "../../domain/product.ts";
import type { Repositories } from "../../ports/repositories.ts";
import { lost } from "../stream/lost.ts";
import { yielder } from "../yielder.ts";

/** What the log says of the catalogue. */
const productTypes = ["product.created", "product.updated", "product.deleted"];

export interface ModelDeps {
  repositories: Pick<Repositories, "products" | "sales" | "events">;
  now: () => Date;
}

/** What a seller's recommendations are read from: the catalogue and the baskets, as the store has them. */
export interface Model {
  readonly recommender: Recommender;
  /** The `seq` up to which the log is in it. */
  basedOn(): number;
  /** How large it is: products, and lines of baskets. */
  size(): { products: number; lines: number };
  /** Takes in what happened since; `false` where that can not be known any more, and it is to be built anew. */
  catchUp(): Promise<boolean>;
}

/** How much of a catalogue, of the log and of the orders is read at once. */
const page = 500;
/** Of a larger catalogue the first products are known. */
export const mostProducts = 100_000;
/** More of a description tells nothing. */
const mostDescription = 1_000;
/** Ids of sales are given out before they are committed: what is older than this has no gap. */
const settledMs = 60_000;
/** Orders younger than that which are taken in before they are settled. */
const mostUnsettled = 200_000;
/** Lines of which the recommender keeps no more. */
const mostLines = 500_000;
/** Nothing that could be chosen better on a shop's own baskets has been seen to help with one product. */
const powers = { one: 0, basket: 0.2 };

/** Reads a seller's catalogue and orders. */
export async function buildModel({ repositories, now }: ModelDeps, sellerId: string): Promise<Model> {
  const { products, sales, events } = repositories;
  const recommender = createRecommender({ powers });
  const known = new Set<number>();
  const yieldNow = yielder();
  /** Prices in other currencies say nothing beside those in this one. */
  let currency: string | null = null;
  let lines = 0;
  /** The last sale before which no other can appear; the last one looked at; and the orders seen between them. */
  let settled = 0;
  let seen = 0;
  const unsettled = new Set<string>();
  // What is written while the catalogue is read comes from the log again.
  let position: StreamPosition | null = (await events.heads([sellerId])).get(sellerId) ?? null;

  function upsert(product: Product): void {
    if (!known.has(product.id) && known.size >= mostProducts) return;
    known.add(product.id);
    currency ??= product.currency;
    recommender.upsertProduct({
      id: String(product.id),
      name: product.name,
      description: product.description.slice(0, mostDescription),
      attributes: product.attributes,
      ...(product.category !== null && { category: product.category }),
      ...(product.currency === currency && { price: Number(product.price) }),
    });
  }

  async function readCatalogue(): Promise<void> {
    const all = { category: null, words: [], maxQuantity: null, runsOutBy: null };
    const order = { sort: "id", descending: false, limit: page } as const;
    let after: Position | null = null;
    do {
      const { body, last } = await products.list(sellerId, { ...all, ...order, after });
      for (const product of body.value) {
        upsert(product);
        await yieldNow();
      }
      after = last;
    } while (after !== null && known.size < mostProducts);
  }

  /** Takes in products as the log tells of them; `false` where a part of it is gone. */
  async function followProducts(): Promise<boolean> {
    for (;;) {
      const request = { limit: page, types: productTypes, productId: null };
      const run = await events.read(sellerId, { ...request, after: position?.seq ?? 0 });
      if (run === null) return position === null;
      position ??= { epoch: run.epoch, seq: 0 };
      if (lost(position, run) !== null) return false;
      for (const { type, text } of run.events) {
        const { product } = (JSON.parse(text) as { payload: { product: Product } }).payload;
        if (type !== "product.deleted") upsert(product);
        else if (known.delete(product.id)) recommender.removeProduct(String(product.id));
        await yieldNow();
      }
      const full = run.events.length === page;
      position = { epoch: run.epoch, seq: full ? (run.events.at(-1)?.seq ?? run.head) : run.head };
      if (!full) return true;
    }
  }

  async function readOrders(): Promise<void> {
    // All that is old enough, to go on after it: an order that was taken in before it was is here no news.
    const before = new Date(now().getTime() - settledMs);
    for (let more = true; more; ) {
      const read = await sales.orders(sellerId, { after: settled, before, limit: page });
      for (const { orderId, productIds } of read.orders) {
        if (!unsettled.delete(orderId)) take(productIds);
        await yieldNow();
      }
      ({ last: settled, more } = read);
    }
    // What is newer, so that it is known at once; what appears among it later is found above.
    seen = Math.max(seen, settled);
    for (let more = true; more && unsettled.size < mostUnsettled; ) {
      const read = await sales.orders(sellerId, { after: seen, before: null, limit: page });
      for (const { orderId, productIds } of read.orders) {
        if (unsettled.has(orderId)) continue;
        unsettled.add(orderId);
        take(productIds);
        await yieldNow();
      }
      ({ last: seen, more } = read);
    }
  }

  function take(productIds: readonly number[]): void {
    lines += productIds.length;
    recommender.addBasket(productIds.map(String));
  }

  async function catchUp(): Promise<boolean> {
    // Orders after the log: what it tells of them up to its position is in the store by then.
    if (!(await followProducts())) return false;
    await readOrders();
    return true;
  }

  await readCatalogue();
  return {
    recommender,
    basedOn: () => position?.seq ?? 0,
    size: () => ({ products: known.size, lines: Math.min(lines, mostLines) }),
    catchUp,
  };
}

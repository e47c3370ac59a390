import { setTimeout as sleep } from "node:timers/promises";
import { isAmusedError } from "@amused/core";
import { type Fact, notedType, type Operation, type Random } from "@amused/testkit";
import type { Connection, Shop } from "./connect.ts";

/** Something to do: as often as it is sent, under one key. */
interface Deed {
  /** The events that it leaves. */
  facts: Fact[];
  /** Does it, and says what the answer tells of those events. */
  send(shop: Shop, idempotencyKey: string): Promise<Fact[]>;
}

/** What the writers of one seller share: his products, and the clock of all operations. */
export interface Market {
  products: number[];
  tick(): number;
}

export interface Writer {
  operations: Operation[];
  /** Whether it waits for an answer just now. */
  readonly underWay: boolean;
  /** Works until the signal aborts. */
  work(stop: AbortSignal): Promise<void>;
  /** Asks again for what shall have an answer and has none, until it has. */
  settle(): Promise<void>;
  /** Make a product, or a last note, however long it takes. */
  create(): Promise<void>;
  note(text: string): Promise<void>;
}

const refusals = ["insufficient_stock", "precondition_failed"];

/**
 * Does one thing after another, by chance of the random numbers, and notes what became of each. Where no answer came it
 * tries again with the same key; or, for some, never.
 */
export function createWriter(
  name: string,
  { shop, sent }: Connection,
  market: Market,
  random: Random,
): Writer {
  const operations: Operation[] = [];
  const unsettled: { operation: Operation; deed: Deed }[] = [];
  let underWay = false;

  function begin({ facts }: Deed): Operation {
    const began = market.tick();
    // The name tells the key too.
    const operation = { name: `${name}-${operations.length}`, facts, began, ended: began };
    operations.push({ ...operation, outcome: "unknown" });
    return operations.at(-1) as Operation;
  }

  /** Sends once, or as often as the client does by itself; tells whether there was an answer. */
  async function send(operation: Operation, deed: Deed): Promise<boolean> {
    underWay = true;
    try {
      operation.facts = await deed.send(shop, operation.name);
      operation.outcome = "ok";
      return true;
    } catch (error) {
      if (isAmusedError(error, "unavailable")) return false;
      if (!isAmusedError(error) || !refusals.includes(error.code)) throw error;
      // Of an earlier try one can not know: it may still be on its way.
      if (sent(operation.name) === 1) operation.outcome = "fail";
      return true;
    } finally {
      underWay = false;
      operation.ended = market.tick();
    }
  }

  async function work(stop: AbortSignal): Promise<void> {
    while (!stop.aborted) {
      const deed = draw(market, random, `${name}-${operations.length}`);
      const operation = begin(deed);
      if (await send(operation, deed)) {
        await sleep(random.int(0, 20));
        continue;
      }
      await sleep(random.int(20, 150));
      if (random.next() < 0.3) continue;
      if (!(await send(operation, deed))) unsettled.push({ operation, deed });
    }
  }

  async function finish(operation: Operation, deed: Deed): Promise<void> {
    while (!(await send(operation, deed))) await sleep(random.int(20, 150));
  }

  return {
    operations,
    get underWay() {
      return underWay;
    },
    work,
    async settle() {
      for (const { operation, deed } of unsettled.splice(0)) await finish(operation, deed);
    },
    async create() {
      const deed = creating(`${name}-${operations.length}`, market, random);
      await finish(begin(deed), deed);
    },
    async note(text) {
      const deed = noting(`${name}-${operations.length}`, text, null);
      await finish(begin(deed), deed);
    },
  };
}

function draw(market: Market, random: Random, name: string): Deed {
  const [first = 0, ...others] = market.products;
  const chance = random.next();
  if (chance < 0.1 && others.length < 7) return creating(name, market, random);
  const product = () => random.pick([first, ...others]);
  if (chance < 0.55) return selling(name, product, random);
  if (chance < 0.75) return adjusting(name, product(), random);
  if (chance < 0.85) return editing(name, product(), random);
  const text = "Tee 茶 🍵 ".repeat(random.int(1, random.next() < 0.1 ? 500 : 20));
  return noting(name, text, random.next() < 0.5 ? product() : null);
}

function creating(sku: string, market: Market, random: Random): Deed {
  const quantity = random.int(0, 12);
  const fact = { type: "product.created" };
  return {
    facts: [fact],
    async send(shop, idempotencyKey) {
      const { id } = await shop.products.create(
        { sku, name: `Grüner Tee ${sku}`, quantity },
        { idempotencyKey },
      );
      if (!market.products.includes(id)) market.products.push(id);
      return [{ ...fact, productId: id }];
    },
  };
}

function selling(orderId: string, product: () => number, random: Random): Deed {
  const lines = Array.from({ length: random.int(1, 3) }, () => ({
    productId: product(),
    quantity: random.int(1, 3),
  }));
  const facts = lines.map(({ productId, quantity }) => ({
    ...{ type: "sale.recorded", productId },
    payload: { quantity },
  }));
  return {
    facts,
    async send(shop, idempotencyKey) {
      const { sales } = await shop.sales.record({ orderId, lines }, { idempotencyKey });
      return sales.map(({ productId, quantity, price }) => ({
        ...{ type: "sale.recorded", productId },
        payload: { quantity, price },
      }));
    },
  };
}

function adjusting(reason: string, productId: number, random: Random): Deed {
  const delta = random.next() < 0.7 ? random.int(1, 8) : -random.int(1, 4);
  const fact = { type: "stock.adjusted", productId, payload: { delta } };
  return {
    facts: [fact],
    async send(shop, idempotencyKey) {
      const { movement } = await shop.stock.adjust(productId, { adjust: delta, reason }, { idempotencyKey });
      return [{ ...fact, payload: { delta, quantity: movement.quantity } }];
    },
  };
}

function editing(description: string, productId: number, random: Random): Deed {
  // Many editors believe in an early version.
  const ifVersion = random.next() < 0.4 ? { ifVersion: random.int(1, 3) } : {};
  const fact = { type: "product.updated", productId };
  return {
    facts: [fact],
    async send(shop, idempotencyKey) {
      await shop.products.update(productId, { description }, { idempotencyKey, ...ifVersion });
      return [fact];
    },
  };
}

function noting(operation: string, text: string, productId: number | null): Deed {
  const fact = { type: notedType, ...(productId !== null && { productId }), payload: { text } };
  return {
    facts: [fact],
    async send(shop, idempotencyKey) {
      const draft = { type: notedType, productId, payload: { operation, text } } as const;
      const { id } = await shop.events.publish(draft, { idempotencyKey });
      return [{ ...fact, id }];
    },
  };
}

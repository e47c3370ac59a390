import type { AmusedEvent, Seller, StreamReset } from "@amused/core";
import { describe, expect, test } from "vitest";
import { expectError, expectFaults } from "./expect-error.ts";
import type { NewShop } from "./new-shop.ts";

/** Reads from a subscription until so many events came. */
async function take(
  shop: Seller,
  count: number,
  subscription: { from?: string; types?: string[]; productId?: number },
) {
  const found: (AmusedEvent | StreamReset)[] = [];
  for await (const event of shop.events.subscribe(subscription)) {
    found.push(event);
    if (found.length === count) break;
  }
  return found;
}

const seqs = (events: (AmusedEvent | StreamReset)[]) =>
  events.map((event) => ("seq" in event ? event.seq : event.type));

export function eventScenarios(newShop: NewShop): void {
  describe("events", () => {
    test("tell every change once, in one order, 1, 2, 3 …", async () => {
      const shop = await newShop();
      const { id } = await shop.products.create({ name: "Tea", price: "2", quantity: 5 });
      await shop.products.update(id, { name: "Green tea", category: "Tea" });
      await shop.stock.adjust(id, { adjust: 1, reason: "found" });
      await shop.sales.record({
        orderId: "o",
        soldAt: "2025-01-01T00:00:00Z",
        lines: [{ productId: id, quantity: 2 }],
      });
      await shop.sales.return({
        orderId: "o",
        soldAt: "2025-01-02T00:00:00Z",
        lines: [{ productId: id, quantity: 1 }],
      });
      await shop.products.delete(id);
      const { items, nextCursor } = await shop.events.list();
      expect(items.map(({ seq, type, productId }) => [seq, type, productId])).toEqual([
        [1, "product.created", id],
        [2, "product.updated", id],
        [3, "stock.adjusted", id],
        [4, "sale.recorded", id],
        [5, "sale.returned", id],
        [6, "product.deleted", id],
      ]);
      expect(items.map(({ payload }) => payload)).toMatchObject([
        { product: { id, name: "Tea", quantity: 5 } },
        { product: { id, name: "Green tea", version: 2 }, changed: ["name", "category"] },
        { delta: 1, quantity: 6, reason: "found" },
        { orderId: "o", quantity: 2, price: "2.00", remaining: 4, soldAt: "2025-01-01T00:00:00.000Z" },
        { orderId: "o", quantity: 1, price: "2.00", remaining: 5, soldAt: "2025-01-02T00:00:00.000Z" },
        { product: { id, name: "Green tea" } },
      ]);
      expect(items.at(-1)?.id).toBe(nextCursor);
      expect(await shop.events.list({ after: nextCursor })).toEqual({ items: [], nextCursor });
    });

    test("are read by page, by type and by product", async () => {
      const shop = await newShop();
      const a = await shop.products.create({ name: "a", quantity: 9 });
      const b = await shop.products.create({ name: "b", quantity: 9 });
      await shop.sales.record({
        lines: [
          { productId: a.id, quantity: 1 },
          { productId: b.id, quantity: 1 },
        ],
      });
      await shop.stock.adjust(a.id, { adjust: 1, reason: "x" });
      const types = async (query: Parameters<typeof shop.events.list>[0]) =>
        (await shop.events.list(query)).items.map(({ seq }) => seq);
      expect(await types({ productId: a.id })).toEqual([1, 3, 5]);
      expect(await types({ types: ["sale.*"] })).toEqual([3, 4]);
      expect(await types({ types: ["product.created", "stock.adjusted"], productId: b.id })).toEqual([2]);
      expect(await types({ types: ["no.such"] })).toEqual([]);
      const first = await shop.events.list({ limit: 2 });
      expect(await types({ limit: 2, after: first.nextCursor })).toEqual([3, 4]);
      expect(await types({ after: "start" })).toEqual([1, 2, 3, 4, 5]);
      await expectFaults(shop.events.list({ types: ["Not A Type"] }), ["types.0"]);
      await expectFaults(shop.events.list({ after: "nonsense" }), ["after"]);
      await expectError(shop.events.list({ after: "abc.1" }), "cursor_expired", { reason: "epoch" });
      await expectError(
        shop.events.list({ after: first.nextCursor.replace(/\d+$/, "99") }),
        "cursor_expired",
        { reason: "ahead" },
      );
    });

    test("reach a subscriber from the beginning, live, and after a break, without a gap or a double", async () => {
      const shop = await newShop();
      const { id } = await shop.products.create({ name: "Tea", quantity: 1000 });
      const sell = async (count: number) => {
        for (let i = 0; i < count; i++) await shop.sales.record({ lines: [{ productId: id, quantity: 1 }] });
      };
      await sell(3);
      const all = take(shop, 14, { from: "start" });
      const [first] = await Promise.all([take(shop, 6, { from: "start" }), sell(5)]);
      expect(seqs(first)).toEqual([1, 2, 3, 4, 5, 6]);
      const last = first.at(-1) as AmusedEvent;
      const [rest] = await Promise.all([take(shop, 8, { from: last.id }), sell(5)]);
      expect(seqs(rest)).toEqual([7, 8, 9, 10, 11, 12, 13, 14]);
      expect(seqs(await all)).toEqual(Array.from({ length: 14 }, (_, index) => index + 1));
    });

    test("reach a subscriber that names no position from now on", async () => {
      const shop = await newShop();
      const { id } = await shop.products.create({ name: "Tea", quantity: 10 });
      const stop = new AbortController();
      const seen: number[] = [];
      const reading = (async () => {
        for await (const event of shop.events.subscribe({ types: ["sale.*"], signal: stop.signal })) {
          if (event.type !== "stream.reset") seen.push(event.seq);
          if (seen.length === 2) stop.abort();
        }
      })();
      // The stream is open when its first event arrives; until then every sale may still fall before it.
      for (let i = 0; i < 10 && seen.length < 2; i++) {
        await shop.sales.record({ lines: [{ productId: id, quantity: 1 }] });
        await new Promise((done) => setTimeout(done, 50));
      }
      await reading;
      expect(seen).toHaveLength(2);
      expect(seen[1]).toBe((seen[0] as number) + 1);
    });

    test("end for a subscriber that leaves while it waits for the next one", async () => {
      const shop = await newShop();
      await shop.products.create({ name: "Tea" });
      const events = shop.events.subscribe({ from: "start" })[Symbol.asyncIterator]();
      await events.next();
      const next = events.next();
      await new Promise((done) => setTimeout(done, 20));
      expect(await events.return?.()).toMatchObject({ done: true });
      expect(await next).toMatchObject({ done: true });
    });

    test("pass a filter by type and product, and nothing else", async () => {
      const shop = await newShop();
      const a = await shop.products.create({ name: "a", quantity: 9 });
      const b = await shop.products.create({ name: "b", quantity: 9 });
      for (const { id } of [a, b, a]) await shop.sales.record({ lines: [{ productId: id, quantity: 1 }] });
      expect(seqs(await take(shop, 2, { from: "start", types: ["sale.recorded"], productId: a.id }))).toEqual(
        [3, 5],
      );
      await expectError(take(shop, 1, { productId: 123_456_789 }), "not_found");
      await expectFaults(take(shop, 1, { types: ["Not A Type"] }), ["types.0"]);
    });

    test("have positions of their own log only: another seller's is foreign", async () => {
      const [ours, theirs] = [await newShop(), await newShop()];
      for (const shop of [ours, theirs]) await shop.products.create({ name: "Tea" });
      const { nextCursor } = await ours.events.list();
      await expectError(theirs.events.list({ after: nextCursor }), "cursor_expired");
      const [reset] = await take(theirs, 1, { from: nextCursor });
      expect(reset).toMatchObject({ type: "stream.reset", payload: { reason: "epoch" } });
    });

    test("say so when a position is not of this log, and go on from the head", async () => {
      const shop = await newShop();
      const { id } = await shop.products.create({ name: "Tea", quantity: 9 });
      const [reset] = await take(shop, 1, { from: "0ther.1" });
      expect(reset).toMatchObject({ type: "stream.reset", payload: { reason: "epoch" } });
      const { nextCursor } = await shop.events.list();
      const ahead = nextCursor.replace(/\d+$/, "99");
      const [told, next] = await Promise.all([
        take(shop, 2, { from: ahead }),
        (async () => {
          for (let i = 0; i < 5; i++) {
            await new Promise((done) => setTimeout(done, 40));
            await shop.stock.adjust(id, { adjust: 1, reason: "x" });
          }
        })(),
      ]);
      expect(next).toBeUndefined();
      expect(told[0]).toMatchObject({ type: "stream.reset", payload: { reason: "ahead" } });
      expect(told[1]).toMatchObject({ type: "stock.adjusted" });
      await expectFaults(take(shop, 1, { from: "non sense" }), ["after"]);
    });

    test("take the host's own types, and keep their payloads exactly", async () => {
      const shop = (await newShop()) as unknown as Seller<Record<string, never>>;
      const payload = {
        nested: { list: [1, 2.5, null, "ü 🍵 \u2028"], "": "empty key" },
        big: 2 ** 53 - 1,
        tiny: 1e-7,
      };
      const publish = (event: unknown) =>
        (shop.events.publish as (event: unknown) => Promise<AmusedEvent>)(event);
      const event = await publish({ type: "acme.price-matched", payload });
      expect(event).toMatchObject({ type: "acme.price-matched", productId: null, payload });
      expect((await shop.events.list()).items).toEqual([event]);
      await expectFaults(publish({ type: "product.stolen", payload: {} }), ["type"]);
      await expectFaults(publish({ type: "Acme", payload: [] }), ["payload", "type"]);
      await expectFaults(publish({ type: "acme.x", payload: { a: "\0" } }), ["payload"]);
      await expectError(publish({ type: "acme.x", productId: 123_456_789, payload: {} }), "not_found");
      await expectError(
        publish({ type: "acme.x", payload: { text: "x".repeat(65_536) } }),
        "payload_too_large",
      );
    });
  });
}

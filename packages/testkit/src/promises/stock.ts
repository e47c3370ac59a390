import { expect } from "vitest";
import type { PromiseGroup } from "../bench.ts";
import { adjust, commandOf, createProduct, later, line, sell } from "../commands.ts";
import { random } from "../random.ts";
import { allEvents, allSales, ledgerOf, outcome, refusal } from "../reading.ts";

export const stock: PromiseGroup = {
  about: "stock is never sold twice",
  promises: [
    {
      title: "many buyers at once buy what there is and no more",
      async keep({ stores, seller, sizes: { buyers } }) {
        const sellerId = seller();
        const [store] = stores;
        const stocked = Math.floor(buyers / 6);
        const { id } = await createProduct(store, sellerId, { quantity: stocked });
        const outcomes = await Promise.all(
          Array.from({ length: buyers }, (_, n) =>
            outcome(
              sell(stores[n % stores.length] ?? store, commandOf(sellerId), [line(id, 1)], {
                orderId: `o-${n}`,
              }),
            ),
          ),
        );
        const count = (wanted: string) => outcomes.filter((code) => code === wanted).length;
        expect([count("done"), count("insufficient_stock")]).toEqual([stocked, buyers - stocked]);
        const ledger = await ledgerOf(store, sellerId, id);
        expect(ledger.reduce((sum, { delta }) => sum + delta, 0)).toBe(0);
        expect(
          ledger.map(({ quantity }) => quantity),
          "each movement leaves one less",
        ).toEqual(Array.from({ length: stocked + 1 }, (_, n) => stocked - n));
        expect((await store.products.find(sellerId, id))?.body.value.quantity).toBe(0);
        expect(await allSales(store, sellerId)).toHaveLength(stocked);
        const remaining = (await allEvents(store, sellerId)).slice(1).map(({ payload }) => payload.remaining);
        expect(remaining).toEqual(ledger.slice(1).map(({ quantity }) => quantity));
      },
    },
    {
      title:
        "orders of the same products in opposite order do not lock each other out, and are taken whole or not at all",
      async keep({ stores, seller, sizes, seed }) {
        const sellerId = seller();
        const [store] = stores;
        const orders = sizes.writers * 4;
        const a = await createProduct(store, sellerId, { quantity: orders });
        const b = await createProduct(store, sellerId, { quantity: orders });
        const { int } = random(seed);
        const outcomes = await Promise.all(
          Array.from({ length: orders }, (_, n) => {
            const lines = [line(a.id, int(1, 3)), line(b.id, int(1, 3))];
            const taken = n % 2 === 0 ? lines : lines.reverse();
            return outcome(
              sell(stores[n % stores.length] ?? store, commandOf(sellerId), taken, { orderId: `o-${n}` }),
            );
          }),
        );
        expect(new Set(outcomes)).toEqual(new Set(["done", "insufficient_stock"]));
        const perOrder = new Map<string | null, number>();
        for (const { orderId } of await allSales(store, sellerId))
          perOrder.set(orderId, (perOrder.get(orderId) ?? 0) + 1);
        expect([...perOrder.values()].every((lines) => lines === 2)).toBe(true);
        expect(perOrder.size).toBe(outcomes.filter((code) => code === "done").length);
        for (const { id } of [a, b]) {
          const { quantity } = (await store.products.find(sellerId, id))?.body.value ?? { quantity: -1 };
          expect(quantity).toBeGreaterThanOrEqual(0);
          const sold = (await allSales(store, sellerId, id)).reduce((sum, sale) => sum + sale.quantity, 0);
          expect(quantity).toBe(orders - sold);
        }
      },
    },
    {
      title:
        "two lines of one product are checked together and kept as two; the refusal says what there is of each",
      async keep({ store, seller }) {
        const sellerId = seller();
        const a = await createProduct(store, sellerId, { quantity: 5 });
        const b = await createProduct(store, sellerId, { quantity: 1 });
        const c = await createProduct(store, sellerId, { quantity: 9 });
        const lines = [line(b.id, 2), line(a.id, 3), line(c.id, 1), line(a.id, 3)];
        expect(await refusal(sell(store, commandOf(sellerId), lines))).toEqual({
          code: "insufficient_stock",
          available: [
            { productId: a.id, requested: 6, available: 5 },
            { productId: b.id, requested: 2, available: 1 },
          ],
        });
        const { body } = await sell(store, commandOf(sellerId), [
          line(a.id, 3),
          line(c.id, 1),
          line(a.id, 2),
        ]);
        expect(body.value.sales.map(({ productId, quantity }) => [productId, quantity])).toEqual([
          [a.id, 3],
          [c.id, 1],
          [a.id, 2],
        ]);
        const facts = (await allEvents(store, sellerId))
          .slice(3)
          .map(({ productId, payload }) => [productId, payload.remaining]);
        expect(facts).toEqual([
          [a.id, 2],
          [c.id, 8],
          [a.id, 0],
        ]);
        expect(
          (await ledgerOf(store, sellerId, a.id)).map(({ delta, quantity }) => [delta, quantity]),
        ).toEqual([
          [5, 5],
          [-3, 2],
          [-2, 0],
        ]);
      },
    },
    {
      title: "a count sets the quantity, and what moved after `countedAt` is added to it",
      async keep({ store, seller }) {
        const sellerId = seller();
        const { id } = await createProduct(store, sellerId, { quantity: 50 });
        await adjust(store, commandOf(sellerId, { at: later(1000) }), id, -10);
        await sell(store, commandOf(sellerId, { at: later(3000) }), [line(id, 4)]);
        await adjust(store, commandOf(sellerId, { at: later(4000) }), id, 1);
        const count = (count: number, countedAt: string | null) => ({
          productId: id,
          change: { count, countedAt },
          reason: "stocktaking",
          expected: null,
        });
        const command = commandOf(sellerId, { at: later(5000) });
        const counted = await store.stock.change(command, count(38, later(2000).toISOString()));
        expect(counted.body.value).toMatchObject({
          product: { quantity: 35 },
          movement: { delta: -2, quantity: 35, reason: "stocktaking" },
        });
        const now = await store.stock.change(command, count(20, null));
        expect(now.body.value).toMatchObject({
          product: { quantity: 20 },
          movement: { delta: -15, quantity: 20 },
        });
        expect(await outcome(store.stock.change(command, count(2, later(2000).toISOString())))).toBe(
          "insufficient_stock",
        );
        const same = await store.stock.change(command, count(20, null));
        expect(same.body.value.movement, "a count that finds what was known is a fact too").toMatchObject({
          delta: 0,
          quantity: 20,
        });
      },
    },
    {
      title: "a change that expects another quantity is a conflict that says the quantity",
      async keep({ store, seller }) {
        const sellerId = seller();
        const { id } = await createProduct(store, sellerId, { quantity: 5 });
        expect(await refusal(adjust(store, commandOf(sellerId), id, 1, 4))).toMatchObject({
          code: "conflict",
          quantity: 5,
        });
        const count = { productId: id, change: { count: 7, countedAt: null }, reason: "test", expected: 6 };
        expect(await refusal(store.stock.change(commandOf(sellerId), count))).toMatchObject({
          code: "conflict",
          quantity: 5,
        });
        expect((await adjust(store, commandOf(sellerId), id, 1, 5)).body.value.product.quantity).toBe(6);
      },
    },
    {
      title: "of changes at once that expect the same quantity one is made",
      async keep({ stores, seller, sizes }) {
        const sellerId = seller();
        const { id } = await createProduct(stores[0], sellerId, { quantity: 5 });
        const outcomes = await Promise.all(
          Array.from({ length: sizes.writers }, (_, n) =>
            outcome(adjust(stores[n % stores.length] ?? stores[0], commandOf(sellerId), id, 1, 5)),
          ),
        );
        expect(outcomes.filter((code) => code === "done")).toHaveLength(1);
        expect(outcomes.filter((code) => code === "conflict")).toHaveLength(sizes.writers - 1);
      },
    },
    {
      title: "quantities do not end at 32 bits",
      async keep({ store, seller }) {
        const sellerId = seller();
        const { id } = await createProduct(store, sellerId, { quantity: 1_000_000_000 });
        for (let i = 0; i < 4; i++) await adjust(store, commandOf(sellerId), id, 1_000_000_000);
        const sold = await sell(store, commandOf(sellerId), [
          line(id, 1_000_000_000),
          line(id, 1_000_000_000),
          line(id, 1_000_000_000),
        ]);
        expect(sold.body.value.sales).toHaveLength(3);
        expect((await store.products.find(sellerId, id))?.body.value.quantity).toBe(2_000_000_000);
      },
    },
  ],
};

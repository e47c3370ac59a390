import type { Repositories } from "@amused/core";
import { expect } from "vitest";
import type { Bench, PromiseGroup } from "../bench.ts";
import { adjust, commandOf, createProduct, editOf, keyed, line, productRow, sell } from "../commands.ts";
import { allEvents, canonical, dump, outcome, pause } from "../reading.ts";

export const atomicity: PromiseGroup = {
  about: "all of a unit of work happens, or nothing",
  promises: [
    {
      title: "a refused command leaves no row, no line in the ledger, no event and no key",
      async keep({ store, seller }) {
        const sellerId = seller();
        const { tea, pot } = await shop(store, sellerId);
        const before = await dump(store, sellerId);
        const key = (n: number) => keyed(sellerId, `refused ${n}`);
        const refused: [string, () => Promise<unknown>][] = [
          ["conflict", () => store.products.create(key(0), productRow({ sku: "TEA", quantity: 3 }))],
          ["conflict", () => store.products.update(key(1), editOf(pot, { sku: "TEA", name: "Other" }))],
          ["insufficient_stock", () => adjust(store, key(2), tea.id, -11)],
          ["conflict", () => adjust(store, key(3), tea.id, 1, 4)],
          ["not_found", () => adjust(store, key(4), 999_999_999, 1)],
          [
            "insufficient_stock",
            () => sell(store, key(5), [line(tea.id, 1), line(pot.id, 3), line(tea.id, 1)]),
          ],
          ["not_found", () => sell(store, key(6), [line(tea.id, 1), line(999_999_999, 1)])],
          ["invalid_request", () => sell(store, key(7), [line(tea.id, 1), line(pot.id, 1, "1.999")])],
          [
            "not_found",
            () =>
              store.events.append(key(8), [
                { type: "test.fact", productId: tea.id, payload: {} },
                { type: "test.fact", productId: 999_999_999, payload: {} },
              ]),
          ],
        ];
        for (const [n, [code, command]] of refused.entries()) {
          expect(await outcome(command()), `command ${n}`).toBe(code);
          expect(await store.idempotency.find(key(n)), `the key of command ${n}`).toBeNull();
        }
        expect(
          await store.products.update(key(20), { ...editOf(tea, { name: "Stale" }), version: 7 }),
        ).toBeNull();
        expect(await store.products.delete(key(21), tea.id, 7)).toBeNull();
        expect(await store.products.delete(key(22), 999_999_999, null)).toBeNull();
        expect(await dump(store, sellerId)).toEqual(before);
        for (const n of [20, 21, 22]) expect(await store.idempotency.find(key(n))).toBeNull();
      },
    },
    {
      title: "a refused first command begins no log",
      async keep({ store, seller }) {
        const sellerId = seller();
        expect(await outcome(adjust(store, commandOf(sellerId), 999_999_999, 1))).toBe("not_found");
        expect((await store.events.heads([sellerId])).size).toBe(0);
        expect(
          await store.events.read(sellerId, { after: 0, limit: 1, types: null, productId: null }),
        ).toBeNull();
      },
    },
    {
      title: "a transaction that throws undoes everything it did, keys and the count of events too",
      async keep(bench) {
        const { store, seller } = bench;
        const sellerId = seller();
        const { tea, pot } = await shop(store, sellerId);
        const before = await dump(store, sellerId);
        const failed = store.transaction(async (transaction) => {
          await doEverything(transaction, bench, sellerId, { tea: tea.id, pot });
          await pause(2);
          throw new Error("changed my mind");
        });
        await expect(failed).rejects.toThrow("changed my mind");
        expect(await dump(store, sellerId)).toEqual(before);
        for (const key of ["made", "sold"])
          expect(await store.idempotency.find(keyed(sellerId, key))).toBeNull();
        // The SKU is free and the next event takes the next number.
        await createProduct(store, sellerId, { sku: "NEW" });
        expect((await allEvents(store, sellerId)).at(-1)).toMatchObject({ seq: 4, type: "product.created" });
      },
    },
    {
      title: "a transaction that ends well has done everything, in its order",
      async keep(bench) {
        const { store, seller } = bench;
        const sellerId = seller();
        const { tea, pot } = await shop(store, sellerId);
        const answer = await store.transaction(async (transaction) => {
          await doEverything(transaction, bench, sellerId, { tea: tea.id, pot });
          return "answered";
        });
        expect(answer).toBe("answered");
        const types = (await allEvents(store, sellerId)).slice(3).map(({ type }) => type);
        expect(types).toEqual([
          ...["product.created", "stock.adjusted", "sale.recorded", "product.updated", "product.deleted"],
          ...["test.fact", "keys.created"],
        ]);
        expect(await store.idempotency.find(keyed(sellerId, "made"))).toMatchObject({ replayed: true });
      },
    },
    {
      title: "inside a transaction what it has done is seen, outside not before its end",
      async keep({ store, seller }) {
        const sellerId = seller();
        let read: Promise<unknown> = Promise.resolve();
        const failed = store.transaction(async (transaction) => {
          const { id } = await createProduct(transaction, sellerId, { quantity: 2 });
          expect(await outcome(adjust(transaction, commandOf(sellerId), id, -2))).toBe("done");
          expect((await transaction.products.find(sellerId, id))?.body.value.quantity).toBe(0);
          throw new Error("undo");
        });
        read = store.events.read(sellerId, { after: 0, limit: 9, types: null, productId: null });
        await expect(failed).rejects.toThrow("undo");
        expect(await read).toBeNull();
      },
    },
    {
      title: "a command refused inside a transaction undoes itself alone: the transaction can go on",
      async keep({ store, seller }) {
        const sellerId = seller();
        const { tea, pot } = await shop(store, sellerId);
        await store.transaction(async (transaction) => {
          await adjust(transaction, commandOf(sellerId), tea.id, -1);
          expect(await outcome(createProduct(transaction, sellerId, { sku: "TEA" }))).toBe("conflict");
          expect(
            await outcome(sell(transaction, commandOf(sellerId), [line(tea.id, 1), line(pot.id, 3)])),
          ).toBe("insufficient_stock");
          await adjust(transaction, commandOf(sellerId), pot.id, -1);
        });
        const after = (await allEvents(store, sellerId)).slice(3);
        expect(after.map(({ type, productId }) => [type, productId])).toEqual([
          ["stock.adjusted", tea.id],
          ["stock.adjusted", pot.id],
        ]);
      },
    },
    {
      title: "what a caller does to an answer does not reach the store",
      async keep({ store, seller }) {
        const sellerId = seller();
        const row = productRow({ attributes: { size: 1 } });
        const { body } = await store.products.create(commandOf(sellerId), row);
        const kept = canonical((await store.products.find(sellerId, body.value.id))?.body.value);
        for (const answer of [
          body.value,
          row,
          (await store.products.find(sellerId, body.value.id))?.body.value,
        ])
          try {
            Object.assign(answer ?? {}, { name: "changed" });
            Object.assign(answer?.attributes ?? {}, { size: 2 });
          } catch {
            // Frozen: just as well.
          }
        expect(canonical((await store.products.find(sellerId, body.value.id))?.body.value)).toBe(kept);
      },
    },
  ],
};

async function shop(store: Repositories, sellerId: string) {
  const tea = await createProduct(store, sellerId, { sku: "TEA", quantity: 10 });
  const pot = await createProduct(store, sellerId, { sku: "POT", name: "Pot", quantity: 2 });
  await sell(store, commandOf(sellerId), [line(tea.id, 1)], { orderId: "first" });
  // Stock and sales do not raise the version, so both can still be edited as they were read.
  return { tea: { ...tea, quantity: 9 }, pot };
}

async function doEverything(
  transaction: Repositories,
  { seed }: Bench,
  sellerId: string,
  { tea, pot }: { tea: number; pot: Parameters<typeof editOf>[0] },
): Promise<void> {
  await transaction.products.create(keyed(sellerId, "made"), productRow({ sku: "NEW", quantity: 0 }));
  await adjust(transaction, commandOf(sellerId), tea, 5);
  await sell(transaction, keyed(sellerId, "sold"), [line(tea, 2)], { orderId: "second" });
  await transaction.products.update(
    commandOf(sellerId),
    editOf(pot, { sku: "POT-2", attributes: { lid: true } }),
  );
  await transaction.products.delete(commandOf(sellerId), tea, null);
  await transaction.events.append(commandOf(sellerId), [
    { type: "test.fact", productId: null, payload: { n: 1 } },
  ]);
  const key = {
    sellerId,
    name: "till",
    prefix: "amk_test",
    hash: `${sellerId} ${seed}`,
    origins: null,
    expiresAt: null,
  };
  await transaction.keys.create(commandOf(sellerId), { ...key, scopes: ["read"] });
}

import { expect } from "vitest";
import type { PromiseGroup } from "../bench.ts";
import { adjust, commandOf, createProduct, editOf, later, line, productRow, sell } from "../commands.ts";
import { allEvents, allProducts, allSales, ledgerOf, outcome, refusal } from "../reading.ts";

export const products: PromiseGroup = {
  about: "a product is what was last said of it",
  promises: [
    {
      title: "what is made is what is read, in the answer, alone, in the list and in the event",
      async keep({ store, seller }) {
        const sellerId = seller();
        const row = productRow({
          ...{
            sku: "TEA-1",
            name: "Green tea",
            description: "Loose",
            price: "4.900",
            currency: "KWD",
            decimals: 3,
          },
          ...{ quantity: 40, category: "Drinks", reorderPoint: 5, leadTimeDays: 0 },
          ...{ serviceLevel: 0.975, packSize: 12, minimumOrder: 1_000_000_000 },
          attributes: { origin: "Uji", grams: 100, organic: true },
        });
        const written = await store.products.create(commandOf(sellerId), row);
        const { search: _, decimals: __, ...described } = row;
        const { id } = written.body.value;
        const times = { createdAt: "2025-06-15T12:00:00.000Z", updatedAt: "2025-06-15T12:00:00.000Z" };
        const product = { ...described, id, sellerId, imageUrl: null, version: 1, ...times };
        expect(JSON.parse(written.body.text)).toEqual(product);
        expect(written.body.value).toEqual(product);
        const found = await store.products.find(sellerId, id);
        expect(found?.body.value).toEqual(product);
        expect(found?.revision).toBe(written.revision);
        expect(found?.head).toEqual(written.position);
        expect(await allProducts(store, sellerId)).toEqual([product]);
        const [event] = await allEvents(store, sellerId);
        expect(event).toEqual({
          ...{ id: "suite.1", seq: 1, type: "product.created", sellerId, productId: id },
          ...{ payload: { product }, createdAt: times.createdAt },
        });
      },
    },
    {
      title: "an edit writes the whole description, raises the version and says what changed",
      async keep({ store, seller }) {
        const sellerId = seller();
        const old = await createProduct(store, sellerId, {
          sku: "A",
          quantity: 3,
          category: "X",
          attributes: { a: 1, b: "two" },
        });
        const changes = {
          ...{
            sku: null,
            name: "Näme",
            description: "d",
            price: "12",
            currency: "JPY",
            decimals: 0,
            category: null,
          },
          ...{ attributes: { b: false }, reorderPoint: 4, leadTimeDays: 7, imageUrl: "/v1/files/x.png" },
          ...{ serviceLevel: 0.5, packSize: 6, minimumOrder: 24 },
        };
        const edit = editOf(old, changes);
        const written = await store.products.update(commandOf(sellerId, { at: later(5) }), edit);
        const { decimals: _, ...shown } = changes;
        const product = { ...old, ...shown, version: 2, updatedAt: later(5).toISOString() };
        expect(written?.body.value).toEqual(product);
        expect((await store.products.find(sellerId, old.id))?.body.value).toEqual(product);
        expect((await allEvents(store, sellerId)).at(-1)).toMatchObject({
          type: "product.updated",
          productId: old.id,
          payload: { product, changed: edit.changed },
        });
      },
    },
    {
      title: "of edits at once of one version exactly one is made",
      async keep({ stores, seller, sizes }) {
        const sellerId = seller();
        const [store] = stores;
        let product = await createProduct(store, sellerId);
        for (let round = 0; round < 3; round++) {
          const edits = await Promise.all(
            Array.from({ length: sizes.writers }, (_, n) =>
              (stores[n % stores.length] ?? store).products.update(
                commandOf(sellerId),
                editOf(product, { name: `Name ${round} ${n}` }),
              ),
            ),
          );
          const made = edits.filter((edit) => edit !== null);
          expect(made).toHaveLength(1);
          const found = await store.products.find(sellerId, product.id);
          expect(found?.body.value).toEqual(made[0]?.body.value);
          product = found?.body.value ?? product;
          expect(product.version).toBe(round + 2);
        }
        expect(await allEvents(store, sellerId)).toHaveLength(4);
      },
    },
    {
      title: "stock and sales leave the version and change the revision; every change moves `updatedAt`",
      async keep({ store, seller }) {
        const sellerId = seller();
        const { id } = await createProduct(store, sellerId, { quantity: 5 });
        const state = async () => {
          const found = await store.products.find(sellerId, id);
          const { version, updatedAt } = found?.body.value ?? { version: 0, updatedAt: "" };
          expect(found?.revision).toMatch(new RegExp(`^${version}-\\d+$`));
          return { version, updatedAt, revision: found?.revision };
        };
        const made = await state();
        const adjusted = await adjust(store, commandOf(sellerId, { at: later(1) }), id, 1);
        const first = await state();
        expect(adjusted.revision).toBe(first.revision);
        await sell(store, commandOf(sellerId, { at: later(2) }), [line(id, 1)]);
        const second = await state();
        // The quantity is as it was at first, yet it is another state.
        expect(new Set([made, first, second].map(({ revision }) => revision)).size).toBe(3);
        expect([made, first, second].map(({ version }) => version)).toEqual([1, 1, 1]);
        expect([first, second].map(({ updatedAt }) => updatedAt)).toEqual([
          later(1).toISOString(),
          later(2).toISOString(),
        ]);
      },
    },
    {
      title: "one SKU has one product, also when many are made at once; without a SKU any number",
      async keep({ stores, seller, sizes }) {
        const sellerId = seller();
        const [store] = stores;
        const outcomes = await Promise.all(
          Array.from({ length: sizes.retries }, (_, n) =>
            outcome(createProduct(stores[n % stores.length] ?? store, sellerId, { sku: "TEA" })),
          ),
        );
        expect(outcomes.filter((code) => code === "done")).toHaveLength(1);
        expect(outcomes.filter((code) => code === "conflict")).toHaveLength(sizes.retries - 1);
        expect(await refusal(createProduct(store, sellerId, { sku: "TEA" }))).toEqual({
          code: "conflict",
          sku: "TEA",
        });
        expect(
          await outcome(createProduct(store, sellerId, { sku: "tea" })),
          "SKUs are told apart by case",
        ).toBe("done");
        const other = await createProduct(store, sellerId, { sku: null });
        await createProduct(store, sellerId, { sku: null });
        const edit = editOf(other, { sku: "TEA" });
        expect(await refusal(store.products.update(commandOf(sellerId), edit))).toEqual({
          code: "conflict",
          sku: "TEA",
        });
        expect(await allEvents(store, sellerId)).toHaveLength(4);
      },
    },
    {
      title: "a deleted product is gone from reads and its SKU is free; its ledger, sales and events stay",
      async keep({ store, seller }) {
        const sellerId = seller();
        const old = await createProduct(store, sellerId, { sku: "TEA", quantity: 5 });
        await sell(store, commandOf(sellerId), [line(old.id, 2)]);
        const product = (await store.products.find(sellerId, old.id))?.body.value;
        const written = await store.products.delete(commandOf(sellerId), old.id, 1);
        expect(written).toMatchObject({
          body: { value: null, text: "null" },
          position: { seq: 3 },
          replayed: false,
        });
        expect((await allEvents(store, sellerId)).at(-1)).toMatchObject({
          type: "product.deleted",
          productId: old.id,
          payload: { product },
        });

        const next = await createProduct(store, sellerId, { sku: "TEA" });
        expect(next.id).not.toBe(old.id);
        expect(await store.products.find(sellerId, old.id)).toBeNull();
        expect((await allProducts(store, sellerId)).map(({ id }) => id)).toEqual([next.id]);
        expect(await store.products.update(commandOf(sellerId), editOf(old, { name: "Back" }))).toBeNull();
        expect(await store.products.delete(commandOf(sellerId), old.id, null)).toBeNull();
        expect(await outcome(adjust(store, commandOf(sellerId), old.id, 1))).toBe("not_found");
        expect(await outcome(sell(store, commandOf(sellerId), [line(old.id, 1)]))).toBe("not_found");
        expect(await outcome(sell(store, commandOf(sellerId), [line(old.id, 1)], { kind: "return" }))).toBe(
          "not_found",
        );

        expect(await ledgerOf(store, sellerId, old.id)).toHaveLength(2);
        expect(await allSales(store, sellerId, old.id)).toHaveLength(1);
        const days = await store.sales.daily(sellerId, old.id, "2025-06-15", "2025-06-15");
        expect(days?.body.value).toMatchObject([{ quantity: 2 }]);
        const fact = { type: "test.fact", productId: old.id, payload: {} };
        expect(await outcome(store.events.append(commandOf(sellerId), [fact]))).toBe("done");
      },
    },
    {
      title: "deleted once, however many try at once",
      async keep({ stores, seller, sizes }) {
        const sellerId = seller();
        const { id } = await createProduct(stores[0], sellerId);
        const deleted = await Promise.all(
          Array.from({ length: sizes.writers }, (_, n) =>
            (stores[n % stores.length] ?? stores[0]).products.delete(commandOf(sellerId), id, null),
          ),
        );
        expect(deleted.filter((written) => written !== null)).toHaveLength(1);
        expect(await allEvents(stores[0], sellerId)).toHaveLength(2);
      },
    },
  ],
};

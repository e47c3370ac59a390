import type { ImportedSale } from "@amused/core";
import { expect } from "vitest";
import type { PromiseGroup } from "../bench.ts";
import { adjust, commandOf, createProduct, editOf, keyed, line, productRow, sell } from "../commands.ts";
import { allEvents, allProducts, allSales, dump, ledgerOf } from "../reading.ts";

const [firstImport, secondImport] = [
  "11111111-1111-4111-8111-111111111111",
  "22222222-2222-4222-8222-222222222222",
] as const;

export const imports: PromiseGroup = {
  about: "an import writes a batch whole, or not at all",
  promises: [
    {
      title: "a batch makes, edits and counts products, with one event for each",
      async keep({ store, seller }) {
        const sellerId = seller();
        const [a, b, c] = [
          await createProduct(store, sellerId, { sku: "A", quantity: 1 }),
          await createProduct(store, sellerId, { sku: "B", quantity: 2 }),
          await createProduct(store, sellerId, { sku: "C", quantity: 3 }),
        ];
        const written = await store.products.import(commandOf(sellerId), {
          create: [productRow({ sku: "D", quantity: 4 }), productRow({ sku: "E" })],
          update: [
            { id: a.id, edit: editOf(a, { name: "Edited" }), count: null },
            { id: b.id, edit: editOf(b, { price: "1.00" }), count: 20 },
            { id: c.id, edit: null, count: 30 },
          ],
        });
        const products = await allProducts(store, sellerId);
        expect(
          products.map(({ sku, name, price, quantity, version }) => [sku, name, price, quantity, version]),
        ).toEqual([
          ["A", "Edited", "4.90", 1, 2],
          ["B", "Green tea", "1.00", 20, 2],
          ["C", "Green tea", "4.90", 30, 1],
          ["D", "Green tea", "4.90", 4, 1],
          ["E", "Green tea", "4.90", 0, 1],
        ]);
        const events = (await allEvents(store, sellerId)).slice(3);
        expect(written?.position?.seq).toBe(events.at(-1)?.seq);
        const types = new Map(
          events.map(({ productId, type }) => [products.find(({ id }) => id === productId)?.sku, type]),
        );
        expect(events).toHaveLength(5);
        expect(Object.fromEntries(types)).toEqual({
          ...{ A: "product.updated", B: "product.updated", C: "stock.adjusted" },
          ...{ D: "product.created", E: "product.created" },
        });
        const about = (sku: string) =>
          events.find(({ productId }) => productId === products.find((product) => product.sku === sku)?.id);
        expect(about("B")?.payload).toMatchObject({
          product: products[1],
          changed: expect.arrayContaining(["price"]),
        });
        expect(about("C")?.payload).toEqual({ delta: 27, quantity: 30, reason: "import", actor: "tester" });
        const reasons = async (n: number) =>
          (await ledgerOf(store, sellerId, products[n]?.id ?? 0)).map(({ reason, delta }) => [reason, delta]);
        expect(await reasons(1)).toEqual([
          ["initial", 2],
          ["import", 18],
        ]);
        expect(await reasons(3)).toEqual([["initial", 4]]);
      },
    },
    {
      title:
        "a stale version, a deleted product or a taken SKU anywhere in it: nothing of the batch is written",
      async keep({ store, seller }) {
        const sellerId = seller();
        const a = await createProduct(store, sellerId, { sku: "A", quantity: 1 });
        const b = await createProduct(store, sellerId, { sku: "B", quantity: 1 });
        const gone = await createProduct(store, sellerId, { sku: "GONE" });
        await store.products.update(commandOf(sellerId), editOf(b, { name: "Edited meanwhile" }));
        await store.products.delete(commandOf(sellerId), gone.id, null);
        const before = await dump(store, sellerId);
        const good = {
          create: [productRow({ sku: "NEW", quantity: 9 })],
          update: [{ id: a.id, edit: editOf(a, { name: "X" }), count: 5 }],
        };
        const bad = [
          {
            create: good.create,
            update: [...good.update, { id: b.id, edit: editOf(b, { name: "Stale" }), count: null }],
          },
          { create: good.create, update: [...good.update, { id: gone.id, edit: null, count: 1 }] },
          { create: good.create, update: [...good.update, { id: 999_999_999, edit: null, count: 1 }] },
          { create: [...good.create, productRow({ sku: "B" })], update: good.update },
          { create: [...good.create, productRow({ sku: "NEW" })], update: good.update },
        ];
        for (const [n, batch] of bad.entries()) {
          expect(await store.products.import(keyed(sellerId, `bad ${n}`), batch), `batch ${n}`).toBeNull();
          expect(await store.idempotency.find(keyed(sellerId, `bad ${n}`))).toBeNull();
        }
        expect(await dump(store, sellerId)).toEqual(before);
        expect(await store.products.import(commandOf(sellerId), good)).not.toBeNull();
      },
    },
    {
      title: "of batches at once that make the same SKUs one is written",
      async keep({ stores, seller, sizes }) {
        const sellerId = seller();
        const create = ["A", "B", "C"].map((sku) => productRow({ sku }));
        const written = await Promise.all(
          Array.from({ length: sizes.writers }, (_, n) =>
            (stores[n % stores.length] ?? stores[0]).products.import(commandOf(sellerId), {
              create: n % 2 ? create : [...create].reverse(),
              update: [],
            }),
          ),
        );
        expect(written.filter((answer) => answer !== null)).toHaveLength(1);
        expect((await allProducts(stores[0], sellerId)).map(({ sku }) => sku).sort()).toEqual([
          "A",
          "B",
          "C",
        ]);
        expect(await allEvents(stores[0], sellerId)).toHaveLength(3);
      },
    },
    {
      title: "sales history leaves stock and log alone, and skips what is known from elsewhere",
      async keep({ store, seller }) {
        const sellerId = seller();
        const a = await createProduct(store, sellerId, { quantity: 5 });
        const b = await createProduct(store, sellerId, { quantity: 5 });
        await sell(store, commandOf(sellerId), [line(a.id, 1)], { orderId: "live" });
        const lines = [
          sold(a.id, "o-1", 2),
          sold(a.id, "o-1", 3), // the same order has two lines of this product
          sold(b.id, "o-1", 1),
          sold(a.id, null, 1),
          sold(a.id, null, 1), // without an order nothing says that it is known
          sold(a.id, "live", 1), // this one is
          sold(b.id, "live", -1),
        ];
        const run = (importId: string, lines: ImportedSale[], dryRun = false) =>
          store.sales.import(commandOf(sellerId), importId, lines, dryRun);
        expect(await run(firstImport, lines, true)).toEqual({ created: 6, skipped: 1 });
        expect(await allSales(store, sellerId)).toHaveLength(1);
        expect(await run(firstImport, lines.slice(0, 1))).toEqual({ created: 1, skipped: 0 });
        expect(await run(firstImport, lines.slice(1)), "the next batch of the same import").toEqual({
          created: 5,
          skipped: 1,
        });
        expect(await run(secondImport, lines, true)).toEqual({ created: 2, skipped: 5 });
        expect(await run(secondImport, lines)).toEqual({ created: 2, skipped: 5 });
        expect(await run(secondImport, [sold(b.id, "o-2", 1)])).toEqual({ created: 1, skipped: 0 });

        const rows = await allSales(store, sellerId);
        expect(rows).toHaveLength(1 + 6 + 2 + 1);
        expect(rows.find(({ quantity }) => quantity === -1)).toMatchObject({
          productId: b.id,
          orderId: "live",
        });
        expect(rows.find(({ quantity }) => quantity === 3)).toMatchObject({
          ...{ productId: a.id, orderId: "o-1", price: "2.50", soldAt: "2024-12-24T18:00:00.000Z" },
          createdAt: "2025-06-15T12:00:00.000Z",
        });
        expect(await allEvents(store, sellerId)).toHaveLength(3);
        expect((await store.products.find(sellerId, a.id))?.body.value.quantity).toBe(4);
        expect(await ledgerOf(store, sellerId, b.id)).toHaveLength(1);
      },
    },
    {
      title: "two imports of the same sales at once take each line once",
      async keep({ stores, seller }) {
        const sellerId = seller();
        const [store] = stores;
        const { id } = await createProduct(store, sellerId);
        const lines = Array.from({ length: 20 }, (_, n) => sold(id, `o-${n}`, 1));
        const results = await Promise.all(
          [firstImport, secondImport].map((importId, n) =>
            (stores[n % stores.length] ?? store).sales.import(commandOf(sellerId), importId, lines, false),
          ),
        );
        expect(results.reduce((sum, { created }) => sum + created, 0)).toBe(20);
        expect(await allSales(store, sellerId)).toHaveLength(20);
      },
    },
    {
      title: "history may be older than the product, and is found among live sales by its time",
      async keep({ store, seller }) {
        const sellerId = seller();
        const { id } = await createProduct(store, sellerId, { quantity: 5 });
        await adjust(store, commandOf(sellerId), id, 1);
        await sell(store, commandOf(sellerId), [line(id, 1)], { soldAt: "2025-03-01T00:00:00.000Z" });
        const times = ["2025-05-01T00:00:00.000Z", "0001-01-01T00:00:00.000Z", "2025-01-01T00:00:00.000Z"];
        await store.sales.import(
          commandOf(sellerId),
          firstImport,
          times.map((soldAt) => ({ ...sold(id, null, 1), soldAt })),
          false,
        );
        const order = (await allSales(store, sellerId)).map(({ soldAt }) => soldAt);
        expect(order).toEqual([times[0], "2025-03-01T00:00:00.000Z", times[2], times[1]]);
      },
    },
  ],
};

function sold(productId: number, orderId: string | null, quantity: number): ImportedSale {
  return { productId, orderId, quantity, price: "2.50", soldAt: "2024-12-24T18:00:00.000Z" };
}

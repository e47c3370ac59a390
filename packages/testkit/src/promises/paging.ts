import {
  compareCodePoints,
  type PageRequest,
  type Product,
  type ProductFilter,
  type Rows,
  type Store,
} from "@amused/core";
import { expect } from "vitest";
import type { Bench, PromiseGroup } from "../bench.ts";
import { adjust, commandOf, createProduct, later, line, productRow, sell } from "../commands.ts";
import { random } from "../random.ts";
import { all, allProducts } from "../reading.ts";

type Sort = ProductFilter["sort"];

/** What each sort goes by. The names of this list are folded already. */
const values: { [By in Sort]: (a: Product, b: Product) => number } = {
  id: (a, b) => a.id - b.id,
  name: (a, b) => compareCodePoints(`${a.name}\n${a.sku ?? ""}`, `${b.name}\n${b.sku ?? ""}`),
  price: (a, b) => Number(a.price) - Number(b.price),
  quantity: (a, b) => a.quantity - b.quantity,
  createdAt: (a, b) => Date.parse(a.createdAt) - Date.parse(b.createdAt),
  updatedAt: (a, b) => Date.parse(a.updatedAt) - Date.parse(b.updatedAt),
};

export const paging: PromiseGroup = {
  about: "a list read page by page holds what stayed, once",
  promises: [
    ...(Object.keys(values) as Sort[]).flatMap((sort) =>
      [false, true].map((descending) => ({
        title: `products by ${sort}${descending ? ", descending" : ""}, while others come and go`,
        async keep({ store, seller, sizes, seed }: Bench) {
          const sellerId = seller();
          const { int, next } = random(seed);
          await fill(store, sellerId, sizes.listed, next);
          const made = await allProducts(store, sellerId);
          const leaving = made.filter((_, n) => n % 4 === 3);
          const staying = new Set(
            made.filter(({ id }) => !leaving.some((product) => product.id === id)).map(({ id }) => id),
          );

          const seen: Product[] = [];
          let after: PageRequest["after"] = null;
          do {
            const filter = {
              category: null,
              words: [],
              maxQuantity: null,
              runsOutBy: null,
              sort,
              descending,
              limit: 5,
              after,
            };
            const page: Rows<Product> = await store.products.list(sellerId, filter);
            seen.push(...page.body.value);
            after = page.last;
            const [gone] = leaving.splice(int(0, leaving.length - 1), 1);
            if (gone !== undefined) await store.products.delete(commandOf(sellerId), gone.id, null);
            await createProduct(store, sellerId, rowOf(next), { at: later(int(0, 3) * 1000) });
            // Each page brings a new product, so the reader must be faster than they come.
          } while (after !== null && seen.length < sizes.listed * 4);

          expect(new Set(seen.map(({ id }) => id)).size, "none comes twice").toBe(seen.length);
          expect(
            seen.filter(({ id }) => staying.has(id)).length,
            "none of those that stayed is missing",
          ).toBe(staying.size);
          const turn = descending ? -1 : 1;
          const order = (a: Product, b: Product) => turn * (values[sort](a, b) || a.id - b.id);
          expect(seen.map(({ id }) => id)).toEqual([...seen].sort(order).map(({ id }) => id));
        },
      })),
    ),
    {
      title: "products with equal keys, whatever the size of the page",
      async keep({ store, seller, sizes }) {
        const sellerId = seller();
        const create = Array.from({ length: sizes.listed }, () => productRow({ price: "1.00", quantity: 3 }));
        await store.products.import(commandOf(sellerId), { create, update: [] });
        const ids = (await allProducts(store, sellerId)).map(({ id }) => id);
        const filter = { category: null, words: [], maxQuantity: null, runsOutBy: null };
        for (const sort of Object.keys(values) as Sort[])
          for (const limit of [1, 7, sizes.listed]) {
            const read = (descending: boolean) =>
              all((page) => store.products.list(sellerId, { ...filter, ...page, sort, descending }), limit);
            // A page of one is dear: once is enough.
            if (limit === 1 && sort !== "price") continue;
            expect((await read(false)).map(({ id }) => id)).toEqual(ids);
            expect((await read(true)).map(({ id }) => id)).toEqual([...ids].reverse());
          }
      },
    },
    {
      title: "sales and movements, newest first, while new ones come",
      async keep({ store, seller, sizes }) {
        const sellerId = seller();
        const { id } = await createProduct(store, sellerId, { quantity: 1000 });
        const count = sizes.listed;
        // Several sales at the same moment, and told in another order than they happened in.
        const moments = Array.from({ length: count }, (_, n) => later(((n * 7) % 5) * 1000).toISOString());
        for (const soldAt of moments) await sell(store, commandOf(sellerId), [line(id, 1)], { soldAt });

        const sold = await all(async (page) => {
          const rows = await store.sales.list(sellerId, {
            productId: null,
            from: null,
            before: null,
            ...page,
          });
          await sell(store, commandOf(sellerId), [line(id, 1)], { soldAt: later(60_000).toISOString() });
          return rows;
        }, 5);
        expect(sold).toHaveLength(count);
        const order = [...sold].sort((a, b) => compareCodePoints(b.soldAt, a.soldAt) || b.id - a.id);
        expect(sold).toEqual(order);
        expect(sold.map(({ soldAt }) => soldAt).sort()).toEqual([...moments].sort());

        const before = (await all((page) => store.stock.movements(sellerId, id, page))).map(
          (movement) => movement.id,
        );
        const moved = await all(async (page) => {
          const rows = await store.stock.movements(sellerId, id, page);
          await adjust(store, commandOf(sellerId), id, 1);
          return rows;
        }, 7);
        expect(moved.map((movement) => movement.id)).toEqual(before);
        expect(before).toEqual([...before].sort((a, b) => b - a));
      },
    },
    {
      title: "the page after the last row is empty, and says that there is no more",
      async keep({ store, seller }) {
        const sellerId = seller();
        const { id } = await createProduct(store, sellerId, { quantity: 1 });
        const filter = {
          category: null,
          words: [],
          maxQuantity: null,
          runsOutBy: null,
          sort: "id" as const,
          descending: false,
        };
        const full = await store.products.list(sellerId, { ...filter, limit: 1, after: null });
        expect([full.body.value.length, full.last]).toEqual([1, null]);
        const end = await store.products.list(sellerId, {
          ...filter,
          limit: 1,
          after: { key: String(id), id },
        });
        expect([end.body.value, end.last]).toEqual([[], null]);
        const none = await store.products.list(seller(), { ...filter, limit: 1, after: null });
        expect([none.body.value, none.last, none.head]).toEqual([[], null, null]);
      },
    },
  ],
};

/** Fills a shop by batches of three times, with few different values, so that many are equal. */
async function fill(store: Store, sellerId: string, count: number, next: () => number): Promise<void> {
  for (let batch = 0; batch < 3; batch++) {
    const create = Array.from({ length: Math.ceil(count / 3) }, () => productRow(rowOf(next)));
    await store.products.import(commandOf(sellerId, { at: later(batch * 1000) }), { create, update: [] });
  }
}

function rowOf(next: () => number) {
  const pick = <T>(items: readonly T[]) => items[Math.floor(next() * items.length)] as T;
  return {
    name: pick(["tea", "tea pot", "\ufa0e kettle", "😀 cup", "zzz"]),
    price: pick(["9.00", "10.00", "0.50", "100.00"]),
    quantity: pick([0, 2, 10, 9]),
  };
}

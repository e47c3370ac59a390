import type { Product, ProductFilter } from "@amused/core";
import { fold } from "@amused/core";
import { expect } from "vitest";
import type { PromiseGroup } from "../bench.ts";
import { commandOf, createProduct, productRow } from "../commands.ts";

const catalogue = [
  { sku: "CB-1", name: "Crème brûlée", category: "Sweets", quantity: 3 },
  { sku: "CB-2", name: "CREME FRAICHE", category: "Dairy", quantity: 0 },
  { sku: "ST-100%", name: "Straße map", category: "Maps", quantity: 10 },
  { sku: "under_score", name: "50% off_ sale \\ back", category: "Sweets", quantity: 5 },
  { sku: null, name: "Fiancé ﬁne tea", category: "sweets", quantity: 1 },
  { sku: "中文-1", name: "茶 tea 😀", category: null, quantity: 2 },
];

export const search: PromiseGroup = {
  about: "products are found by words, category and stock",
  promises: [
    {
      title: "every word must stand in name or SKU, without regard to case and accents, and means itself",
      async keep({ store, seller }) {
        const sellerId = seller();
        await store.products.import(commandOf(sellerId), { create: catalogue.map(productRow), update: [] });
        const find = async (text: string) => {
          const words = fold(text).split(/\s+/).filter(Boolean);
          const read = await store.products.list(sellerId, filterOf({ words }));
          return read.body.value.map(({ sku }: Product) => sku);
        };
        expect(await find("creme")).toEqual(["CB-1", "CB-2"]);
        expect(await find("CRÈME")).toEqual(["CB-1", "CB-2"]);
        expect(await find("brulee creme")).toEqual(["CB-1"]);
        expect(await find("cb-2 fraiche")).toEqual(["CB-2"]);
        expect(await find("fine")).toEqual([null]);
        expect(await find("茶")).toEqual(["中文-1"]);
        expect(await find("😀")).toEqual(["中文-1"]);
        expect(await find("tea fiance")).toEqual([null]);
        expect(await find("tea coffee")).toEqual([]);
        // What is special to a database is not special here.
        expect(await find("%")).toEqual(["ST-100%", "under_score"]);
        expect(await find("50%")).toEqual(["under_score"]);
        expect(await find("_")).toEqual(["under_score"]);
        expect(await find("c_eme")).toEqual([]);
        expect(await find("\\")).toEqual(["under_score"]);
        expect(await find("'; drop table products; --")).toEqual([]);
      },
    },
    {
      title: "category is exact, the most in stock includes its number, and filters hold together",
      async keep({ store, seller }) {
        const sellerId = seller();
        await store.products.import(commandOf(sellerId), { create: catalogue.map(productRow), update: [] });
        const find = async (filter: Partial<ProductFilter>) =>
          (await store.products.list(sellerId, filterOf(filter))).body.value.map(({ name }: Product) => name);
        expect(await find({ category: "Sweets" })).toEqual(["Crème brûlée", "50% off_ sale \\ back"]);
        expect(await find({ category: "sweets" })).toEqual(["Fiancé ﬁne tea"]);
        expect(await find({ category: "Sweet" })).toEqual([]);
        expect(await find({ maxQuantity: 1 })).toEqual(["CREME FRAICHE", "Fiancé ﬁne tea"]);
        expect(await find({ category: "Sweets", maxQuantity: 3, words: ["creme"] })).toEqual([
          "Crème brûlée",
        ]);
      },
    },
    {
      title: "names are sorted as they are folded, by code point",
      async keep({ store, seller }) {
        const sellerId = seller();
        for (const name of ["😀", "\ufa0e", "Zoo", "éclair", "Ärmel", "apple", "_", "10", "9"])
          await createProduct(store, sellerId, { name });
        const read = await store.products.list(sellerId, filterOf({ sort: "name" }));
        const names = read.body.value.map(({ name }) => name);
        expect(names).toEqual(["10", "9", "_", "apple", "Ärmel", "éclair", "Zoo", "\ufa0e", "😀"]);
      },
    },
    {
      title: "products are looked up by SKU, by id, and by name where they have no SKU",
      async keep({ store, seller }) {
        const sellerId = seller();
        const ids: number[] = [];
        for (const row of [...catalogue, { name: "Twin" }, { name: "Twin" }, { name: "Twin", sku: "T" }])
          ids.push((await createProduct(store, sellerId, row)).id);
        await store.products.delete(commandOf(sellerId), ids[1] as number, null);
        const look = async (by: { skus?: string[]; names?: string[]; ids?: number[] }) =>
          (await store.products.lookup(sellerId, { skus: [], names: [], ids: [], ...by })).map(({ id }) =>
            ids.indexOf(id),
          );
        expect(await look({ skus: ["中文-1", "CB-1", "CB-2", "cb-1", "nothing"] })).toEqual([0, 5]);
        expect(await look({ names: ["Twin", "Crème brûlée", "Fiancé ﬁne tea"] })).toEqual([4, 6, 7]);
        expect(await look({ ids: [ids[3], ids[1], 999_999_999] as number[], skus: ["CB-1"] })).toEqual([
          0, 3,
        ]);
        expect(await look({})).toEqual([]);
      },
    },
    {
      title: "names of attributes in use are listed once, by code point",
      async keep({ store, seller }) {
        const sellerId = seller();
        await createProduct(store, sellerId, { attributes: { size: "L", Farbe: "rot", "😀": true } });
        await createProduct(store, sellerId, { attributes: { size: 3, "\ufa0e": 1, "a.b": "" } });
        const gone = await createProduct(store, sellerId, { attributes: { gone: 1 } });
        await store.products.delete(commandOf(sellerId), gone.id, null);
        expect(await store.products.attributeNames(sellerId)).toEqual([
          "Farbe",
          "a.b",
          "size",
          "\ufa0e",
          "😀",
        ]);
        expect(await store.products.attributeNames(seller())).toEqual([]);
      },
    },
  ],
};

function filterOf(filter: Partial<ProductFilter>): ProductFilter {
  const none = {
    category: null,
    words: [],
    maxQuantity: null,
    runsOutBy: null,
    sort: "id" as const,
    descending: false,
  };
  return { ...none, limit: 100, after: null, ...filter };
}

import type { Product } from "@amused/core";
import { expect } from "vitest";
import type { PromiseGroup } from "../bench.ts";
import { decide, suggestionRow } from "../categorizing.ts";
import { commandOf, createProduct, editOf, later } from "../commands.ts";
import { all } from "../reading.ts";

export const categories: PromiseGroup = {
  about: "categories, and what is known of their suggestions",
  promises: [
    {
      title: "are those of products that are not deleted, counted, by code point, page by page",
      async keep({ store, seller }) {
        const [sellerId, other] = [seller(), seller()];
        const given = ["tea", "Tea", "tea", "Éclairs", "\u{1f375}", "\uff34", null, "gone"];
        const made = [];
        for (const category of given) made.push(await createProduct(store, sellerId, { category }));
        await createProduct(store, other, { category: "theirs" });
        await store.products.delete(commandOf(sellerId), made.at(-1)?.id as number, null);
        for (const limit of [1, 2, 10])
          expect(await all((page) => store.categories.counts(sellerId, page), limit)).toEqual([
            { category: "Tea", count: 1 },
            { category: "tea", count: 2 },
            { category: "Éclairs", count: 1 },
            { category: "\uff34", count: 1 },
            { category: "\u{1f375}", count: 1 },
          ]);
        const asked = ["tea", "gone", "theirs", "Éclairs", "never"];
        expect((await store.categories.inUse(sellerId, asked)).sort()).toEqual(["tea", "Éclairs"]);
        expect(await store.categories.inUse(seller(), asked)).toEqual([]);
      },
    },
    {
      title: "reviews are open suggestions of products without a category, the most confident first",
      async keep({ store, seller }) {
        const sellerId = seller();
        const confidences = [0.5, 0.123_456_789, 0.875, 0.5, 0.3, 0.4, 0.45];
        const products: Product[] = [];
        for (const _ of confidences) products.push(await createProduct(store, sellerId));
        const rows = products.map((one, n) => suggestionRow(one, [["Tea", confidences[n] ?? 0]]));
        await store.categories.suggest(commandOf(sellerId), rows);
        const id = (n: number) => products[n]?.id as number;
        await store.products.delete(commandOf(sellerId), id(4), null);
        await decide(store, id(5), null, "dismissed", commandOf(sellerId));
        const edited = products[6] as Product;
        await store.products.update(commandOf(sellerId), editOf(edited, { category: "Pots" }));
        for (const limit of [1, 3, 10]) {
          const reviews = await all((page) => store.categories.reviews(sellerId, page), limit);
          expect(reviews.map(({ product }) => product.id)).toEqual([id(2), id(3), id(0), id(1)]);
          expect(reviews[0]).toEqual({
            ...{ product: products[2], suggestions: rows[2]?.suggestions, createdAt: later(0).toISOString() },
          });
        }
        expect((await store.categories.reviews(seller(), { limit: 5, after: null })).body.value).toEqual([]);
      },
    },
    {
      title: "examples are products with a category that somebody gave or accepted, newest first",
      async keep({ store, seller }) {
        const sellerId = seller();
        const given = await createProduct(store, sellerId, { category: "Pots" });
        const none = await createProduct(store, sellerId);
        const applied = await createProduct(store, sellerId);
        const accepted = await createProduct(store, sellerId);
        const deleted = await createProduct(store, sellerId, { category: "Pots" });
        await store.products.delete(commandOf(sellerId), deleted.id, null);
        const rows = [applied, accepted].map((one) => suggestionRow(one, [["Tea", 0.9]], { apply: true }));
        await store.categories.suggest(commandOf(sellerId), [...rows, suggestionRow(none, [["Tea", 0.1]])]);
        await decide(store, accepted.id, "Tea", "accepted", commandOf(sellerId));
        for (const limit of [1, 5]) {
          const examples = await all((page) => store.categories.examples(sellerId, page), limit);
          expect(examples.map(({ id, category }) => [id, category])).toEqual([
            [accepted.id, "Tea"],
            [given.id, "Pots"],
          ]);
        }
      },
    },
    {
      title: "a language model's picks are counted by what was chosen, each model's for itself",
      async keep({ store, seller }) {
        const [sellerId, other] = [seller(), seller()];
        const none = { settled: 0, accepted: 0 };
        expect(await store.categories.picks(sellerId, "m")).toEqual({ agreed: none, alone: none });
        const picked = async (
          owner: string,
          { by, agreed, chosen }: { by: string; agreed: boolean; chosen: string | null | undefined },
        ) => {
          const product = await createProduct(store, owner);
          const because = [{ kind: "language_model", model: by, agreed }];
          const suggestions = [
            { category: "Cups", confidence: 0.5, because: [] },
            { category: "Tea", confidence: 0.25, because },
          ];
          const row = suggestionRow(product, [], { suggestions, model: `linear-text + ${by}` });
          await store.categories.suggest(commandOf(owner), [row]);
          if (chosen === undefined) return;
          const state = chosen === null ? "dismissed" : chosen === "Cups" ? "accepted" : "corrected";
          await decide(store, product.id, chosen, state, commandOf(owner));
        };
        for (const chosen of ["Tea", "Tea", "Cups", null, undefined])
          await picked(sellerId, { by: "m", agreed: false, chosen });
        await picked(sellerId, { by: "m", agreed: true, chosen: "Tea" });
        await picked(sellerId, { by: "m-2", agreed: true, chosen: "Tea" });
        await picked(other, { by: "m", agreed: true, chosen: "Tea" });
        const plain = await createProduct(store, sellerId);
        await store.categories.suggest(commandOf(sellerId), [suggestionRow(plain, [["Tea", 0.5]])]);
        await decide(store, plain.id, "Tea", "accepted", commandOf(sellerId));
        expect(await store.categories.picks(sellerId, "m")).toEqual({
          agreed: { settled: 1, accepted: 1 },
          alone: { settled: 4, accepted: 2 },
        });
      },
    },
    {
      title: "accuracy counts what was decided by how confident the suggestion was",
      async keep({ store, seller }) {
        const sellerId = seller();
        const none = { settled: 0, accepted: 0, unquestioned: 0 };
        const bands = [
          [0, 0.5],
          [0.5, 0.7],
          [0.7, 0.8],
          [0.8, 0.9],
          [0.9, 0.95],
          [0.95, 1],
        ].map(([from, to]) => ({ from, to, ...none }));
        expect((await store.categories.accuracy(sellerId)).body.value).toEqual({
          ...none,
          byConfidence: bands,
        });
        const decided = [
          [0.5, "accepted"],
          [0.6, "corrected"],
          [0.699, "dismissed"],
          [0.9, "accepted"],
          [1, "accepted"],
          [0.96, null],
          [0.2, null],
        ] as const;
        for (const [confidence, state] of decided) {
          const product = await createProduct(store, sellerId);
          const apply = confidence >= 0.9;
          const row = suggestionRow(product, [["Tea", confidence]], { apply });
          await store.categories.suggest(commandOf(sellerId), [row]);
          const category = state === "accepted" ? "Tea" : state === "corrected" ? "Pots" : null;
          if (state !== null) await decide(store, product.id, category, state, commandOf(sellerId));
        }
        const dismissed = await createProduct(store, sellerId);
        await decide(store, dismissed.id, null, "dismissed", commandOf(sellerId));
        expect((await store.categories.accuracy(sellerId)).body.value).toEqual({
          ...{ settled: 5, accepted: 3, unquestioned: 1 },
          byConfidence: [
            bands[0],
            { ...bands[1], settled: 3, accepted: 1 },
            ...[bands[2], bands[3]],
            { ...bands[4], settled: 1, accepted: 1 },
            { ...bands[5], settled: 1, accepted: 1, unquestioned: 1 },
          ],
        });
      },
    },
  ],
};

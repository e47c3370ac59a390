import type { ProductKey, StaleRecommendations } from "@amused/core";
import { expect } from "vitest";
import type { PromiseGroup } from "../bench.ts";
import { adjust, commandOf, createProduct, editOf, later, line, sell } from "../commands.ts";
import { recommendationRow } from "../predicting.ts";
import { allEvents } from "../reading.ts";

export const recommendationPasses: PromiseGroup = {
  about: "recommendations are found when it is their time",
  promises: [
    {
      title: "that nothing goes with a product is told where something did, and else not",
      async keep({ store, seller }) {
        const sellerId = seller();
        const { id } = await createProduct(store, sellerId);
        const none = recommendationRow(id, { data: { items: [] }, count: 0 });
        const save = (row: typeof none) => store.recommendations.save(commandOf(sellerId), [row]);
        expect(await save(none)).toMatchObject({ position: null });
        expect((await store.recommendations.find(sellerId, id, "similar"))?.body.value).toEqual(none.data);
        for (const row of [none, recommendationRow(id), none, none]) await save(row);
        const told = (await allEvents(store, sellerId)).slice(1).map(({ payload }) => payload);
        expect(told).toEqual([{ count: 1 }, { count: 0 }]);
      },
    },
    {
      title: "they are behind the edits of their product, and what is bought together also the sales of it",
      async keep({ store, seller }) {
        const sellerId = seller();
        const [tea, pot] = [
          await createProduct(store, sellerId, { quantity: 9 }),
          await createProduct(store, sellerId, { quantity: 9 }),
        ];
        const kinds = ["similar", "bought_together"] as const;
        const save = (basedOn: number) =>
          store.recommendations.save(
            commandOf(sellerId),
            kinds.map((kind) => recommendationRow(tea.id, { kind, basedOn })),
          );
        const behind = async () => {
          const found = kinds.map((kind) => store.recommendations.find(sellerId, tea.id, kind));
          return (await Promise.all(found)).map((one) => one?.behind);
        };
        await save(2);
        expect(await behind()).toEqual([0, 0]);
        await sell(store, commandOf(sellerId), [line(tea.id, 1), line(pot.id, 1), line(tea.id, 2)]);
        await sell(store, commandOf(sellerId), [line(tea.id, 1)], { kind: "return" });
        await adjust(store, commandOf(sellerId), tea.id, 4);
        await store.products.update(commandOf(sellerId), editOf(pot, { name: "Pot" }));
        expect(await behind()).toEqual([0, 2]);
        await store.products.update(commandOf(sellerId), editOf(tea, { name: "Tea" }));
        expect(await behind()).toEqual([1, 3]);
        const events = await allEvents(store, sellerId);
        await save(events.length - 1);
        expect(await behind()).toEqual([1, 1]);
      },
    },
    {
      title: "all of one kind expire together, and those that come after that do not",
      async keep({ store, seller }) {
        const [sellerId, other] = [seller(), seller()];
        const [tea, pot] = [await createProduct(store, sellerId), await createProduct(store, sellerId)];
        const theirs = await createProduct(store, other);
        const until = (ms: number) => ({ expiresAt: later(ms).toISOString() });
        await store.recommendations.save(commandOf(sellerId), [
          recommendationRow(tea.id, until(9)),
          recommendationRow(pot.id, until(1)),
          recommendationRow(pot.id, { ...until(9), kind: "bought_together" }),
        ]);
        await store.recommendations.save(commandOf(other), [recommendationRow(theirs.id, until(9))]);
        await store.recommendations.expire(sellerId, "similar");
        const find = async (of: string, id: number, kind: "similar" | "bought_together") =>
          (await store.recommendations.find(of, id, kind))?.expiresAt;
        const longAgo = new Date(0).toISOString();
        expect(await find(sellerId, tea.id, "similar")).toBe(longAgo);
        expect(await find(sellerId, pot.id, "similar")).toBe(longAgo);
        expect(await find(sellerId, pot.id, "bought_together")).toBe(later(9).toISOString());
        expect(await find(other, theirs.id, "similar")).toBe(later(9).toISOString());
        await store.recommendations.save(commandOf(sellerId), [recommendationRow(tea.id, until(9))]);
        expect(await find(sellerId, tea.id, "similar")).toBe(later(9).toISOString());
        const { products } = await store.recommendations.stale({
          ...{ now: later(0), limit: 2 },
          after: { sellerId, productId: 0 },
        });
        expect(products.filter((one) => one.sellerId === sellerId).map(({ kinds }) => kinds)).toEqual([
          ["bought_together"],
          ["similar"],
        ]);
      },
    },
    {
      title: "one that knows less of the log does not take the place of one that knows more",
      async keep({ store, seller }) {
        const sellerId = seller();
        const { id } = await createProduct(store, sellerId);
        const save = (data: number, basedOn: number) =>
          store.recommendations.save(commandOf(sellerId), [recommendationRow(id, { data, basedOn })]);
        await save(1, 5);
        expect(await save(2, 4), "and nobody is told").toMatchObject({ position: null });
        const found = await store.recommendations.find(sellerId, id, "similar");
        expect([found?.body.value, found?.basedOn]).toEqual([1, 5]);
        await save(3, 5);
        expect((await store.recommendations.find(sellerId, id, "similar"))?.body.value).toBe(3);
        await Promise.all(Array.from({ length: 8 }, (_, n) => save(10 + n, 10 + n)));
        expect((await store.recommendations.find(sellerId, id, "similar"))?.basedOn).toBe(17);
      },
    },
    {
      title: "a pass finds each product that lacks a kind or whose has expired, page by page",
      async keep({ store, seller }) {
        const [a, b] = [seller(), seller()];
        const ids: number[] = [];
        for (let n = 0; n < 5; n++) ids.push((await createProduct(store, a)).id);
        const [fresh, expired, half, never, gone] = ids as [number, number, number, number, number];
        const theirs = await createProduct(store, b);
        const row = (productId: number, kind: "similar" | "bought_together", ms: number) =>
          recommendationRow(productId, { kind, expiresAt: later(ms).toISOString() });
        await store.recommendations.save(commandOf(a), [
          ...[row(fresh, "similar", 1), row(fresh, "bought_together", 1)],
          ...[row(expired, "similar", 0), row(expired, "bought_together", 1)],
          ...[row(half, "similar", 1), row(gone, "similar", 0)],
        ]);
        await store.products.delete(commandOf(a), gone, null);
        const found: StaleRecommendations[] = [];
        let after: ProductKey | null = { sellerId: a, productId: 0 };
        do {
          const page = await store.recommendations.stale({ now: later(0), limit: 2, after });
          expect(page.products.length).toBeLessThanOrEqual(2);
          found.push(...page.products);
          after = page.next;
        } while (after !== null);
        const of = (sellerId: string) =>
          found.filter((one) => one.sellerId === sellerId).map(({ productId, kinds }) => [productId, kinds]);
        expect(of(a)).toEqual([
          [expired, ["similar"]],
          [half, ["bought_together"]],
          [never, ["similar", "bought_together"]],
        ]);
        expect(of(b)).toEqual([[theirs.id, ["similar", "bought_together"]]]);
      },
    },
  ],
};

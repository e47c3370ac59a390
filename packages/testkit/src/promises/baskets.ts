import type { Basket } from "@amused/core";
import { expect } from "vitest";
import type { PromiseGroup } from "../bench.ts";
import { commandOf, createProduct, later, line, sell } from "../commands.ts";

export const baskets: PromiseGroup = {
  about: "orders say what was bought together",
  promises: [
    {
      title:
        "each order of several products comes once, in the order of first sales, page by page and from there on",
      async keep({ store, seller }) {
        const [sellerId, other] = [seller(), seller()];
        const ids: number[] = [];
        for (let n = 0; n < 4; n++) ids.push((await createProduct(store, sellerId, { quantity: 99 })).id);
        const [a, b, c, d] = ids as [number, number, number, number];
        const order = (orderId: string | null, products: number[], kind: "sale" | "return" = "sale") =>
          sell(
            store,
            commandOf(sellerId),
            products.map((id) => line(id, 1)),
            { orderId, kind, soldAt: later(-1_000 * products.length).toISOString() },
          );
        const theirs = await createProduct(store, other, { quantity: 9 });
        await order("one", [a]);
        await order("two", [c, a]);
        await order("parts", [b]);
        await order("twice", [b, b]);
        await order(null, [a, b]);
        await order("back", [a, b], "return");
        await order("three", [d, b, a]);
        await order("parts", [d]);
        await order("two", [b], "return");
        await sell(store, commandOf(other), [line(theirs.id, 1)], { orderId: "one" });

        const collect = async (from: number, limit: number): Promise<{ orders: Basket[]; last: number }> => {
          const orders: Basket[] = [];
          let [last, more] = [from, true];
          while (more) {
            const page = await store.sales.orders(sellerId, { after: last, before: null, limit });
            expect(page.orders.length).toBeLessThanOrEqual(limit);
            orders.push(...page.orders);
            ({ last, more } = page);
          }
          return { orders, last };
        };
        const known = [
          { orderId: "two", productIds: [a, c] },
          { orderId: "parts", productIds: [b, d] },
          { orderId: "three", productIds: [a, b, d] },
        ];
        for (const limit of [1, 2, 100]) expect((await collect(0, limit)).orders).toEqual(known);
        const { last } = await collect(0, 100);
        expect(await collect(last, 100)).toEqual({ orders: [], last });
        await order("three", [c]);
        await order("four", [a, b]);
        expect((await collect(last, 1)).orders, "a later part makes no new order").toEqual([
          { orderId: "four", productIds: [a, b] },
        ]);
        expect((await collect(0, 100)).orders).toEqual([
          ...known.slice(0, 2),
          { orderId: "three", productIds: [a, b, c, d] },
          { orderId: "four", productIds: [a, b] },
        ]);
        expect(await store.sales.orders(other, { after: 0, before: null, limit: 9 })).toMatchObject({
          ...{ orders: [], more: false },
        });
      },
    },
    {
      title: "orders that sold both of two products come newest first, with the sales that say so",
      async keep({ store, seller }) {
        const [sellerId, other] = [seller(), seller()];
        const ids: number[] = [];
        for (let n = 0; n < 3; n++) ids.push((await createProduct(store, sellerId, { quantity: 99 })).id);
        const [a, b, c] = ids as [number, number, number];
        const order = async (orderId: string | null, products: number[], ms: number, kind?: "return") => {
          const lines = products.map((id) => line(id, 1));
          const soldAt = later(ms).toISOString();
          const more = { orderId, soldAt, ...(kind && { kind }) };
          return (await sell(store, commandOf(sellerId), lines, more)).body.value.sales.map(({ id }) => id);
        };
        const one = await order("one", [a, b, c, a], 5);
        const two = await order("two", [b, a], 9);
        const [first] = await order("parts", [a], 1);
        const [second] = await order("parts", [b], 20);
        await order("alone", [a], 30);
        await order("back", [a, b], 40, "return");
        await order("half", [a], 41);
        await order("half", [b], 42, "return");
        await order(null, [a, b], 43);
        const theirs = await createProduct(store, other, { quantity: 9 });
        await sell(store, commandOf(other), [line(theirs.id, 1)], { orderId: "one" });

        const at = (ms: number) => later(ms).toISOString();
        const shared = [
          { orderId: "two", soldAt: at(9), saleIds: two },
          { orderId: "one", soldAt: at(5), saleIds: [one[0], one[1], one[3]] },
          { orderId: "parts", soldAt: at(1), saleIds: [first, second] },
        ];
        const read = (productIds: [number, number], limit = 9, of = sellerId) =>
          store.sales.together(of, { productIds, limit });
        expect(await read([a, b])).toEqual(shared);
        expect(await read([a, b], 2)).toEqual(shared.slice(0, 2));
        expect((await read([b, a])).map(({ orderId }) => orderId)).toEqual(["parts", "two", "one"]);
        expect((await read([c, b])).map(({ orderId }) => orderId)).toEqual(["one"]);
        expect(await read([a, 999_999_999])).toEqual([]);
        expect(await read([a, b], 9, other)).toEqual([]);
      },
    },
    {
      title: "it stops before what was written at a moment or later, to go on there another time",
      async keep({ store, seller }) {
        const sellerId = seller();
        const ids: number[] = [];
        for (let n = 0; n < 2; n++) ids.push((await createProduct(store, sellerId, { quantity: 99 })).id);
        for (const [n, ms] of [0, 10, 5, 20].entries())
          await sell(
            store,
            commandOf(sellerId, { at: later(ms) }),
            ids.map((id) => line(id, 1)),
            { orderId: `order ${n}`, soldAt: later(-ms).toISOString() },
          );
        const read = async (after: number, ms: number | null) => {
          const before = ms === null ? null : later(ms);
          const { orders, ...rest } = await store.sales.orders(sellerId, { after, before, limit: 9 });
          return { ...rest, orders: orders.map(({ orderId }) => orderId) };
        };
        expect(await read(0, 0)).toEqual({ orders: [], last: 0, more: false });
        const first = await read(0, 10);
        expect(first).toMatchObject({ orders: ["order 0"], more: false });
        const second = await read(first.last, 20);
        expect(second).toMatchObject({ orders: ["order 1", "order 2"], more: false });
        expect(await read(second.last, null)).toMatchObject({ orders: ["order 3"], more: false });
      },
    },
  ],
};

import type { EventFilterRequest } from "@amused/core";
import { expect } from "vitest";
import type { PromiseGroup } from "../bench.ts";
import { adjust, commandOf, createProduct, later, line, sell } from "../commands.ts";
import { allEvents, outcome } from "../reading.ts";

export const events: PromiseGroup = {
  about: "the log is read by position, type and product",
  promises: [
    {
      title: "a read begins after a position, ends at its limit, and says head and oldest",
      async keep({ store, seller }) {
        const sellerId = seller();
        const draft = (n: number) => ({ type: "test.fact", productId: null, payload: { n } });
        await store.events.append(
          commandOf(sellerId),
          Array.from({ length: 10 }, (_, n) => draft(n + 1)),
        );
        const read = async (after: number, limit: number) => {
          const run = await store.events.read(sellerId, { after, limit, types: null, productId: null });
          expect(run).toMatchObject({ epoch: "suite", head: 10, oldest: 1 });
          return run?.events.map(({ seq }) => seq);
        };
        expect(await read(0, 4)).toEqual([1, 2, 3, 4]);
        expect(await read(4, 100)).toEqual([5, 6, 7, 8, 9, 10]);
        expect(await read(9, 1)).toEqual([10]);
        expect(await read(10, 5)).toEqual([]);
        expect(await read(99, 5), "ahead of the head").toEqual([]);
      },
    },
    {
      title: "types are names or nouns with a star, and products are told apart",
      async keep({ store, seller }) {
        const sellerId = seller();
        const a = await createProduct(store, sellerId, { quantity: 5 });
        const b = await createProduct(store, sellerId, { quantity: 5 });
        await adjust(store, commandOf(sellerId), a.id, 1);
        await sell(store, commandOf(sellerId), [line(a.id, 1), line(b.id, 1)]);
        const drafts = ["stock.x_y", "stockx.fact", "stock.a.b", "stock-x.fact"].map((type) => ({
          type,
          productId: null,
          payload: {},
        }));
        await store.events.append(commandOf(sellerId), drafts);
        const find = async (filter: Partial<EventFilterRequest>) => {
          const run = await store.events.read(sellerId, {
            after: 0,
            limit: 99,
            types: null,
            productId: null,
            ...filter,
          });
          expect(run?.head).toBe(9);
          return run?.events.map(({ seq }) => seq);
        };
        expect(await find({ types: ["sale.recorded"] })).toEqual([4, 5]);
        expect(await find({ types: ["stock.*"] })).toEqual([3, 6, 8]);
        expect(await find({ types: ["stock.a.*", "product.created"] })).toEqual([1, 2, 8]);
        expect(await find({ types: ["stock._____"] }), "an underscore is an underscore").toEqual([]);
        expect(await find({ types: ["stock.x_y"] })).toEqual([6]);
        expect(await find({ types: ["never.seen", "never.*"] })).toEqual([]);
        expect(await find({ productId: a.id })).toEqual([1, 3, 4]);
        expect(await find({ productId: b.id, types: ["sale.*"] })).toEqual([5]);
        expect(await find({ productId: a.id, after: 1, limit: 1 })).toEqual([3]);
        expect(await find({ productId: 999_999_999 })).toEqual([]);
      },
    },
    {
      title: "facts of the host's are appended together, in their order, and answered as they are read",
      async keep({ store, seller }) {
        const sellerId = seller();
        const { id } = await createProduct(store, sellerId);
        const drafts = [3, 1, 2].map((n) => ({
          type: "test.fact",
          productId: n === 1 ? id : null,
          payload: { n },
        }));
        const written = await store.events.append(commandOf(sellerId, { at: later(7) }), drafts);
        expect(written.position).toEqual({ epoch: "suite", seq: 4 });
        expect(written.revision).toBeNull();
        expect(written.body.value).toEqual((await allEvents(store, sellerId)).slice(1));
        expect(
          written.body.value.map(({ id, createdAt, ...event }) => [id, createdAt, event.seq, event.payload]),
        ).toEqual(drafts.map(({ payload }, n) => [`suite.${n + 2}`, later(7).toISOString(), n + 2, payload]));
      },
    },
    {
      title: "a log begins once, with the epoch of whoever began it",
      async keep({ stores, seller, sizes }) {
        const sellerId = seller();
        const [store] = stores;
        const request = { after: 0, limit: 9, types: null, productId: null };
        expect(await store.events.read(sellerId, request)).toBeNull();
        const opened = await Promise.all(
          Array.from({ length: sizes.writers }, (_, n) =>
            (stores[n % stores.length] ?? store).events.open(sellerId, `e${n}`),
          ),
        );
        const epoch = opened[0]?.epoch ?? "";
        expect(opened).toEqual(opened.map(() => ({ epoch, seq: 0 })));
        expect(await store.events.read(sellerId, request)).toEqual({ epoch, head: 0, oldest: 1, events: [] });
        const { position } = await store.events.append(commandOf(sellerId), [
          { type: "test.fact", productId: null, payload: {} },
        ]);
        expect(position).toEqual({ epoch, seq: 1 });
        expect(await store.events.open(sellerId, "other")).toEqual({ epoch, seq: 1 });
        expect((await store.events.read(sellerId, request))?.events[0]?.text).toContain(`"${epoch}.1"`);
      },
    },
    {
      title: "heads are told of those who have a log; reads tell the head they stand on",
      async keep({ store, seller }) {
        const [a, b, none] = [seller(), seller(), seller()];
        const { id } = await createProduct(store, a, { quantity: 1 }, { epoch: "ea" });
        await adjust(store, commandOf(a), id, 1);
        await store.events.open(b, "eb");
        expect(await store.events.heads([a, b, none])).toEqual(
          new Map([
            [a, { epoch: "ea", seq: 2 }],
            [b, { epoch: "eb", seq: 0 }],
          ]),
        );
        expect(await store.events.heads([])).toEqual(new Map());
        const page = { limit: 9, after: null };
        const heads = [
          (await store.products.find(a, id))?.head,
          (
            await store.products.list(a, {
              ...page,
              category: "none",
              words: [],
              maxQuantity: null,
              runsOutBy: null,
              sort: "id",
              descending: false,
            })
          ).head,
          (await store.stock.movements(a, id, page))?.head,
          (await store.sales.list(a, { ...page, productId: null, from: null, before: null })).head,
          (await store.sales.daily(a, id, "2025-06-15", "2025-06-15"))?.head,
        ];
        expect(heads).toEqual(heads.map(() => ({ epoch: "ea", seq: 2 })));
        const empty = { ...page, productId: null, from: null, before: null };
        expect([(await store.sales.list(b, empty)).head, (await store.sales.list(none, empty)).head]).toEqual(
          [{ epoch: "eb", seq: 0 }, null],
        );
      },
    },
    {
      title: "an event about a product that never was is refused, and none of those beside it is written",
      async keep({ store, seller }) {
        const sellerId = seller();
        const drafts = [null, 999_999_999].map((productId) => ({
          type: "test.fact",
          productId,
          payload: {},
        }));
        expect(await outcome(store.events.append(commandOf(sellerId), drafts))).toBe("not_found");
        expect(await allEvents(store, sellerId)).toEqual([]);
      },
    },
  ],
};

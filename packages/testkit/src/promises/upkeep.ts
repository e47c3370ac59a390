import { expect } from "vitest";
import type { PromiseGroup } from "../bench.ts";
import { commandOf, createProduct, keyed, productRow } from "../commands.ts";
import { allEvents, dump } from "../reading.ts";

export const upkeep: PromiseGroup = {
  about: "a store is kept in order while it is used",
  promises: [
    {
      title:
        "migrating what is migrated applies nothing and changes nothing, from several handles at once too",
      async keep({ store, stores, seller }) {
        const sellerId = seller();
        await createProduct(store, sellerId, { quantity: 1 });
        const before = await dump(store, sellerId);
        const migrated = await Promise.all([...stores, store].map((handle) => handle.migrate()));
        for (const { applied } of migrated) expect(applied).toEqual([]);
        expect(await dump(store, sellerId)).toEqual(before);
      },
    },
    {
      title: "it answers a ping",
      async keep({ stores }) {
        for (const store of stores) await expect(store.ping()).resolves.toBeUndefined();
      },
    },
    {
      title: "it joins no transaction that is none",
      async keep({ store }) {
        for (const none of [undefined, null, "begin", {}]) {
          const join = async () => store.join(none).products.create(commandOf("nobody"), productRow());
          await expect(join()).rejects.toThrow();
        }
        expect(await store.events.heads(["nobody"])).toEqual(new Map());
      },
    },
  ],
};

export const durability: PromiseGroup = {
  about: "what was acknowledged is there after the end of a process",
  promises: [
    {
      title: "what was written through one handle is read through another",
      needs: "another",
      async keep({ stores, seller }) {
        const [first, second] = [stores[0], stores.at(-1) ?? stores[0]];
        expect(second).not.toBe(first);
        const sellerId = seller();
        const { id } = await createProduct(first, sellerId, { quantity: 3 });
        expect((await second.products.find(sellerId, id))?.body.value.quantity).toBe(3);
        expect(await dump(second, sellerId)).toEqual(await dump(first, sellerId));
      },
    },
    {
      title: "after closing and opening everything is as it was, and goes on from there",
      needs: "reopen",
      async keep({ store, seller, reopen }) {
        const sellerId = seller();
        const made = await store.products.create(
          keyed(sellerId, "made"),
          productRow({ sku: "TEA", quantity: 3 }),
        );
        const before = await dump(store, sellerId);
        const reopened = (await reopen?.()) ?? store;
        expect(await dump(reopened, sellerId)).toEqual(before);
        expect(
          await reopened.products.create(keyed(sellerId, "made"), productRow({ sku: "TEA", quantity: 3 })),
        ).toMatchObject({
          replayed: true,
          position: made.position,
        });
        const { id } = await createProduct(reopened, sellerId);
        expect(id).not.toBe(made.body.value.id);
        expect(await allEvents(reopened, sellerId)).toHaveLength(2);
      },
    },
  ],
};

import { expect } from "vitest";
import type { PromiseGroup } from "../bench.ts";
import { commandOf, keyed } from "../commands.ts";
import { allEvents } from "../reading.ts";

export const settings: PromiseGroup = {
  about: "settings of a seller",
  promises: [
    {
      title: "hold what was set and nothing else, and tell what became different",
      async keep({ store, seller }) {
        const [sellerId, other] = [seller(), seller()];
        const { settings } = store;
        const set = async () => (await settings.find(sellerId)).body.value;
        const update = (changes: Parameters<typeof settings.update>[1]) =>
          settings.update(commandOf(sellerId), changes);
        expect(await settings.find(sellerId)).toMatchObject({ body: { value: {} }, head: null });

        const first = await update({ leadTimeDays: 7, serviceLevel: 0.975 });
        expect(first).toMatchObject({ position: { seq: 1 }, replayed: false });
        expect(first.body.value).toEqual({ leadTimeDays: 7, serviceLevel: 0.975 });
        const second = await update({ leadTimeDays: null, serviceLevel: 0.975, packSize: 6 });
        expect(second.body.value).toEqual({ serviceLevel: 0.975, packSize: 6 });
        for (const nothing of [{}, { packSize: 6 }, { minimumOrder: null }]) {
          const { position, body } = await update(nothing);
          expect([position, body.value]).toEqual([null, { serviceLevel: 0.975, packSize: 6 }]);
        }
        expect(await set()).toEqual({ serviceLevel: 0.975, packSize: 6 });
        expect((await settings.find(sellerId)).head?.seq).toBe(2);
        const told = (await allEvents(store, sellerId)).map(({ type, productId, payload }) => [
          ...[type, productId, payload],
        ]);
        expect(told).toEqual([
          ["settings.updated", null, { changed: { leadTimeDays: 7, serviceLevel: 0.975 } }],
          ["settings.updated", null, { changed: { leadTimeDays: null, packSize: 6 } }],
        ]);
        expect((await settings.find(other)).body.value).toEqual({});
      },
    },
    {
      title: "keep all of what is set at once, each once for each key, and are undone with their transaction",
      async keep({ store, stores, seller }) {
        const sellerId = seller();
        const changes = [{ leadTimeDays: 3 }, { serviceLevel: 0.9 }, { packSize: 2 }, { minimumOrder: 5 }];
        await Promise.all(
          [...changes, ...changes].map((change, n) =>
            (stores[n % stores.length] ?? store).settings.update(keyed(sellerId, `set ${n % 4}`), change),
          ),
        );
        const all = { leadTimeDays: 3, serviceLevel: 0.9, packSize: 2, minimumOrder: 5 };
        expect((await store.settings.find(sellerId)).body.value).toEqual(all);
        expect(await allEvents(store, sellerId)).toHaveLength(4);
        const failed = store.transaction(async (transaction) => {
          await transaction.settings.update(commandOf(sellerId), { packSize: 9 });
          throw new Error("undo");
        });
        await expect(failed).rejects.toThrow("undo");
        expect((await store.settings.find(sellerId)).body.value).toEqual(all);
        expect(await allEvents(store, sellerId)).toHaveLength(4);
      },
    },
  ],
};

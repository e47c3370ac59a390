import type { ApiKey, KeyRow, KeySuccessor, Store } from "@amused/core";
import { expect } from "vitest";
import type { PromiseGroup } from "../bench.ts";
import { commandOf, keyed, later, noon } from "../commands.ts";
import { all, allEvents } from "../reading.ts";

export const keys: PromiseGroup = {
  about: "API keys are kept by their hash",
  promises: [
    {
      title: "a key is found by its hash, without its hash, and stands in its seller's log",
      async keep({ store, seller }) {
        const sellerId = seller();
        const row = rowOf(sellerId, {
          expiresAt: later(1000).toISOString(),
          scopes: ["read", "write"],
          origins: ["https://shop.example"],
        });
        const written = await store.keys.create(commandOf(sellerId), row);
        const { hash, ...shown } = row;
        const key = {
          ...shown,
          id: written.body.value.id,
          createdAt: "2025-06-15T12:00:00.000Z",
          lastUsedAt: null,
          replacedBy: null,
        };
        expect(written.body.value).toEqual(key);
        expect(written.body.text).not.toContain(hash);
        expect(await store.keys.find(hash)).toEqual(key);
        expect(await store.keys.find(`${hash}0`)).toBeNull();
        expect(await store.keys.findById(key.id)).toEqual(key);
        expect(await store.keys.findById(999_999_999)).toBeNull();
        expect(await allEvents(store, sellerId)).toMatchObject([
          {
            type: "keys.created",
            productId: null,
            payload: { keyId: key.id, name: "till", scopes: ["read", "write"] },
          },
        ]);
        expect(written.position?.seq).toBe(1);
      },
    },
    {
      title: "a revoked key is not found, not listed and not revoked again",
      async keep({ store, seller, sizes }) {
        const sellerId = seller();
        const row = rowOf(sellerId);
        const { id } = (await store.keys.create(commandOf(sellerId), row)).body.value;
        const revoked = await Promise.all(
          Array.from({ length: sizes.writers }, () => store.keys.revoke(commandOf(sellerId), id)),
        );
        expect(revoked.filter((written) => written !== null)).toMatchObject([
          { body: { value: null }, position: { seq: 2 } },
        ]);
        expect(await store.keys.revoke(commandOf(sellerId), 999_999_999)).toBeNull();
        expect(await store.keys.find(row.hash)).toBeNull();
        expect(await store.keys.findById(id)).toBeNull();
        expect(await list(store, sellerId)).toEqual([]);
        const log = await allEvents(store, sellerId);
        expect(log.slice(1)).toMatchObject([
          { type: "keys.revoked", payload: { keyId: id, name: "till", scopes: ["read"] } },
        ]);
        expect(log).toHaveLength(2);
      },
    },
    {
      title: "a key made or revoked under an idempotency key is made and revoked once",
      async keep({ store, seller }) {
        const sellerId = seller();
        const row = rowOf(sellerId);
        const [first, second] = [
          await store.keys.create(keyed(sellerId, "new"), row),
          await store.keys.create(keyed(sellerId, "new"), row),
        ];
        expect([first.replayed, second.replayed]).toEqual([false, true]);
        expect(second.body.value).toEqual(first.body.value);
        const { id } = first.body.value;
        expect(await store.keys.revoke(keyed(sellerId, "gone"), id)).toMatchObject({ replayed: false });
        expect(await store.keys.revoke(keyed(sellerId, "gone"), id)).toMatchObject({ replayed: true });
        expect(await allEvents(store, sellerId)).toHaveLength(2);
      },
    },
    {
      title: "an admin key belongs to no seller and stands in no log",
      async keep({ store, seller }) {
        const row = rowOf(null, { hash: `admin ${seller()}`, scopes: ["admin"], name: "root" });
        const written = await store.keys.create(commandOf(""), row);
        expect(written).toMatchObject({
          position: null,
          body: { value: { sellerId: null, scopes: ["admin"] } },
        });
        expect(await store.keys.find(row.hash)).toEqual(written.body.value);
        expect((await list(store, null)).map(({ id }) => id)).toContain(written.body.value.id);
        expect(await store.keys.revoke(commandOf(""), written.body.value.id)).toMatchObject({
          position: null,
        });
        expect(await store.keys.find(row.hash)).toBeNull();
      },
    },
    {
      title:
        "a rotated key gets one successor like it, lives on until it was told, and says so in its seller's log",
      async keep({ store, seller, sizes }) {
        const sellerId = seller();
        const row = rowOf(sellerId, { scopes: ["write"], origins: ["https://shop.example"] });
        const old = (await store.keys.create(commandOf(sellerId), row)).body.value;
        const rotated = await Promise.all(
          Array.from({ length: sizes.writers }, (_, n) =>
            store.keys.rotate(commandOf(sellerId), old.id, successor(sellerId, `new ${n}`)),
          ),
        );
        const [made, ...more] = rotated.filter((written) => written !== null);
        expect(more).toEqual([]);
        expect(made?.position?.seq).toBe(3);
        const key = made?.body.value as ApiKey;
        const own = { id: key.id, prefix: "amk_next", createdAt: noon.toISOString() };
        expect(key).toEqual({ ...old, ...own });
        const ends = { expiresAt: later(1000).toISOString(), replacedBy: key.id };
        expect(await store.keys.find(row.hash)).toEqual({ ...old, ...ends });
        expect(await list(store, sellerId)).toEqual([key, { ...old, ...ends }]);
        expect((await allEvents(store, sellerId)).slice(1)).toMatchObject([
          { type: "keys.created", payload: { keyId: key.id, name: "till", scopes: ["write"] } },
          { type: "keys.rotated", payload: { keyId: old.id, name: "till", scopes: ["write"], ...ends } },
        ]);
      },
    },
    {
      title:
        "a successor has the end of the key before it unless another is said, and no key's life is made longer",
      async keep({ store, seller }) {
        const sellerId = seller();
        const expiresAt = later(500).toISOString();
        const made = async (n: number, changes: Partial<KeySuccessor>) => {
          const row = rowOf(sellerId, { hash: `${n} ${sellerId}`, expiresAt });
          const { id } = (await store.keys.create(commandOf(sellerId), row)).body.value;
          const written = await store.keys.rotate(commandOf(sellerId), id, {
            ...successor(sellerId, `new ${n}`),
            ...changes,
          });
          return [written?.body.value.expiresAt, (await store.keys.findById(id))?.expiresAt];
        };
        expect(await made(1, {})).toEqual([expiresAt, expiresAt]);
        expect(await made(2, { expiresAt: null })).toEqual([null, expiresAt]);
        const sooner = later(9).toISOString();
        expect(await made(3, { expiresAt: sooner, until: later(3) })).toEqual([
          sooner,
          later(3).toISOString(),
        ]);
      },
    },
    {
      title:
        "a key that is gone, has ended or has a successor is not rotated; an idempotency key rotates once",
      async keep({ store, seller }) {
        const sellerId = seller();
        const made = async (n: number, changes: Partial<KeyRow> = {}) =>
          (
            await store.keys.create(
              commandOf(sellerId),
              rowOf(sellerId, { hash: `${n} ${sellerId}`, ...changes }),
            )
          ).body.value.id;
        const [ended, gone, live] = [
          await made(1, { expiresAt: later(-1).toISOString() }),
          await made(2),
          await made(3),
        ];
        await store.keys.revoke(commandOf(sellerId), gone);
        const rotate = (id: number, name: string, command = commandOf(sellerId)) =>
          store.keys.rotate(command, id, successor(sellerId, name));
        for (const id of [ended, gone, 999_999_999]) expect(await rotate(id, `of ${id}`)).toBeNull();
        const first = await rotate(live, "first", keyed(sellerId, "rotate"));
        const again = await rotate(live, "again", keyed(sellerId, "rotate"));
        expect([first?.replayed, again?.replayed]).toEqual([false, true]);
        expect(again?.body.value).toEqual(first?.body.value);
        expect(await rotate(live, "more")).toBeNull();
        expect(await list(store, sellerId)).toHaveLength(3);
      },
    },
    {
      title: "an origin is known while a key that is not revoked names it",
      async keep({ store, seller }) {
        const sellerId = seller();
        const [a, b] = [`https://a.${sellerId}.example`, `https://b.${sellerId}.example`];
        const known = async () => [await store.keys.knowsOrigin(a), await store.keys.knowsOrigin(b)];
        expect(await known()).toEqual([false, false]);
        const row = rowOf(sellerId, { origins: [a, b] });
        const { id } = (await store.keys.create(commandOf(sellerId), row)).body.value;
        await store.keys.create(
          commandOf(sellerId),
          rowOf(sellerId, { hash: `2 ${sellerId}`, origins: [b] }),
        );
        expect(await known()).toEqual([true, true]);
        await store.keys.revoke(commandOf(sellerId), id);
        expect(await known()).toEqual([false, true]);
      },
    },
    {
      title: "keys are listed newest first, of one seller or of all",
      async keep({ store, seller }) {
        const [a, b] = [seller(), seller()];
        const ids: number[] = [];
        for (const [n, sellerId] of [a, b, a, a, b].entries())
          ids.push(
            (await store.keys.create(commandOf(sellerId), rowOf(sellerId, { hash: `${n} ${sellerId}` }))).body
              .value.id,
          );
        expect((await list(store, a, 2)).map(({ id }) => id)).toEqual([ids[3], ids[2], ids[0]]);
        expect((await list(store, b)).map(({ id }) => id)).toEqual([ids[4], ids[1]]);
        const everyone = (await list(store, null, 2)).map(({ id }) => id);
        expect(everyone.filter((id) => ids.includes(id))).toEqual([...ids].reverse());
        expect(await list(store, seller())).toEqual([]);
      },
    },
    {
      title: "the last use of keys is noted, and is no event",
      async keep({ store, seller }) {
        const sellerId = seller();
        const rows = [rowOf(sellerId, { hash: `1 ${sellerId}` }), rowOf(sellerId, { hash: `2 ${sellerId}` })];
        const ids = [];
        for (const row of rows) ids.push((await store.keys.create(commandOf(sellerId), row)).body.value.id);
        await store.keys.touch([
          { id: ids[0] as number, at: later(5000) },
          { id: 999_999_999, at: later(1) },
        ]);
        await store.keys.touch([]);
        const used = [];
        for (const { hash } of rows) used.push((await store.keys.find(hash))?.lastUsedAt);
        expect(used).toEqual([later(5000).toISOString(), null]);
        expect(await allEvents(store, sellerId)).toHaveLength(2);
      },
    },
  ],
};

function rowOf(sellerId: string | null, changes: Partial<KeyRow> = {}): KeyRow {
  const hash = `hash of ${sellerId}`;
  const own = { name: "till", prefix: "amk_test", hash, scopes: ["read" as const], origins: null };
  return { sellerId, ...own, expiresAt: null, ...changes };
}

function successor(sellerId: string, name: string): KeySuccessor {
  return { prefix: "amk_next", hash: `${name} of ${sellerId}`, until: later(1000) };
}

function list(store: Store, sellerId: string | null, limit = 100): Promise<ApiKey[]> {
  return all((page) => store.keys.list(sellerId, page), limit);
}

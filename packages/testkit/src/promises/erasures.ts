import type { Repositories, Store } from "@amused/core";
import { expect } from "vitest";
import type { PromiseGroup } from "../bench.ts";
import { adjust, commandOf, createProduct, keyed, later, line, noon, sell } from "../commands.ts";
import { allEvents, outcome } from "../reading.ts";

const request = { at: noon, epoch: "shut", requestedBy: "key:1" };
const shut = { code: "conflict", state: "erasing" };
const everything = { limit: 100, after: null };

/** Something of every kind. */
async function fill(store: Store, sellerId: string, { at = noon } = {}) {
  const { id } = await createProduct(store, sellerId, { sku: "A", quantity: 9, category: "Tea" });
  await sell(store, keyed(sellerId, "sale"), [line(id, 2)], { orderId: "o-1" });
  await store.sales.import(
    commandOf(sellerId),
    "6f1b8f5e-6d2c-4a7e-9c39-0e0d8d1a0001",
    [{ productId: id, orderId: null, quantity: 3, price: "1.00", soldAt: noon.toISOString() }],
    false,
  );
  await store.settings.update(commandOf(sellerId), { packSize: 6 });
  await store.engines.save(sellerId, "model", { state: "{}", basedOn: 1, version: 0, at });
  await store.idempotency.begin(keyed(sellerId, "import"), 60_000);
  await store.files.claim(sellerId, "a.png");
  const { body } = await store.keys.create(commandOf(sellerId), {
    ...{ sellerId, name: "till", prefix: "amk_x", hash: `hash of ${sellerId} ${at.getTime()}` },
    ...{ scopes: ["read"], expiresAt: null },
  } as Parameters<Store["keys"]["create"]>[1]);
  return { id, hash: `hash of ${sellerId} ${at.getTime()}`, keyId: body.value.id };
}

/** Takes everything away, in steps of so many rows; how many it were. */
async function eraseAll(store: Store, sellerId: string, limit: number): Promise<number> {
  for (const { id } of await store.files.ofErased(sellerId, 100)) await store.files.release(sellerId, id);
  for (let rows = 0; ; ) {
    const taken = await store.erasures.step(sellerId, limit);
    if (taken === 0) return rows;
    rows += taken;
  }
}

const has = async (store: Repositories, sellerId: string) => {
  const filter = { category: null, words: [], maxQuantity: null, runsOutBy: null, sort: "id" } as const;
  const products = await store.products.list(sellerId, {
    ...{ ...filter, words: [], descending: false },
    ...everything,
  });
  const sales = await store.sales.list(sellerId, {
    productId: null,
    from: null,
    before: null,
    ...everything,
  });
  const keys = await store.keys.list(sellerId, everything);
  return [products, sales, keys].map(({ body }) => body.value.length);
};

export const erasures: PromiseGroup = {
  about: "a seller can be erased",
  promises: [
    {
      title: "from its beginning on nothing is written, nothing of the log is read, and keys open nothing",
      async keep({ store, stores, seller }) {
        const sellerId = seller();
        const { id, hash, keyId } = await fill(store, sellerId);
        const begun = await store.erasures.begin(sellerId, request);
        expect(begun).toEqual({
          ...{ sellerId, state: "erasing", requestedAt: noon.toISOString(), requestedBy: "key:1" },
          ...{ finishedAt: null, rows: 0 },
        });
        expect(await store.erasures.begin(sellerId, { ...request, at: later(5) })).toEqual(begun);
        for (const other of stores) {
          const refused = [
            () => createProduct(other, sellerId),
            () => adjust(other, commandOf(sellerId), id, 1),
            () => sell(other, keyed(sellerId, "late"), [line(id, 1)]),
            () => other.settings.update(commandOf(sellerId), { packSize: 2 }),
            () => other.idempotency.begin(keyed(sellerId, "late"), 60_000),
            () => other.files.claim(sellerId, "b.png"),
            () => other.events.read(sellerId, { after: 0, limit: 1, types: null, productId: null }),
          ];
          for (const write of refused) await expect(write()).rejects.toMatchObject(shut);
        }
        expect([await store.keys.find(hash), await store.keys.findById(keyId)]).toEqual([null, null]);
        const model = { state: "{}", basedOn: 1, version: 0, at: later(1) };
        expect(await store.engines.save(sellerId, "other", model)).toBe(false);
        const claims = await store.consumers.claim({
          ...{ consumer: `of ${sellerId}`, among: [sellerId], except: [], limit: 1, token: "t" },
          ...{ at: noon, until: later(1000) },
        });
        expect(claims).toEqual([]);
        expect((await store.erasures.recent(later(99))).map((one) => one.sellerId)).toContain(sellerId);
      },
    },
    {
      title: "in steps it takes everything of that seller, counts it, and touches nobody else's",
      async keep({ store, seller }) {
        const [sellerId, other] = [seller(), seller()];
        await fill(store, sellerId);
        await fill(store, other);
        const before = [await allEvents(store, other), await has(store, other)];
        expect(await store.erasures.step(sellerId, 100), "nobody asked for it").toBe(0);
        await store.erasures.begin(sellerId, request);
        expect((await store.erasures.finish(sellerId, later(1)))?.state).toBe("erasing");
        const [claim] = await store.files.ofErased(sellerId, 10);
        expect(await store.files.isClaimed("a.png", claim?.id ?? 0), "another has it too").toBe(true);
        expect(await store.files.ofErased(other, 10)).toEqual([]);
        const rows = await eraseAll(store, sellerId, 3);
        expect(rows).toBeGreaterThan(8);
        const done = {
          ...{ sellerId, state: "erased", requestedAt: noon.toISOString(), requestedBy: "key:1" },
          ...{ finishedAt: later(2).toISOString(), rows },
        };
        expect(await store.erasures.finish(sellerId, later(2))).toEqual(done);
        expect(await store.erasures.finish(sellerId, later(3)), "it ends once").toEqual(done);
        expect(await store.erasures.find(sellerId)).toEqual(done);
        expect(await store.erasures.find(other)).toBeNull();
        expect(await has(store, sellerId)).toEqual([0, 0, 0]);
        expect(await store.engines.load(sellerId, "model")).toBeNull();
        expect((await store.settings.find(sellerId)).body.value).toEqual({});
        expect([await allEvents(store, other), await has(store, other)]).toEqual(before);
        expect(await store.files.isClaimed("a.png", 0)).toBe(true);
        const recent = async (ms: number) =>
          (await store.erasures.recent(later(ms))).filter((one) => one.sellerId === sellerId).length;
        expect([await recent(1), await recent(2)]).toEqual([1, 0]);
      },
    },
    {
      title:
        "afterwards it is left alone until the seller begins anew, with a log of its own, and can be erased again",
      async keep({ store, seller }) {
        const sellerId = seller();
        await fill(store, sellerId);
        await store.erasures.begin(sellerId, request);
        await eraseAll(store, sellerId, 100);
        const done = await store.erasures.finish(sellerId, later(1));
        expect(await store.erasures.begin(sellerId, { ...request, at: later(2) })).toEqual(done);
        const late = { state: "{}", basedOn: 1, version: 0, at: later(60_000) };
        expect(await store.engines.save(sellerId, "model", late), "learned of the one before").toBe(false);
        const muchLater = { ...late, at: later(3_600_000) };
        expect(await store.engines.save(sellerId, "model", muchLater), "of nobody").toBe(false);
        await store.events.open(sellerId, "anew");
        await fill(store, sellerId, { at: later(3_600_000) });
        expect(await store.erasures.step(sellerId, 100), "whoever comes late takes nothing").toBe(0);
        expect(await store.files.ofErased(sellerId, 10)).toEqual([]);
        const read = { after: 0, limit: 1, types: null, productId: null };
        expect(await store.events.read(sellerId, read)).toMatchObject({ epoch: "anew", oldest: 1 });
        expect(await store.engines.load(sellerId, "model")).not.toBeNull();
        const again = await store.erasures.begin(sellerId, { ...request, at: later(4), requestedBy: null });
        expect(again).toMatchObject({ state: "erasing", requestedBy: null, rows: 0, finishedAt: null });
        await eraseAll(store, sellerId, 100);
        expect((await store.erasures.finish(sellerId, later(5)))?.state).toBe("erased");
      },
    },
    {
      title: "a file that only sellers have who are all being erased is kept for none of them",
      async keep({ store, seller }) {
        const [first, second] = [seller(), seller()];
        for (const sellerId of [first, second]) {
          await store.events.open(sellerId, "e");
          await store.files.claim(sellerId, `${first}.png`);
        }
        await store.erasures.begin(first, request);
        expect(await store.files.isClaimed(`${first}.png`, 0), "the second has it").toBe(true);
        await store.erasures.begin(second, request);
        expect(await store.files.isClaimed(`${first}.png`, 0)).toBe(false);
      },
    },
    {
      title: "a write that races with its beginning is whole and erased, or refused",
      async keep({ store, stores, seller, sizes }) {
        const sellerId = seller();
        const { id } = await createProduct(store, sellerId, { quantity: 1_000 });
        const writes = Array.from({ length: sizes.writers }, (_, n) =>
          outcome(sell(stores[n % stores.length] ?? store, keyed(sellerId, `s-${n}`), [line(id, 1)])),
        );
        const [begun, ...said] = await Promise.all([store.erasures.begin(sellerId, request), ...writes]);
        expect(begun.state).toBe("erasing");
        // The only conflict there can be is that with the erasing.
        for (const one of said) expect(["done", "conflict"]).toContain(one);
        await eraseAll(store, sellerId, 7);
        expect((await store.erasures.finish(sellerId, later(1)))?.state).toBe("erased");
        expect(await has(store, sellerId)).toEqual([0, 0, 0]);
        expect(await allEvents(store, sellerId)).toEqual([]);
      },
    },
  ],
};

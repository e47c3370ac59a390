import { describe, expect, test, vi } from "vitest";
import { createAmused } from "../src/amused.ts";
import { memoryFiles } from "../src/memory/files.ts";
import { memoryStore } from "../src/memory/store.ts";
import type { Command, ProductRow } from "../src/ports/repositories.ts";

const at = new Date("2026-03-01T10:00:00.000Z");
const acme: Command = { sellerId: "acme", actor: null, at, epoch: "e1", idempotency: null };

function row(changes: Partial<ProductRow> = {}): ProductRow {
  return {
    ...{ sku: null, name: "Tea", description: "", price: "4.90", currency: "USD", decimals: 2, quantity: 5 },
    ...{
      category: null,
      attributes: { loose: true },
      reorderPoint: null,
      leadTimeDays: null,
      ...{ serviceLevel: null, packSize: null, minimumOrder: null },
      search: "tea\n",
    },
    ...changes,
  };
}

// What every store promises is tested by the conformance suite, in @amused/testkit. Here is what only this one does.
describe("the memory store", () => {
  test("shares nothing with those who read it or wrote to it", async () => {
    const store = memoryStore();
    const given = row();
    const { body } = await store.products.create(acme, given);
    given.attributes.loose = false;
    body.value.attributes.loose = false;
    const found = await store.products.find("acme", body.value.id);
    (found?.body.value as { name: string }).name = "Coffee";
    const [looked] = await store.products.lookup("acme", { skus: [], names: ["Tea"], ids: [] });
    Object.assign(looked?.attributes ?? {}, { loose: false });
    const again = await store.products.find("acme", body.value.id);
    expect(again?.body.value).toMatchObject({ name: "Tea", attributes: { loose: true } });
  });

  test("says so when it is used inside its own transaction, instead of waiting for ever", async () => {
    const store = memoryStore();
    const nested = store.transaction(async () => {
      await store.products.create(acme, row());
    });
    await expect(nested).rejects.toThrow(/inside its own transaction/);
    await expect(store.transaction(() => store.transaction(async () => {}))).rejects.toThrow(
      /inside its own/,
    );
    await store.products.create(acme, row());
  });

  test("lets others wait until a transaction is over, and see none of it before", async () => {
    const store = memoryStore();
    let release = () => {};
    const paused = new Promise<void>((resolve) => {
      release = resolve;
    });
    const transaction = store.transaction(async ({ products }) => {
      await products.create(acme, row());
      await paused;
      throw new Error("changed my mind");
    });
    const read = store.events.read("acme", { after: 0, limit: 10, types: null, productId: null });
    release();
    await expect(transaction).rejects.toThrow("changed my mind");
    expect(await read).toBeNull();
  });

  test("finds a product's sales and events as all of them say, also after what was undone and what came out of order", async () => {
    const store = memoryStore();
    const amused = await createAmused({ store });
    const shop = amused.seller("acme");
    const ids: number[] = [];
    for (const name of ["Tea", "Pot", "Mug"])
      ids.push((await shop.products.create({ name, quantity: 90 })).id);
    const history = (day: number) =>
      `productId,quantity,soldAt\n${ids.map((id) => `${id},1,2025-06-${day}T0${id}:00:00Z`).join("\n")}\n`;
    const write = async (of: typeof shop) => {
      await of.sales.record({ lines: ids.map((productId) => ({ productId, quantity: 1 })) });
      for (const day of [12, 14, 11]) await of.sales.import(history(day));
      await of.stock.adjust(ids[0] as number, { adjust: 3, reason: "found" });
    };
    const check = async (events: number, sales: number) => {
      const read = { after: 0, limit: 1_000, types: null };
      const all = (await store.events.read("acme", { ...read, productId: null }))?.events ?? [];
      const sold = (await shop.sales.list({ limit: 200 })).items;
      expect([all.length, sold.length]).toEqual([events, sales]);
      for (const productId of ids) {
        const own = (await store.events.read("acme", { ...read, productId }))?.events;
        expect(own).toEqual(all.filter((event) => event.productId === productId));
        const list = (await shop.sales.list({ productId, limit: 200 })).items;
        expect(list).toEqual(sold.filter((sale) => sale.productId === productId));
      }
    };
    await write(shop);
    const [events, sales] = [3 + 3 + 3 + 1, 12];
    await check(events, sales);
    const undone = store.transaction(async (repositories) => {
      await write(amused.withTransaction(repositories).seller("acme"));
      throw new Error("no");
    });
    await expect(undone).rejects.toThrow("no");
    await check(events, sales);
    await store.events.prune({ before: new Date(0), keep: 4, limit: 100, from: "" });
    await check(4, sales);
    await write(shop);
    await check(4 + 7, 2 * sales);
    await amused.close();
  });

  test("joins its own transactions only, and none that is over", async () => {
    const store = memoryStore();
    const handed = await store.transaction(async (repositories) => {
      await store.join(repositories).products.create(acme, row());
      return repositories;
    });
    expect((await store.events.heads(["acme"])).get("acme")).toEqual({ epoch: "e1", seq: 1 });
    await expect(handed.products.create(acme, row())).rejects.toThrow(/is over/);
    expect(() => store.join({ query: () => {} })).toThrow(TypeError);
  });

  test("knows the days up to its own clock", async () => {
    let now = new Date("2026-03-03T00:00:00.000Z");
    const store = memoryStore({ now: () => now });
    const { id } = (await store.products.create(acme, row())).body.value;
    const stock = { productId: id, change: { delta: -5 }, reason: "gone", expected: null };
    await store.stock.change({ ...acme, at: new Date("2026-03-02T10:00:00.000Z") }, stock);
    const out = async () => {
      const days = await store.sales.daily("acme", id, "2026-03-01", "2026-03-05");
      return days?.body.value.map(({ stockedOut }) => stockedOut);
    };
    expect(await out()).toEqual([false, true, true, false, false]);
    now = new Date("2026-03-04T00:00:00.000Z");
    expect(await out()).toEqual([false, true, true, true, false]);
  });

  test("lets streams sleep while nothing happens", async () => {
    vi.useFakeTimers();
    const store = memoryStore();
    const read = vi.spyOn(store.events, "read");
    const amused = await createAmused({ store });
    const ended = new AbortController();
    const stream = (async () => {
      for await (const _ of amused.seller("acme").events.subscribe({ signal: ended.signal }));
    })();
    await vi.advanceTimersByTimeAsync(5_000);
    read.mockClear();
    await vi.advanceTimersByTimeAsync(30_000);
    expect(read).not.toHaveBeenCalled();
    ended.abort();
    await stream;
    await amused.close();
    vi.useRealTimers();
  });

  test("answers nothing once it is closed", async () => {
    const store = memoryStore();
    await store.close();
    await expect(store.ping()).rejects.toMatchObject({ code: "unavailable" });
  });
});

test("files in memory share no bytes with those who put and get them", async () => {
  const files = memoryFiles();
  const bytes = Uint8Array.of(1, 2, 3);
  await files.put("a.png", { bytes, type: "image/png" });
  bytes[0] = 9;
  const got = await files.get("a.png");
  expect(got).toEqual({ bytes: Uint8Array.of(1, 2, 3), type: "image/png" });
  got?.bytes.fill(0);
  expect((await files.get("a.png"))?.bytes).toEqual(Uint8Array.of(1, 2, 3));
});

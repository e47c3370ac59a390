import { expect, test } from "vitest";
import { fakeClock } from "../../testkit/src/fake-clock.ts";
import { createAmused } from "../src/amused.ts";
import { memoryStore } from "../src/memory/store.ts";
import type { Basket } from "../src/ports/baskets.ts";
import type { Store } from "../src/ports/store.ts";
import { createRecommenders } from "../src/services/recommendations/recommenders.ts";

/** A shop of three products with a model beside it, and how often its catalogue was read. */
async function shopWithModel(change: (store: Store) => Partial<Store> = () => ({})) {
  const clock = fakeClock();
  const plain = memoryStore(clock);
  let built = 0;
  const list: Store["products"]["list"] = (sellerId, filter) => {
    if (filter.after === null) built++;
    return plain.products.list(sellerId, filter);
  };
  const store: Store = { ...plain, products: { ...plain.products, list }, ...change(plain) };
  const amused = await createAmused({ store: plain, now: clock.now });
  const shop = amused.seller("acme");
  const ids: number[] = [];
  for (const name of ["Green tea", "Tea pot", "Mug"])
    ids.push((await shop.products.create({ name, quantity: 999 })).id);
  const sell = (orderId: string, ...products: number[]) =>
    shop.sales.record({
      orderId,
      lines: products.map((n) => ({ productId: ids[n] as number, quantity: 1 })),
    });
  const models = createRecommenders({ repositories: store, now: clock.now });
  const current = async () => (await models.current("acme")).recommender;
  const both = async (a = 0, b = 1) => (await current()).evidence(String(ids[a]), String(ids[b])).both;
  return { clock, store, plain, shop, ids, sell, models, current, both, built: () => built, amused };
}

test("a model is built once however many ask, and follows products and orders from then on", async () => {
  const { shop, ids, sell, current, both, built } = await shopWithModel();
  await sell("before", 0, 1);
  await Promise.all([both(), both(), both()]);
  expect(built()).toBe(1);
  expect(await both()).toBe(1);
  await sell("after", 0, 1);
  expect(await both()).toBe(2);
  const similar = async () => (await current()).similar(String(ids[0])).map(({ id }) => Number(id));
  expect(await similar()).toEqual([ids[1]]);
  await shop.products.update(ids[2] as number, { name: "Green tea mug" });
  expect((await similar()).toSorted()).toEqual([ids[1], ids[2]]);
  await shop.products.delete(ids[1] as number);
  expect(await similar()).toEqual([ids[2]]);
  expect(built()).toBe(1);
});

test("each order is counted once, before it is settled and after, whenever its sales appear", async () => {
  const hidden = new Set<string>();
  const { clock, sell, both } = await shopWithModel((store) => ({
    sales: {
      ...store.sales,
      // As of a transaction that is open: its sales have ids, and are not there yet.
      async orders(sellerId, request) {
        const { orders, ...rest } = await store.sales.orders(sellerId, request);
        return { ...rest, orders: orders.filter(({ orderId }: Basket) => !hidden.has(orderId)) };
      },
    },
  }));
  hidden.add("late");
  await sell("one", 0, 1);
  await sell("late", 0, 1);
  await sell("two", 0, 1);
  expect(await both()).toBe(2);
  expect(await both()).toBe(2);
  hidden.delete("late");
  clock.advance(30_000);
  await sell("three", 0, 1);
  expect(await both()).toBe(3);
  clock.advance(31_000);
  expect(await both(), "the late one is found once it is settled").toBe(4);
  clock.advance(90_000);
  expect(await both()).toBe(4);
});

test("a log that was pruned beyond where the model knows it, and another epoch, mean that it is built anew", async () => {
  const { plain, shop, ids, current, built, store } = await shopWithModel();
  await current();
  const prune = () =>
    plain.events.prune({ before: new Date("2030-01-01"), keep: 1_000_000, limit: 1_000, from: "" });
  await prune();
  await current();
  expect(built(), "what is gone was known").toBe(1);
  await shop.products.update(ids[2] as number, { name: "Green tea mug" });
  await prune();
  const similar = async () => (await current()).similar(String(ids[0])).map(({ id }) => Number(id));
  expect(await similar()).toContain(ids[2]);
  expect(built()).toBe(2);
  const { read } = plain.events;
  (store.events as { read: typeof read }).read = async (...args) => {
    const run = await read(...args);
    return run && { ...run, epoch: "restored" };
  };
  await current();
  expect(built()).toBe(3);
});

test("a day old, it is read anew: with parts of orders that came later", async () => {
  const { clock, sell, both, built } = await shopWithModel();
  await sell("parts", 0);
  expect(await both()).toBe(0);
  clock.advance(120_000);
  await both();
  await sell("parts", 1);
  await both();
  clock.advance(86_400_000);
  expect(await both()).toBe(1);
  expect(built()).toBe(2);
});

test("of many sellers those are forgotten that were asked for longest ago", async () => {
  const store = memoryStore();
  const amused = await createAmused({ store });
  const read: string[] = [];
  const list: Store["products"]["list"] = (sellerId, filter) => {
    read.push(sellerId);
    return store.products.list(sellerId, filter);
  };
  for (const seller of ["a", "b", "c"])
    for (const name of ["Tea", "Pot"]) await amused.seller(seller).products.create({ name });
  const models = createRecommenders(
    { repositories: { ...store, products: { ...store.products, list } }, now: () => new Date() },
    { sellers: 9, products: 4, lines: 9 },
  );
  for (const seller of ["a", "b", "a", "c", "a", "b"]) await models.current(seller);
  expect(read).toEqual(["a", "b", "c", "b"]);
});

test("a failure is told to who asked, and the next who asks begins anew", async () => {
  let fails = true;
  const { current, both } = await shopWithModel((store) => ({
    events: {
      ...store.events,
      heads: (sellers) => (fails ? Promise.reject(new Error("away")) : store.events.heads(sellers)),
    },
  }));
  await expect(current()).rejects.toThrow("away");
  fails = false;
  expect(await both()).toBe(0);
});

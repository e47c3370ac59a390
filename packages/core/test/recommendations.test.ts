import { afterEach, expect, test, vi } from "vitest";
import { type Amused, createAmused } from "../src/amused.ts";
import { memoryStore } from "../src/memory/store.ts";
import type { RecommendationRow } from "../src/ports/recommendations.ts";
import type { Store } from "../src/ports/store.ts";
import { noMeanings } from "../src/services/meaning/meanings.ts";
import { recommendationsPass } from "../src/services/recommendations/pass.ts";
import { createRecommenders } from "../src/services/recommendations/recommenders.ts";
import { testDeps } from "./support/deps.ts";

let amused: Amused | undefined;
afterEach(() => amused?.close());

const poll = (value: () => unknown) => expect.poll(value, { timeout: 15_000, interval: 50 });

/** A store that notes what recommendations are saved in it. */
function noting(store: Store): { store: Store; saves: RecommendationRow[][] } {
  const saves: RecommendationRow[][] = [];
  const { save } = store.recommendations;
  const recommendations: Store["recommendations"] = {
    ...store.recommendations,
    save(command, rows) {
      saves.push(rows);
      return save(command, rows);
    },
  };
  return { store: { ...store, recommendations }, saves };
}

/** Names of what is stored for a product, without asking for it. */
async function storedFor(store: Store, id: number, kind: "similar" | "bought_together" = "similar") {
  const found = await store.recommendations.find("acme", id, kind);
  return (found?.body.value as { items: { productId: number }[] } | undefined)?.items.map(
    ({ productId }) => productId,
  );
}

/** Products that lack a list. */
const missing = async (store: Store) =>
  (await store.recommendations.stale({ now: new Date(), limit: 9, after: null })).products;

const told = async (seller = "acme") =>
  (await (amused as Amused).seller(seller).events.list({ types: ["recommendations.updated"], limit: 200 }))
    .items;

test("a product that is new or says something else of itself gets its similar products; stock is no matter", async () => {
  const { store, saves } = noting(memoryStore());
  amused = await createAmused({ store });
  await amused.start();
  const shop = amused.seller("acme");
  const tea = await shop.products.create({ name: "Green tea", quantity: 5 });
  const pot = await shop.products.create({ name: "Iron pot" });
  const more = await shop.products.create({ name: "Green tea, large" });
  await poll(() => storedFor(store, more.id)).toEqual([tea.id]);
  await poll(() => storedFor(store, tea.id)).toEqual([more.id]);

  await shop.products.update(more.id, { name: "Iron pan" });
  await poll(() => storedFor(store, more.id)).toEqual([pot.id]);
  const made = saves.length;
  const edited = (await told()).length;
  await shop.stock.adjust(tea.id, { adjust: 5, reason: "delivery" });
  await shop.products.update(tea.id, { reorderPoint: 3 });
  // Once this is done, what came before it has been passed over.
  await shop.products.update(pot.id, { price: "9.00" });
  await poll(() => saves.length).toBeGreaterThan(made);
  expect(saves.slice(made).flatMap((rows) => rows.map(({ productId }) => productId))).not.toContain(tea.id);
  expect((await told()).slice(edited).map(({ productId }) => productId)).not.toContain(tea.id);
});

test("a burst of a thousand sales leads to a few lists, of which the last know all", async () => {
  const { store, saves } = noting(memoryStore());
  amused = await createAmused({ store });
  const shop = amused.seller("acme");
  const [tea, pot, cup] = await Promise.all(
    ["Tea", "Pot", "Cup"].map((name) => shop.products.create({ name, quantity: 5_000 })),
  );
  const ids = [tea?.id ?? 0, pot?.id ?? 0];
  await amused.start();
  await poll(() => missing(store)).toEqual([]);
  const before = saves.length;
  await Promise.all(
    Array.from({ length: 1_000 }, (_, n) =>
      shop.sales.record({
        orderId: `o-${n}`,
        lines: ids.map((productId) => ({ productId, quantity: 1 })),
      }),
    ),
  );
  await poll(async () => {
    const found = await store.recommendations.find("acme", ids[0] as number, "bought_together");
    return (found?.body.value as { items: { because: { baskets: number }[] }[] } | undefined)?.items[0]
      ?.because[0];
  }).toMatchObject({ kind: "bought_together", with: ids[0], baskets: 1_000 });
  expect(saves.length - before).toBeLessThanOrEqual(6);
  expect(
    saves
      .slice(before)
      .flat()
      .map(({ productId }) => productId),
  ).not.toContain(cup?.id);
});

test("orders of one product make no lists", async () => {
  const { store, saves } = noting(memoryStore());
  amused = await createAmused({ store });
  const shop = amused.seller("acme");
  const [tea, pot] = [
    await shop.products.create({ name: "Tea", quantity: 50 }),
    await shop.products.create({ name: "Pot", quantity: 50 }),
  ];
  await amused.start();
  await poll(() => missing(store)).toEqual([]);
  const before = saves.length;
  for (const n of [1, 2, 3])
    await shop.sales.record({ orderId: `o-${n}`, lines: [{ productId: tea.id, quantity: 1 }] });
  await shop.sales.record({ lines: [{ productId: tea.id, quantity: 1 }] });
  await shop.products.update(pot.id, { name: "Iron pot" });
  await poll(() => saves.length).toBeGreaterThan(before);
  expect(
    saves
      .slice(before)
      .flat()
      .filter(({ kind }) => kind === "bought_together"),
  ).toEqual([]);
});

test("a restart in the middle loses nothing and doubles nothing", async () => {
  const store = memoryStore();
  // What ends the first system is not to close the store.
  const { store: kept } = noting({ ...store, close: async () => {} });
  const first = await createAmused({ store: kept });
  await first.start();
  const shop = first.seller("acme");
  const ids: number[] = [];
  for (const name of ["Green tea", "Green tea pot", "Green tea cup"])
    ids.push((await shop.products.create({ name, quantity: 500 })).id);
  const sell = (of: typeof shop, n: number) =>
    of.sales.record({ orderId: `o-${n}`, lines: ids.map((productId) => ({ productId, quantity: 1 })) });
  for (let n = 0; n < 40; n++) await sell(shop, n);
  // Nothing is settled by now: all of it waits.
  await first.close();

  amused = await createAmused({ store });
  await amused.start();
  for (let n = 40; n < 60; n++) await sell(amused.seller("acme"), n);
  for (const id of ids) {
    const others = ids.filter((one) => one !== id);
    await poll(() => storedFor(store, id)).toHaveLength(2);
    await poll(async () => {
      const found = await store.recommendations.find("acme", id, "bought_together");
      const { items } = (found?.body.value ?? { items: [] }) as {
        items: { productId: number; because: object[] }[];
      };
      return items.map(({ productId, because: [first] }) => ({ productId, ...first }));
    }).toEqual(
      expect.arrayContaining(
        others.map((productId) => ({ productId, kind: "bought_together", with: id, baskets: 60, lift: 1 })),
      ),
    );
  }
  // What is made once more is not told once more.
  const lists = new Map<string, string>();
  for (const id of ids) lists.set(String(id), JSON.stringify(await storedFor(store, id)));
  const events = (await told()).length;
  const again = await createAmused({ store: { ...store, close: async () => {} } });
  for (const id of ids) {
    await again.seller("acme").recommendations.similar(id);
    await again.seller("acme").recommendations.boughtTogether(id);
    expect(JSON.stringify(await storedFor(store, id))).toBe(lists.get(String(id)));
  }
  await again.close();
  expect((await told()).length).toBe(events);
});

test("products that nothing happens to get their lists by the daily pass, for every seller, and nothing is told of none", async () => {
  const store = memoryStore();
  amused = await createAmused({ store });
  for (const seller of ["acme", "bolt"])
    for (const name of ["Tea", "Tea pot"]) await amused.seller(seller).products.create({ name });
  await amused.start();
  for (const seller of ["acme", "bolt"]) await poll(async () => (await told(seller)).length).toBe(2);
  await poll(() => missing(store)).toEqual([]);
  for (const seller of ["acme", "bolt"])
    expect((await told(seller)).map(({ payload }) => payload)).toEqual([{ count: 1 }, { count: 1 }]);
});

test("of two nodes on one store, one at a time has a seller's pass; the other finds what is left once that one is gone", async () => {
  let time = Date.parse("2026-05-01T10:00:00.000Z");
  const now = () => new Date(time);
  const store = memoryStore({ now });
  amused = await createAmused({ store, now });
  const ids: Record<string, number[]> = { acme: [], bolt: [] };
  for (const seller of ["acme", "bolt"])
    for (let n = 0; n < 120; n++)
      ids[seller]?.push((await amused.seller(seller).products.create({ name: `Tea ${n}` })).id);

  /** A node with a pass of its own, which waits for `before` with each save. */
  function node(before: (saves: number) => Promise<void> = async () => {}) {
    const made: RecommendationRow[] = [];
    let saves = 0;
    const recommendations: Store["recommendations"] = {
      ...store.recommendations,
      async save(command, rows) {
        await before(++saves);
        made.push(...rows);
        return store.recommendations.save(command, rows);
      },
    };
    const repositories = { ...store, recommendations };
    const recommenders = createRecommenders({ repositories, now });
    const errors: unknown[] = [];
    const ends = new AbortController();
    const pass = () =>
      recommendationsPass(
        { ...testDeps(repositories, now), recommenders, meanings: noMeanings },
        ends.signal,
        (error) => errors.push(error),
      );
    const listed = () => made.map(({ productId, kind }) => `${productId} ${kind}`);
    return { pass, made, listed, errors, ends };
  }

  // Both at once: each list is made once, and nobody makes what the other one made before he had the seller.
  const both = [node(), node()] as const;
  await Promise.all(both.map(({ pass }) => pass()));
  await both[0].pass();
  const lists = both.flatMap(({ listed }) => listed());
  expect(new Set(lists).size).toBe(480);
  expect(lists).toHaveLength(480);
  expect(both.flatMap(({ errors }) => errors)).toEqual([]);

  // A day later one dies in the middle of its first seller: that one is left alone until its lease has run out.
  time += 86_400_000;
  const stuck = Promise.withResolvers<void>();
  const hung = Promise.withResolvers<void>();
  const dead = node((saves) => {
    if (saves < 2) return Promise.resolve();
    stuck.resolve();
    return hung.promise;
  });
  const dying = dead.pass();
  await stuck.promise;
  const heir = node();
  await heir.pass();
  const own = (made: RecommendationRow[]) => made.filter(({ productId }) => ids.acme?.includes(productId));
  expect(own(heir.made)).toEqual([]);
  expect(heir.made).toHaveLength(240);
  time += 3 * 60_000;
  await heir.pass();
  expect(own(heir.made)).toHaveLength(140);
  dead.ends.abort();
  hung.reject(new Error("gone"));
  await dying;
});

test("many who ask at once cause one list; a stored one is served until something happens or a day is over", async () => {
  let time = Date.parse("2026-05-01T10:00:00.000Z");
  const now = () => new Date(time);
  const { store, saves } = noting(memoryStore({ now }));
  amused = await createAmused({ store, now });
  const shop = amused.seller("acme");
  const { id } = await shop.products.create({ name: "Tea", quantity: 9 });
  await shop.products.create({ name: "Tea pot" });
  const ask = () => shop.recommendations.similar(id);
  const answers = await Promise.all(Array.from({ length: 20 }, ask));
  expect(new Set(answers.map((answer) => JSON.stringify(answer))).size).toBe(1);
  expect(saves).toHaveLength(1);
  time += 3_600_000;
  expect(await ask()).toEqual(answers[0]);
  await shop.products.update(id, { name: "Green tea" });
  expect((await ask()).generatedAt).toBe(now().toISOString());
  await shop.products.update(id, { name: "Black tea" });
  expect(await ask()).toMatchObject({ behind: 1 });
  time += 1_000;
  expect(await ask()).toMatchObject({ behind: 0, generatedAt: now().toISOString() });
  expect(saves).toHaveLength(3);
  time += 86_400_000;
  await ask();
  expect(saves).toHaveLength(4);
  // By a clock that went back all of them are of the future, and stay good.
  time -= 86_400_000 * 2;
  expect(await ask()).toMatchObject({ behind: 0 });
});

test("an import lets the lists expire that it changes", async () => {
  const store = memoryStore();
  amused = await createAmused({ store });
  const shop = amused.seller("acme");
  const tea = await shop.products.create({ sku: "tea", name: "Tea", quantity: 5 });
  const pot = await shop.products.create({ sku: "pot", name: "Iron", quantity: 5 });
  const names = async (kind: "similar" | "boughtTogether") =>
    (await shop.recommendations[kind](tea.id)).items.map(({ product }) => product.name);
  expect([await names("similar"), await names("boughtTogether")]).toEqual([[], []]);
  const dry = { dryRun: true };
  const sales = "sku,quantity,soldAt,orderId\ntea,1,2024-05-01,o-1\npot,1,2024-05-01,o-1\n";
  await shop.sales.import(sales, dry);
  expect(await names("boughtTogether")).toEqual([]);
  await shop.sales.import(sales);
  expect(await names("boughtTogether")).toEqual([pot.name]);
  await shop.products.import("sku,name\nlarge,Tea (large)\n");
  expect(await names("similar")).toEqual(["Tea (large)"]);
});

test("within a transaction of the store, recommendations know what it did", async () => {
  const store = memoryStore();
  amused = await createAmused({ store });
  const { id } = await amused.seller("acme").products.create({ name: "Tea" });
  await store.transaction(async (transaction) => {
    const shop = (amused as Amused).withTransaction(transaction).seller("acme");
    const pot = await shop.products.create({ name: "Tea pot" });
    const { items } = await shop.recommendations.similar(id);
    expect(items.map(({ product }) => product.id)).toEqual([pot.id]);
  });
});

test("within a transaction a list that is kept is given as it is, and says that it is behind: no catalogue is read", async () => {
  const store = memoryStore();
  amused = await createAmused({ store });
  const shop = amused.seller("acme");
  const { id } = await shop.products.create({ name: "Tea" });
  await shop.products.create({ name: "Tea pot" });
  const kept = await shop.recommendations.similar(id);
  await shop.products.update(id, { name: "Pot" });
  await store.transaction(async (transaction) => {
    const read = vi.spyOn(transaction.products, "list");
    const within = (amused as Amused).withTransaction(transaction).seller("acme");
    const { behind, generatedAt } = await within.recommendations.similar(id);
    expect([generatedAt, behind]).toEqual([kept.generatedAt, 1]);
    expect(read).not.toHaveBeenCalled();
  });
});

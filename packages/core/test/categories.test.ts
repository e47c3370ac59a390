import { afterEach, expect, test } from "vitest";
import { type Amused, createAmused } from "../src/amused.ts";
import { memoryStore } from "../src/memory/store.ts";
import type { Seller } from "../src/seller.ts";

const open: Amused[] = [];
afterEach(async () => {
  for (const amused of open.splice(0).reverse()) await amused.close();
});

async function begin(store = memoryStore()): Promise<Amused> {
  const amused = await createAmused({ store });
  open.push(amused);
  return amused;
}

const poll = (value: () => unknown) => expect.poll(value, { timeout: 15_000, interval: 20 });

const shelves = {
  "Drinks > Tea": ["Green tea", "Black tea", "Mint tea", "Oolong tea", "White tea", "Herbal tea"],
  Kitchen: ["Steel pot", "Iron pot", "Clay pot", "Copper pot", "Glass pot", "Enamel pot"],
};

/** So many teas and pots of each kind, with their categories. */
async function stockUp(shop: Seller, each = 5): Promise<void> {
  for (const [category, goods] of Object.entries(shelves))
    for (const good of goods)
      for (let n = 1; n <= each; n++) await shop.products.create({ name: `${good} no. ${n}`, category });
}

const told = async (shop: Seller) =>
  (await shop.events.list({ types: ["product.categorized", "category.settled"], limit: 200 })).items;

test("a product that is like those of a category gets it by itself, and one that is like none waits for a review", async () => {
  const amused = await begin();
  const shop = amused.seller("acme");
  await stockUp(shop);
  await amused.start();
  const tea = await shop.products.create({ name: "Green tea no. 6" });
  const lamp = await shop.products.create({ name: "Desk lamp" });
  await poll(async () => (await told(shop)).length).toBe(2);

  expect(await shop.products.get(tea.id)).toMatchObject({ category: "Drinks > Tea", version: 2 });
  const [given, waits] = await told(shop);
  expect(given).toMatchObject({ productId: tea.id, payload: { category: "Drinks > Tea", applied: true } });
  expect(waits).toMatchObject({ productId: lamp.id, payload: { applied: false } });
  const reviews = (await shop.categories.reviews()).items;
  expect(reviews.map(({ product }) => product)).toEqual([lamp]);
  expect(reviews[0]?.suggestions[0]?.confidence).toBeLessThan(0.9);
  expect(await shop.categories.explain(tea.id)).toMatchObject({
    ...{ state: "applied", category: "Drinks > Tea", chosen: null, behind: 0, model: "linear-text" },
    suggestion: {
      category: "Drinks > Tea",
      because: expect.arrayContaining([expect.objectContaining({ kind: "word", word: "tea" })]),
    },
    examples: { count: 30 },
  });
  await shop.products.update(lamp.id, { description: "Gives light." });
  await shop.products.update(tea.id, { name: "Green tea no. 7" });
  expect((await shop.categories.explain(tea.id)).behind).toBe(1);
  await poll(async () => (await shop.categories.explain(lamp.id)).behind).toBe(0);
});

test("accepting, correcting and an ordinary edit settle suggestions, each once, and are counted", async () => {
  const amused = await begin();
  const shop = amused.seller("acme");
  await stockUp(shop);
  await shop.settings.update({ categorizeFrom: 1 });
  await amused.start();
  const names = ["Green tea no. 6", "Iron pot no. 6", "Clay pot no. 6", "Mint tea no. 6"];
  const made = [];
  for (const name of names) made.push(await shop.products.create({ name }));
  const [accepted, corrected, edited, dismissed] = made.map(({ id }) => id) as [
    number,
    number,
    number,
    number,
  ];
  await poll(async () => (await shop.categories.reviews()).items.length).toBe(4);
  expect((await told(shop)).filter(({ payload }) => payload.applied)).toEqual([]);

  await shop.categories.settle(accepted, { category: "Drinks > Tea" });
  await shop.categories.settle(corrected, { category: "Garden" });
  await shop.products.update(edited, { category: "Kitchen" });
  await shop.categories.settle(dismissed, { category: null });
  const settled = async () =>
    (await told(shop)).flatMap(({ type, productId, payload }) =>
      type === "category.settled" ? [[productId, payload.state, payload.category]] : [],
    );
  await poll(async () => (await settled()).length).toBe(4);
  expect((await settled()).sort()).toEqual(
    [
      [accepted, "accepted", "Drinks > Tea"],
      [corrected, "corrected", "Garden"],
      [edited, "accepted", "Kitchen"],
      [dismissed, "dismissed", null],
    ].sort(),
  );
  expect((await shop.categories.reviews()).items).toEqual([]);
  expect(await shop.categories.accuracy()).toMatchObject({ settled: 4, accepted: 2, unquestioned: 0 });
  // What was dismissed is not suggested again.
  await shop.products.update(dismissed, { name: "Mint tea no. 9" });
  const marker = await shop.products.create({ name: "Herbal tea no. 8" });
  await poll(async () => (await shop.categories.explain(marker.id)).state).toBe("open");
  expect((await shop.categories.reviews()).items.map(({ product }) => product.id)).toEqual([marker.id]);
  expect(await settled()).toHaveLength(4);
});

test("what somebody took away, or gave himself, is not given by itself again", async () => {
  const amused = await begin();
  const shop = amused.seller("acme");
  await stockUp(shop);
  // Before anything was suggested for it.
  const early = await shop.products.create({ name: "Black tea no. 7", category: "Wrong" });
  await shop.products.update(early.id, { category: null });
  await amused.start();
  const tea = await shop.products.create({ name: "Green tea no. 6" });
  await poll(async () => (await shop.products.get(tea.id)).category).toBe("Drinks > Tea");
  await poll(async () => (await shop.categories.explain(early.id)).state).toBe("dismissed");
  await shop.products.update(tea.id, { category: null });
  await poll(async () => (await shop.categories.explain(tea.id)).state).toBe("corrected");
  await shop.products.update(tea.id, { description: "Green tea" });
  await shop.products.update(early.id, { description: "Black tea" });
  const marker = await shop.products.create({ name: "Mint tea no. 6" });
  await poll(async () => (await shop.products.get(marker.id)).category).toBe("Drinks > Tea");
  for (const { id } of [tea, early]) expect((await shop.products.get(id)).category).toBeNull();
  expect(await shop.categories.accuracy()).toMatchObject({ settled: 1, accepted: 0, unquestioned: 1 });
});

test("a correction is known to other nodes at once, and to those that begin later", async () => {
  const store = memoryStore();
  const [here, there] = [await begin(store), await begin(store)];
  const [shop, other] = [here.seller("acme"), there.seller("acme")];
  await stockUp(shop);
  const best = async (seller: Seller) =>
    (await seller.categories.suggest({ name: "Rooibos vanilla" })).suggestions[0]?.category;
  expect(await best(other)).not.toBe("Infusions");
  const { id } = await shop.products.create({ name: "Rooibos vanilla cup" });
  await shop.categories.settle(id, { category: "Infusions" });
  expect(await best(other)).toBe("Infusions");
  expect(await best(shop)).toBe("Infusions");
  expect(await store.engines.load("acme", "categorizer")).not.toBeNull();
  expect(await best((await begin(store)).seller("acme"))).toBe("Infusions");
  expect(await best(here.seller("bolt"))).not.toBe("Infusions");
});

test("a model that no version reads, or whose log was let go, is made anew from the catalogue", async () => {
  const store = memoryStore();
  await stockUp((await begin(store)).seller("acme"));
  const { id } = await (await begin(store))
    .seller("acme")
    .products.create({ name: "Lamp", category: "Light" });
  const best = async () =>
    (await (await begin(store)).seller("acme").categories.suggest({ name: "Lamp" })).suggestions[0]?.category;
  for (const [state, basedOn] of [
    ["not JSON", 0],
    ['{"format":1,"categorizer":{"format":"of another"}}', 0],
    ['{"format":9}', 3],
  ] as const) {
    const version = (await store.engines.load("acme", "categorizer"))?.version ?? 0;
    await store.engines.save("acme", "categorizer", { state, basedOn, version, at: new Date() });
    expect(await best()).toBe("Light");
  }
  // Ahead of the log, as after a restore; then of a log that was pruned.
  const stored = (await store.engines.load("acme", "categorizer")) as { state: string; version: number };
  await store.engines.save("acme", "categorizer", { ...stored, basedOn: 9_999, at: new Date() });
  expect(await best()).toBe("Light");
  const held = (await store.engines.load("acme", "categorizer")) as { state: string; version: number };
  await store.engines.save("acme", "categorizer", { ...held, basedOn: 2, at: new Date() });
  await (await begin(store)).seller("acme").products.update(id, { category: "Lamps" });
  await store.events.prune({ before: new Date(Date.now() + 9_000), keep: 1, limit: 1_000, from: "" });
  expect(await best()).toBe("Lamps");
});

test("a catalogue that grew is learned from its beginning, in the background", async () => {
  const store = memoryStore();
  const shop = (await begin(store)).seller("acme");
  await stockUp(shop, 1);
  await shop.categories.suggest({ name: "Tea" });
  const fitted = async () =>
    JSON.parse((await store.engines.load("acme", "categorizer"))?.state ?? "{}").fitted;
  expect(await fitted()).toBe(12);
  for (let n = 0; n < 6; n++) await shop.products.create({ name: `Lamp no. ${n}`, category: "Light" });
  await shop.categories.suggest({ name: "Tea" });
  await poll(fitted).toBe(18);
});

test("however sure it is, what shares one word with a kind of product and is another waits for somebody", async () => {
  const amused = await begin();
  const shop = amused.seller("acme");
  for (const [category, goods] of Object.entries({
    Coffee: ["beans", "dark roast", "decaf", "espresso", "filter", "pods", "instant", "mocha", "light roast"],
    Garden: ["hose", "gloves", "spade", "rake", "pot", "seeds", "can", "shears", "soil"],
  }))
    for (const good of goods) await shop.products.create({ name: `${category} ${good}`, category });
  const { suggestions } = await shop.categories.suggest({ name: "Coffee table" });
  expect(suggestions[0]?.category).toBe("Coffee");
  expect(suggestions[0]?.confidence).toBeGreaterThan(0.8);
  await shop.settings.update({ categorizeFrom: 0.8 });
  await amused.start();
  const table = await shop.products.create({ name: "Coffee table" });
  const known = await shop.products.create({ name: "Coffee beans, espresso" });
  await poll(async () => (await shop.products.get(known.id)).category).toBe("Coffee");
  await poll(async () => (await shop.categories.reviews()).items.map(({ product }) => product.id)).toEqual([
    table.id,
  ]);
});

test("an import of 500 products is categorised in batches, each product once, whatever is handled twice", async () => {
  const store = memoryStore();
  const first = await begin(store);
  const shop = first.seller("acme");
  await stockUp(shop);
  let readings = 0;
  const counting = {
    ...store,
    categories: {
      ...store.categories,
      find: (...asked: Parameters<typeof store.categories.find>) => {
        readings++;
        return store.categories.find(...asked);
      },
    },
  };
  const amused = await begin(counting);
  await amused.start();
  const rows = Array.from({ length: 500 }, (_, n) => `N-${n},${n % 2 ? "Green tea" : "Steel pot"} no. ${n}`);
  await shop.products.import(`sku,name\n${rows.join("\n")}\n`);
  const counts = async () => (await shop.categories.list()).items.map(({ count }) => count);
  await poll(counts).toEqual([280, 280]);
  expect(readings).toBeLessThan(60);
  await amused.events.replay("amused.categories", { from: "start" });
  await poll(async () => {
    for await (const { consumer, lag } of amused.events.consumers({ sellerId: "acme" }))
      if (consumer === "amused.categories") return lag;
    return null;
  }).toBe(0);
  const events = await store.events.read("acme", {
    ...{ after: 0, limit: 5_000, types: ["product.categorized"], productId: null },
  });
  expect(events?.events).toHaveLength(500);
});

test("what is deleted before its turn, or while it waits, is left alone", async () => {
  const amused = await begin();
  const shop = amused.seller("acme");
  await stockUp(shop);
  const gone = await shop.products.create({ name: "Green tea no. 6" });
  await shop.products.delete(gone.id);
  await amused.start();
  const lamp = await shop.products.create({ name: "Lamp" });
  await poll(async () => (await shop.categories.reviews()).items.length).toBe(1);
  expect((await told(shop)).map(({ productId }) => productId)).toEqual([lamp.id]);
  await shop.products.delete(lamp.id);
  expect((await shop.categories.reviews()).items).toEqual([]);
  await expect(shop.categories.explain(lamp.id)).rejects.toMatchObject({ code: "not_found" });
});

test("asked about what nothing was ever seen of, a shop with categories suggests none", async () => {
  const shop = (await begin()).seller("acme");
  await stockUp(shop);
  const suggested = async (name: string) =>
    (await shop.categories.suggest({ name })).suggestions.map(({ category }) => category);
  expect(await suggested("😀")).toEqual([]);
  expect((await suggested("Red tea"))[0]).toBe("Drinks > Tea");
});

test("nothing is suggested for what nothing is known of, and work goes on after it", async () => {
  const amused = await begin();
  const shop = amused.seller("acme");
  await amused.start();
  const dark = await shop.products.create({ name: "🦄🦄" });
  const tea = await shop.products.create({ name: "Loose leaf tea", description: "tea ".repeat(2_500) });
  await poll(async () => (await shop.categories.reviews()).items.map(({ product }) => product.id)).toEqual([
    tea.id,
  ]);
  expect(await shop.categories.explain(dark.id)).toMatchObject({
    ...{ state: null, suggestion: null, rivals: [], model: "taxonomy", examples: { count: 0, alike: [] } },
  });
});

test("what waits for a review is suggested anew with what was learned from the others", async () => {
  const amused = await begin();
  const shop = amused.seller("acme");
  await stockUp(shop);
  await amused.start();
  const cups = [];
  for (const n of [1, 2, 3]) cups.push(await shop.products.create({ name: `Mate guarana cup no. ${n}` }));
  await poll(async () => (await shop.categories.reviews()).items.length).toBe(3);
  const [first, ...others] = cups.map(({ id }) => id) as [number, number, number];
  await shop.categories.settle(first, { category: "Cups" });
  for (const id of others)
    await poll(async () => (await shop.categories.explain(id)).suggestion?.category).toBe("Cups");
});

test("within a transaction of the host's, what it wrote is learned, and nothing is left of it where it fails", async () => {
  const store = memoryStore();
  const amused = await begin(store);
  await stockUp(amused.seller("acme"), 1);
  const best = async (shop: Seller) =>
    (await shop.categories.suggest({ name: "Desk lamp" })).suggestions[0]?.category;
  const failed = store.transaction(async (transaction) => {
    const shop = amused.withTransaction(transaction).seller("acme");
    for (let n = 0; n < 8; n++) await shop.products.create({ name: `Desk lamp no. ${n}`, category: "Light" });
    expect(await best(shop)).toBe("Light");
    throw new Error("undo");
  });
  await expect(failed).rejects.toThrow("undo");
  expect(await store.engines.load("acme", "categorizer")).toBeNull();
  expect(await best(amused.seller("acme"))).not.toBe("Light");
});

test("what somebody took away is not given by itself, however many edits came before, and when the log has forgotten it", async () => {
  const store = memoryStore();
  const amused = await begin(store);
  const shop = amused.seller("acme");
  await stockUp(shop);
  const repriced = await shop.products.create({ name: "Black tea no. 7", category: "Wrong" });
  for (let n = 1; n <= 201; n++) await shop.products.update(repriced.id, { price: `${n}.00` });
  await shop.products.update(repriced.id, { category: null });
  const early = await shop.products.create({ name: "Mint tea no. 8", category: "Wrong" });
  await shop.products.update(early.id, { category: null });
  await amused.start();
  const marker = async (name: string) => {
    const { id } = await shop.products.create({ name });
    await poll(async () => (await shop.products.get(id)).category).toBe("Drinks > Tea");
  };
  await marker("Mint tea no. 6");
  expect((await shop.products.get(repriced.id)).category).toBeNull();
  const prune = { before: new Date(Date.now() + 60_000), keep: 0, limit: 5_000, from: "acme" };
  for (let rest = true; rest; ) rest = (await store.events.prune(prune)).events > 0;
  for (const { id } of [repriced, early]) await shop.products.update(id, { description: "Tea" });
  await marker("Mint tea no. 9");
  for (const { id } of [repriced, early]) expect((await shop.products.get(id)).category).toBeNull();
});

test("suggestions that wait are given once less confidence is asked for", async () => {
  const amused = await begin();
  const shop = amused.seller("acme");
  await stockUp(shop);
  await shop.settings.update({ categorizeFrom: 1 });
  await amused.start();
  const tea = await shop.products.create({ name: "Green tea no. 6" });
  await poll(async () => (await shop.categories.reviews()).items.length).toBe(1);
  await shop.settings.update({ categorizeFrom: 0.8 });
  await poll(async () => (await shop.products.get(tea.id)).category).toBe("Drinks > Tea");
});

import { afterEach, expect, test } from "vitest";
import { type Amused, createAmused } from "../src/amused.ts";
import { AmusedError } from "../src/errors.ts";
import { memoryStore } from "../src/memory/store.ts";
import { cosine, packed, unpacked, type Vector, vectorOf } from "../src/services/meaning/vector.ts";

const open: Amused[] = [];
afterEach(async () => {
  for (const amused of open.splice(0).reverse()) await amused.close();
});

/** What things are about, whatever they are called. */
const topics = [/tea|sencha|brew|drink/i, /pot|pan|cook/i, /lamp|light|bulb/i];
const about = (text: string) => [0.1, ...topics.map((topic) => (topic.test(text) ? 1 : 0))];

async function begin({
  id = "vectors",
  store = memoryStore(),
  embed = about as (text: string) => unknown,
} = {}) {
  const asked: string[] = [];
  const embedding = {
    id,
    async embed(texts: string[]) {
      asked.push(...texts);
      return Promise.all(texts.map(embed)) as Promise<number[][]>;
    },
  };
  const models = { embedding, limits: { retries: 0, timeout: 5_000 } };
  let ahead = 0;
  const now = () => new Date(Date.now() + ahead);
  const clock = {
    advance(ms: number) {
      ahead += ms;
    },
  };
  const amused = await createAmused({ store, models, now, onError() {} });
  open.push(amused);
  return { amused, clock, store, shop: amused.seller("acme"), asked };
}

const poll = (value: () => unknown) => expect.poll(value, { timeout: 15_000, interval: 50 });

test("a vector in bytes points where it pointed, and survives being stored", () => {
  const numbers = Array.from({ length: 300 }, (_, n) => Math.sin(n * n) / (n + 1));
  const others = Array.from({ length: 300 }, (_, n) => Math.cos(n * 3));
  const dot = (a: number[], b: number[]) => a.reduce((sum, one, at) => sum + one * (b[at] as number), 0);
  const [a, b] = [vectorOf(numbers) as Vector, vectorOf(others) as Vector];
  const exact = dot(numbers, others) / Math.sqrt(dot(numbers, numbers) * dot(others, others));
  expect(Math.abs(cosine(a, b) - exact)).toBeLessThan(0.01);
  expect(unpacked(packed(a))).toEqual(a);
  expect(cosine(a, vectorOf([1, 2]) as Vector)).toBe(0);
});

test("what means the same is similar whatever it is called, and what is sent says nothing of price, stock or shop", async () => {
  const { amused, shop, asked } = await begin();
  const more = { price: "4.90", quantity: 77, sku: "SECRET-1" };
  const sencha = await shop.products.create({ name: "Sencha", description: "From Uji.", ...more });
  const brew = await shop.products.create({
    name: "Morning brew",
    category: "Drinks",
    attributes: { leaf: "whole" },
  });
  await shop.products.create({ name: "Iron pan", price: "8.80" });
  await shop.products.create({ name: "Desk lamp", price: "9.90" });
  await amused.start();
  await poll(() => asked.length).toBe(4);
  const { items, model } = await shop.recommendations.similar(sencha.id);
  expect(items[0]?.product.id).toBe(brew.id);
  expect(model).toBe("content + vectors");
  expect(items[0]?.because).toContainEqual({
    ...{ kind: "meaning", with: sencha.id, model: "vectors" },
    cosine: expect.closeTo(1, 1),
  });
  expect(new Set(asked)).toEqual(
    new Set(["Sencha\nFrom Uji.", "Morning brew\nDrinks\nleaf: whole", "Iron pan", "Desk lamp"]),
  );

  // Another text is another vector; what has not changed is not sent again.
  const before = asked.length;
  await shop.products.update(brew.id, { name: "Cooking pot", category: null, price: "5.00" });
  await poll(async () => asked.slice(before)).toEqual(["Cooking pot\nleaf: whole"]);
  await shop.products.update(brew.id, { price: "6.00" });
  await poll(async () => (await shop.recommendations.similar(brew.id)).items[0]?.product.name).toBe(
    "Iron pan",
  );
  expect(asked.slice(before)).toEqual(["Cooking pot\nleaf: whole"]);
});

test("nobody waits for a model that takes its time: what it makes of a product is in the list a little later", async () => {
  const gate = Promise.withResolvers<void>();
  const { shop, clock } = await begin({ embed: (text) => gate.promise.then(() => about(text)) });
  const sencha = await shop.products.create({ name: "Sencha" });
  await shop.products.create({ name: "Sencha pan" });
  const first = await shop.recommendations.similar(sencha.id);
  expect([first.model, first.items.length]).toEqual(["content", 1]);
  gate.resolve();
  clock.advance(61_000);
  await poll(async () => (await shop.recommendations.similar(sencha.id)).model).toBe("content + vectors");
});

test("vectors outlive a restart, and those of another model are made anew", async () => {
  const { shop, store, asked } = await begin();
  for (const name of ["Sencha", "Morning brew", "Desk lamp"]) {
    const { id } = await shop.products.create({ name });
    await shop.recommendations.similar(id);
  }
  expect(asked).toHaveLength(3);
  const again = await begin({ store });
  const found = await again.shop.products.search({ text: "something to drink" });
  expect(found.model).toBe("words + vectors");
  expect(found.items.map(({ product }) => product.name).toSorted()).toEqual(["Morning brew", "Sencha"]);
  expect(again.asked).toEqual(["something to drink"]);

  const other = await begin({ store, id: "other" });
  expect((await other.shop.products.search({ text: "something to drink" })).items).toEqual([]);
  expect(other.asked, "there is nothing to compare with").toEqual([]);
  const [first] = (await other.shop.products.list({ sort: "createdAt" })).items;
  await other.shop.products.update(first?.id as number, { description: "Green." });
  await poll(async () => {
    await other.shop.recommendations.similar(first?.id as number);
    return other.asked;
  }).toEqual(["Sencha\nGreen."]);
});

test("a search finds words first, and then what is meant", async () => {
  const { shop } = await begin();
  for (const name of ["Bulb", "Sencha", "Light of tea", "Iron pan"]) {
    const { id } = await shop.products.create({ name });
    await shop.recommendations.similar(id);
  }
  const { items } = await shop.products.search({ text: "light" });
  expect(items.map(({ product }) => product.name)).toEqual(["Light of tea", "Bulb"]);
  expect(items.map(({ score }) => score >= 0.5)).toEqual([true, false]);
  expect(items[1]?.because).toEqual([{ kind: "meaning", model: "vectors", cosine: expect.closeTo(1, 2) }]);
});

test.each([
  ["failed", () => Promise.reject(new AmusedError("unavailable", "HTTP 503.", {}))],
  ["timed_out", () => new Promise(() => {})],
  ["nonsense", () => ["red"]],
])(
  "where the model has %s, words and likeness answer",
  async (reason, broken) => {
    let works = true;
    const { shop, asked } = await begin({ embed: (text) => (works ? about(text) : broken()) });
    const sencha = await shop.products.create({ name: "Green tea sencha" });
    const matcha = await shop.products.create({ name: "Green tea matcha" });
    await shop.recommendations.similar(sencha.id);
    works = false;
    const found = await shop.products.search({ text: "green matcha" });
    expect(found.items.map(({ product }) => product.id)).toEqual([matcha.id, sencha.id]);
    expect([found.model, found.reasons[0]?.reason]).toEqual(["words", reason]);
    const { items, model } = await shop.recommendations.similar(matcha.id);
    expect([items.map(({ product }) => product.id), model]).toEqual([[sencha.id], "content"]);
    expect(asked.length).toBeGreaterThan(1);
  },
  20_000,
);

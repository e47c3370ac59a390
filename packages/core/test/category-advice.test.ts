import { afterEach, expect, test } from "vitest";
import { type Amused, createAmused } from "../src/amused.ts";
import { AmusedError } from "../src/errors.ts";
import { memoryStore } from "../src/memory/store.ts";
import type { LanguageRequest } from "../src/ports/models.ts";
import type { Seller } from "../src/seller.ts";

const open: Amused[] = [];
afterEach(async () => {
  for (const amused of open.splice(0).reverse()) await amused.close();
});

/** A shop beside a language model that answers with what `say` makes of the question. */
async function begin(say: (request: LanguageRequest) => unknown) {
  const asked: string[] = [];
  const language = {
    id: "fake",
    async generate(request: LanguageRequest) {
      asked.push(request.prompt);
      return say(request);
    },
  };
  const store = memoryStore();
  const models = { language, limits: { retries: 0, timeout: 2_000 } };
  const amused = await createAmused({ store, models, onError() {} });
  open.push(amused);
  return { amused, store, shop: amused.seller("acme"), asked };
}

const picks =
  (...categories: string[]) =>
  () => ({ picks: categories.map((category) => ({ category, confidence: 1 })) });

const poll = (value: () => unknown) => expect.poll(value, { timeout: 15_000, interval: 20 });

async function stockUp(shop: Seller): Promise<void> {
  for (let n = 1; n <= 12; n++) {
    await shop.products.create({ name: `Green tea no. ${n}`, category: "Tea", price: "4.90", quantity: 77 });
    await shop.products.create({ name: `Iron pot no. ${n}`, category: "Pots", price: "49", quantity: 78 });
  }
}

test("a language model is asked where the shop does not know, and its pick is as sure as its record, not as it says", async () => {
  const { shop, asked } = await begin(picks("Pots", "Tea"));
  await stockUp(shop);
  const { suggestions, model } = await shop.categories.suggest({ name: "Samovar", price: "123.45" });
  expect(model).toBe("linear-text + fake");
  const pick = suggestions.find(({ because }) => because.some(({ kind }) => kind === "language_model"));
  expect(pick).toMatchObject({
    category: "Pots",
    because: [
      { kind: "language_model", model: "fake", agreed: true, settled: 0, accepted: 0 },
      { kind: "unknown_text" },
    ],
  });
  expect(pick?.confidence).toBeLessThan(0.9);
  expect(suggestions.reduce((sum, { confidence }) => sum + confidence, 0)).toBeLessThanOrEqual(1.0001);
  expect(asked).toHaveLength(1);
  expect(asked[0]).toContain("Samovar");
  expect(asked[0]).toContain('["Pots","Tea"]');
  expect(asked[0]).not.toMatch(/123|4\.90|77|acme/);
});

test("it is not asked where the shop knows, and not within a host's transaction", async () => {
  const { amused, shop, store, asked } = await begin(picks("Pots"));
  await stockUp(shop);
  const { suggestions, model } = await shop.categories.suggest({ name: "Green tea no. 13" });
  expect([suggestions[0]?.category, model]).toEqual(["Tea", "linear-text"]);
  await store.transaction(async (transaction) => {
    const within = amused.withTransaction(transaction).seller("acme");
    expect((await within.categories.suggest({ name: "Samovar" })).model).toBe("linear-text");
  });
  expect(asked).toEqual([]);
});

test("a shop without categories is asked about with those of the general list", async () => {
  const { shop, asked } = await begin(({ prompt }) => {
    const [category] = JSON.parse(/<categories>\n(.*)\n</.exec(prompt)?.[1] ?? "[]") as string[];
    return { picks: [{ category, confidence: 1 }] };
  });
  const { suggestions, model } = await shop.categories.suggest({ name: "Qwertz" });
  expect(model).toBe("taxonomy + fake");
  expect(suggestions[0]).toMatchObject({ confidence: 0.6, category: expect.stringContaining("Animals") });
  expect(asked).toHaveLength(1);
});

test.each([
  ["failed", () => Promise.reject(new AmusedError("unavailable", "HTTP 503.", {}))],
  ["timed_out", () => new Promise(() => {})],
  ["nonsense", picks("Weapons")],
  ["nonsense", () => "tea, I think"],
])("where it has %s, the shop's own answer is given, and says so", async (reason, say) => {
  const { shop } = await begin(say);
  await stockUp(shop);
  const own = await begin(picks());
  await stockUp(own.shop);
  const { suggestions, model } = await shop.categories.suggest({ name: "Tea pot" });
  const without = (await own.shop.categories.suggest({ name: "Tea pot" })).suggestions;
  expect(model).toBe("linear-text");
  expect(suggestions.map(({ category, confidence }) => [category, confidence])).toEqual(
    without.map(({ category, confidence }) => [category, confidence]),
  );
  expect(suggestions[0]?.because.at(-1)).toMatchObject({ kind: "no_model", reason });
  expect(without[0]?.because.map(({ kind }) => kind)).not.toContain("no_model");
});

test("in the background its picks wait until 30 of them were decided of, whatever the line; then the record decides", async () => {
  const { amused, shop, store, asked } = await begin(picks("Pots"));
  await stockUp(shop);
  await shop.settings.update({ categorizeFrom: 0.55 });
  await amused.start();
  const first = await shop.products.create({ name: "Zxbqf" });
  const second = await shop.products.create({ name: "Zxkpw" });
  await poll(async () => (await shop.categories.reviews()).items.length).toBe(2);
  for (const { suggestions } of (await shop.categories.reviews()).items)
    expect(suggestions[0]).toMatchObject({
      ...{ category: "Pots", confidence: 0.6 },
      because: expect.arrayContaining([expect.objectContaining({ kind: "language_model" })]),
    });
  expect((await shop.categories.explain(first.id)).model).toBe("linear-text + fake");

  // What somebody decides makes those that wait anew, with what the model said of them before.
  await shop.categories.settle(first.id, { category: "Pots" });
  await poll(async () => {
    const [
      {
        suggestions: [best],
      } = { suggestions: [] },
    ] = (await shop.categories.reviews()).items;
    return best?.because.find(({ kind }) => kind === "language_model")?.settled;
  }).toBe(1);
  expect(asked).toHaveLength(2);
  await shop.categories.settle(second.id, { category: "Pots" });

  const command = {
    ...{ sellerId: "acme", actor: null, at: new Date(), epoch: "e", idempotency: null },
  };
  for (let n = 0; n < 28; n++)
    for (const agreed of [true, false]) {
      const { id: productId } = await shop.products.create({ name: "Pot", category: "Pots" });
      const because = [{ kind: "language_model", model: "fake", agreed }];
      const suggestions = [{ category: "Pots", confidence: 0.6, because }];
      const row = { suggestions, model: "linear-text + fake", basedOn: 1, apply: false };
      await shop.products.update(productId, { category: null });
      await store.categories.suggest(command, [{ ...row, productId, version: 2 }]);
      await shop.categories.settle(productId, { category: "Pots" });
    }
  const third = await shop.products.create({ name: "Zxmvd" });
  await poll(async () => (await shop.products.get(third.id)).category).toBe("Pots");
});

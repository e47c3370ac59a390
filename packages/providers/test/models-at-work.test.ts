import { type Amused, createAmused, memoryStore, type Seller } from "@amused/core";
import { openaiCompatibleModels } from "@amused/providers/ai";
import { type AiScript, type OpenAiServer, openAiServer } from "@amused/testkit";
import { afterEach, beforeEach, expect, test } from "vitest";

let ai: OpenAiServer;
const open: Amused[] = [];
beforeEach(async () => {
  ai = await openAiServer();
});
afterEach(async () => {
  for (const amused of open.splice(0)) await amused.close();
  await ai.close();
});

async function begin(which: { languageModel?: string; embeddingModel?: string } | null): Promise<Seller> {
  const models = which && (await openaiCompatibleModels({ baseUrl: ai.url, ...which }));
  const limits = { retries: 0, timeout: 300 };
  const amused = await createAmused({
    store: memoryStore(),
    ...(models && { models: { ...models, limits } }),
    onError() {},
  });
  open.push(amused);
  const shop = amused.seller("acme");
  const more = { price: "13.37", quantity: 4242, sku: "SECRET-1" };
  await shop.products.create({ name: "Green tea sencha", category: "Tea", ...more });
  await shop.products.create({ name: "Iron pot", category: "Pots" });
  await shop.products.create({ name: "Desk lamp", category: "Lamps" });
  return shop;
}

/** What a person would do that could ask a model. */
async function useAll(shop: Seller) {
  const { items } = await shop.products.list();
  for (const { id } of items) await shop.recommendations.similar(id);
  return {
    found: await shop.products.search({ text: "sencah" }),
    suggested: await shop.categories.suggest({ name: "Iron samovar", price: "99.99" }),
  };
}

const both = { languageModel: "small", embeddingModel: "vectors" };
const troubles: [string, AiScript][] = [
  ["is down", { kind: "status", status: 503 }],
  ["hangs up", { kind: "cut", after: "nothing" }],
  ["is silent", { kind: "hang" }],
  ["talks nonsense", { kind: "says", content: "I would rather not." }],
];

test("where no model is configured nothing is sent, whatever is asked", async () => {
  const shop = await begin(null);
  const { found, suggested } = await useAll(shop);
  expect([found.items[0]?.product.name, found.model, found.reasons]).toEqual([
    "Green tea sencha",
    "words",
    [],
  ]);
  expect(suggested.model).toBe("linear-text");
  expect(JSON.stringify(suggested)).not.toContain("no_model");
  expect(ai.requests).toEqual([]);
});

test("each model is sent what it is for, and of products their words only", async () => {
  const words = await begin({ languageModel: "small" });
  ai.next({ kind: "says", content: { picks: [{ category: "Pots", confidence: 0.99 }] } });
  const { suggested } = await useAll(words);
  expect(ai.requests.map(({ path }) => path)).toEqual(["/v1/chat/completions"]);
  expect(suggested.model).toBe("linear-text + openai.chat:small");
  expect(suggested.suggestions.some(({ because }) => because[0]?.kind === "language_model")).toBe(true);

  const vectors = await begin({ embeddingModel: "vectors" });
  const { found } = await useAll(vectors);
  expect(found.items[0]?.because.map(({ kind }) => kind)).toContain("meaning");
  expect(new Set(ai.requests.slice(1).map(({ path }) => path))).toEqual(new Set(["/v1/embeddings"]));
  expect(ai.requests.slice(1).flatMap(({ body }) => body.input)).toEqual([
    ...["Green tea sencha\nTea", "Iron pot\nPots", "Desk lamp\nLamps", "sencah"],
  ]);
  expect(JSON.stringify(ai.requests)).not.toMatch(/13\.37|4242|SECRET|99\.99|acme/);
});

test.each(troubles)("where the service %s, the answers are those of the shop itself", async (_, trouble) => {
  const without = await useAll(await begin(null));
  const shop = await begin(both);
  ai.always(trouble);
  const { found, suggested } = await useAll(shop);
  expect(ai.requests.length).toBeGreaterThan(0);
  expect(found.items.map(({ product, score }) => [product.name, score])).toEqual(
    without.found.items.map(({ product, score }) => [product.name, score]),
  );
  const plain = ({ suggestions }: typeof suggested) =>
    suggestions.map(({ category, confidence }) => [category, confidence]);
  expect(plain(suggested)).toEqual(plain(without.suggested));
  expect(suggested.suggestions[0]?.because.at(-1)).toMatchObject({ kind: "no_model" });

  // With vectors that were made before, a search says that its own failed.
  ai.always(null);
  const second = await begin(both);
  for (const { id } of (await second.products.list()).items) await second.recommendations.similar(id);
  ai.always(trouble);
  const later = await second.products.search({ text: "sencah" });
  expect(later.items.map(({ product }) => product.name)).toEqual(["Green tea sencha"]);
  expect(later.reasons).toMatchObject([{ kind: "no_model" }]);
});

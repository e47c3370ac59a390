import { createAmused, memoryStore } from "@amused/core";
import { aiModels } from "@amused/providers/ai";
import { createApp } from "@amused/server";
import { openAiServer } from "@amused/testkit";
import { expect, inject, onTestFinished, test } from "vitest";
import { openModels, saidOfModels } from "../src/cli/models.ts";
import { readSettings } from "../src/cli/settings.ts";
import { adminKey, metric, problemOf, testApp } from "./support/app.ts";
import { amused, folder, request, startServer } from "./support/process.ts";

test("a description needs the scope write, since it can cost money", async () => {
  const app = await testApp();
  const { id } = (await (await app.ask("POST", "/v1/products", { name: "Tea" })).json()) as { id: number };
  const reader = await app.keyOf("acme", ["read"]);
  const refused = await app.ask("POST", `/v1/products/${id}/describe`, undefined, {
    authorization: `Bearer ${reader}`,
  });
  expect([refused.status, (await problemOf(refused)).code]).toEqual([403, "forbidden"]);
  const answer = await app.ask("POST", `/v1/products/${id}/describe`);
  expect([answer.status, await answer.json()]).toMatchObject([200, { description: "Tea.", model: null }]);
  expect((await app.ask("POST", "/v1/products/99999/describe")).status).toBe(404);
});

test("metrics count calls, tokens, and failures by their reason", async () => {
  let works = true;
  const language = {
    ...{ provider: "fake", modelId: "m" },
    async doGenerate() {
      const text = works ? '{"description":"Fine."}' : "?";
      return { content: [{ type: "text", text }], usage: { inputTokens: 30, outputTokens: 12 } };
    },
  };
  const system = await createAmused({ store: memoryStore(), models: aiModels({ language }) });
  onTestFinished(() => system.close());
  const app = createApp(system, { adminKey });
  const shop = system.seller("acme");
  for (const name of ["a", "b", "c"]) {
    const { id } = await shop.products.create({ name });
    await shop.products.describe(id);
    await shop.products.describe(id);
    works = name === "a";
  }
  const raw = async (path: string, init?: RequestInit) => app.request(path, init);
  const count = (name: string) => metric({ raw }, name.replace(/[{}"]/g, "\\$&"));
  expect(await count('amused_model_calls_total{kind="language"}')).toBe(4);
  expect(await count('amused_model_tokens_total{kind="language"}')).toBe(168);
  expect(await count('amused_model_cached_total{kind="language"}')).toBe(2);
  expect(await count('amused_model_failures_total{kind="language",reason="nonsense"}')).toBe(2);
  expect(await count('amused_model_calls_total{kind="embedding"}')).toBe(0);
});

const url = "http://models.example:8080/v1";

test("models are off unless an address is set, and then it is said where texts go, without the key", async () => {
  expect([
    saidOfModels(readSettings({}, { AI_API_KEY: "sk-1" })),
    await openModels(readSettings({}, {})),
  ]).toEqual([null, null]);
  const settings = readSettings(
    {},
    { AI_BASE_URL: url, AI_API_KEY: "sk-1", AI_MODEL: "m", AI_EMBEDDING_MODEL: "e", AI_DAILY_TOKENS: "off" },
  );
  expect(saidOfModels(settings)).toBe(
    "m and e (embeddings) at models.example:8080: products' texts are sent there",
  );
  expect(await openModels(settings)).toMatchObject({
    language: { id: "openai.chat:m" },
    embedding: { id: "openai.embedding:e" },
    limits: { timeout: 20_000, budget: { tokens: null, sellerTokens: 1_000_000 } },
  });
});

test.each<[Record<string, string>, RegExp]>([
  [{ AI_MODEL: "m" }, /^AI_MODEL must come with AI_BASE_URL/],
  [{ AI_BASE_URL: url }, /^AI_BASE_URL must come with AI_MODEL/],
  [{ AI_BASE_URL: "models.example", AI_MODEL: "m" }, /^AI_BASE_URL must be an address/],
  [{ AI_BASE_URL: "https://me:hunter2@models.example", AI_MODEL: "m" }, /^AI_BASE_URL must be (?!.*hunter2)/],
  [{ AI_BASE_URL: url, AI_MODEL: "m", AI_API_KEY: "sk 1" }, /^AI_API_KEY must be (?!.*sk 1)/],
  [{ AI_BASE_URL: url, AI_MODEL: "m", AI_TIMEOUT: "1ms" }, /^AI_TIMEOUT must be/],
  [{ AI_BASE_URL: url, AI_MODEL: "m", AI_DAILY_TOKENS: "many" }, /^AI_DAILY_TOKENS must be/],
])("%o is refused in one line", (env, said) => {
  expect(() => readSettings({}, env)).toThrow(said);
});

test("the command says where texts go, and sends them there", { timeout: 60_000 }, async (context) => {
  const databaseUrl = inject("databaseUrl");
  if (databaseUrl === null) return context.skip(inject("databaseMissing"));
  const ai = await openAiServer();
  onTestFinished(() => ai.close());
  const env = {
    ...{ DATABASE_URL: databaseUrl, AMUSED_ADMIN_KEY: adminKey },
    ...{ AI_BASE_URL: ai.url, AI_API_KEY: "sk-secret", AI_MODEL: "small" },
  };
  const host = new URL(ai.url).host;
  const data = await folder();
  const look = async () => {
    const doctor = amused(["doctor", "--port", "0", "--data", data], env);
    await doctor.ended;
    const said = doctor.stdout() + doctor.stderr();
    expect(said).not.toContain("sk-secret");
    return said.split("\n").find((line) => line.includes("models"));
  };
  expect(await look()).toMatch(`ok    models     small at ${host}`);
  const sent = ai.requests.length;
  expect(sent).toBe(1);
  expect(JSON.stringify(ai.requests[0]?.body)).toContain("hello");
  ai.next({ kind: "status", status: 401 });
  expect(await look()).toMatch(/^MEND {2}models .*AI_MODEL.*refuses the key \(HTTP 401\).*AI_API_KEY/);
  const { ready, stderr } = await startServer(["--data", data], env);
  expect(stderr()).toContain(`small at ${host}`);
  const products = `${ready.url}/v1/products`;
  const seller = `sellerId=models-${process.pid}`;
  // Whatever was said until now, only doctor has sent anything.
  expect(ai.requests).toHaveLength(sent + 1);
  const tea = { name: "Tea", category: "Drinks" };
  const made = await request(`${products}?${seller}`, adminKey, "POST", tea);
  const { id } = (await made.json()) as { id: number };
  const answer = await request(`${products}/${id}/describe?${seller}`, adminKey, "POST");
  expect(await answer.json()).toMatchObject({ model: "openai.chat:small" });
  // Background work may have asked as well.
  expect(new Set(ai.requests.map(({ authorization }) => authorization))).toEqual(
    new Set(["Bearer sk-secret"]),
  );
  expect(stderr()).not.toContain("sk-secret");
});

import type { EmbeddingModelV4, LanguageModelV4 } from "@ai-sdk/provider";
import { createAmused, isAmusedError, type Models, memoryStore } from "@amused/core";
import { aiModels, type OpenAiCompatibleOptions, openaiCompatibleModels } from "@amused/providers/ai";
import { type AiScript, type OpenAiServer, openAiServer } from "@amused/testkit";
import {
  MockEmbeddingModelV3,
  MockEmbeddingModelV4,
  MockLanguageModelV3,
  MockLanguageModelV4,
} from "ai/test";
import { afterEach, beforeEach, describe, expect, onTestFinished, test, vi } from "vitest";

const never = new AbortController().signal;
const request = { system: "Be brief.", prompt: "What is tea?", schema: { type: "object" }, maxTokens: 50 };

function call(signal: AbortSignal = never) {
  const spent: number[] = [];
  return { spent, given: { signal, used: (tokens: number) => void spent.push(tokens) } };
}

const usage = {
  inputTokens: { total: 30, noCache: 30, cacheRead: undefined, cacheWrite: undefined },
  outputTokens: { total: 12, text: 12, reasoning: undefined },
};
const says = (text: string) => ({
  content: [{ type: "text" as const, text }],
  finishReason: { unified: "stop" as const, raw: "stop" },
  usage,
  warnings: [],
});

describe("models of the AI SDK", () => {
  test("any of its majors' language models answers, and says what it cost", async () => {
    for (const model of [
      new MockLanguageModelV4({ provider: "fake", modelId: "m", doGenerate: says('{"description":"Tea."}') }),
      new MockLanguageModelV3({ provider: "fake", modelId: "m", doGenerate: says('{"description":"Tea."}') }),
    ]) {
      const { language } = aiModels({ language: model });
      const { given, spent } = call();
      expect(await language?.generate(request, given)).toEqual({ description: "Tea." });
      expect([language?.id, spent]).toEqual(["fake:m", [42]]);
      expect(model.doGenerateCalls[0]).toMatchObject({
        maxOutputTokens: 50,
        responseFormat: { type: "json", schema: request.schema },
        prompt: [
          { role: "system", content: "Be brief." },
          { role: "user", content: [{ type: "text", text: "What is tea?" }] },
        ],
      });
    }
  });

  test("usage of the second specification is numbers", async () => {
    const v2 = {
      ...{ specificationVersion: "v2", provider: "old", modelId: "m" },
      doGenerate: async () => ({
        content: [{ type: "text", text: "{}" }],
        usage: { inputTokens: 3, outputTokens: 4 },
      }),
    };
    const { given, spent } = call();
    await aiModels({ language: v2 }).language?.generate(request, given);
    expect(spent).toEqual([7]);
  });

  test.each([
    ['```json\n{"a":1}\n```', { a: 1 }],
    ["no JSON at all", "no JSON at all"],
    ["", ""],
  ])("what it says as %j is read as %j", async (text, read) => {
    const { language } = aiModels({ language: new MockLanguageModelV4({ doGenerate: says(text) }) });
    expect(await language?.generate(request, call().given)).toEqual(read);
  });

  test("thoughts are no part of the answer", async () => {
    const content = [
      { type: "reasoning" as const, text: "Hm." },
      { type: "text" as const, text: '{"a":1}' },
    ];
    const model = new MockLanguageModelV4({ doGenerate: { ...says(""), content } });
    expect(await aiModels({ language: model }).language?.generate(request, call().given)).toEqual({ a: 1 });
  });

  test("embedding models give vectors in order, as many at once as they take", async () => {
    for (const Mock of [MockEmbeddingModelV4, MockEmbeddingModelV3]) {
      const asked: string[][] = [];
      const model = new Mock({
        maxEmbeddingsPerCall: 2,
        doEmbed: async ({ values }: { values: string[] }) => {
          asked.push(values);
          return { embeddings: values.map(({ length }) => [length, 1]), usage: { tokens: 5 }, warnings: [] };
        },
      });
      const { given, spent } = call();
      const vectors = await aiModels({ embedding: model }).embedding?.embed(["a", "bb", "ccc"], given);
      expect([vectors, asked, spent]).toEqual([
        [
          [1, 1],
          [2, 1],
          [3, 1],
        ],
        [["a", "bb"], ["ccc"]],
        [5, 10],
      ]);
    }
  });

  test("every model of the current specification fits, to the compiler's mind", () => {
    const fits = (language: LanguageModelV4, embedding: EmbeddingModelV4): Models =>
      aiModels({ language, embedding });
    expect(fits).toBeTypeOf("function");
  });
});

describe("an API that speaks as OpenAI's", () => {
  let server: OpenAiServer;
  beforeEach(async () => {
    server = await openAiServer();
  });
  afterEach(() => server.close());

  const open = (options: Partial<OpenAiCompatibleOptions> = {}) =>
    openaiCompatibleModels({
      ...{ baseUrl: server.url, apiKey: "sk-secret", languageModel: "small", embeddingModel: "vectors" },
      ...options,
    });

  test("is asked with key and form, and its answers are read", async () => {
    const { language, embedding } = await open();
    const { given, spent } = call();
    expect(await language?.generate(request, given)).toEqual({
      description: expect.stringContaining("12 characters"),
    });
    expect((await embedding?.embed(["tea", "pot"], given))?.map(({ length }) => length)).toEqual([17, 17]);
    expect(spent).toEqual([20, 12]);
    expect(server.requests).toMatchObject([
      {
        path: "/v1/chat/completions",
        authorization: "Bearer sk-secret",
        body: { model: "small", max_tokens: 50, response_format: { type: "json_schema" } },
      },
      {
        path: "/v1/embeddings",
        authorization: "Bearer sk-secret",
        body: { model: "vectors", input: ["tea", "pot"] },
      },
    ]);
  });

  test("that does not take a form for answers is asked without one, and once more only", async () => {
    const { language } = await open();
    server.next({ kind: "status", status: 400 });
    expect(await language?.generate(request, call().given)).toMatchObject({
      description: expect.any(String),
    });
    await language?.generate(request, call().given);
    expect(server.requests.map(({ body }) => body.response_format !== undefined)).toEqual([
      true,
      false,
      false,
    ]);
  });

  test.each<[string, AiScript, string, RegExp]>([
    ["429", { kind: "status", status: 429, retryAfter: 7 }, "unavailable", /HTTP 429/],
    ["500", { kind: "status", status: 500, body: "<html>" }, "unavailable", /HTTP 500/],
    ["503", { kind: "status", status: 503 }, "unavailable", /HTTP 503/],
    [
      "401",
      { kind: "status", status: 401, body: '{"error":{"message":"Wrong key: sk-secret"}}' },
      "unauthenticated",
      /HTTP 401/,
    ],
    ["400", { kind: "status", status: 400 }, "invalid_request", /HTTP 400/],
    ["404", { kind: "status", status: 404 }, "internal", /HTTP 404/],
    [
      "a page in place of JSON",
      { kind: "body", body: "<html>Welcome</html>" },
      "internal",
      /can not be read/,
    ],
    ["JSON of another shape", { kind: "body", body: '{"choices":"none"}' }, "internal", /can not be read/],
    ["nothing", { kind: "body", body: "" }, "internal", /can not be read/],
    [
      "a connection that is cut before an answer",
      { kind: "cut", after: "nothing" },
      "unavailable",
      /no connection/,
    ],
    [
      "a connection that is cut in an answer",
      { kind: "cut", after: "half" },
      "unavailable|internal",
      /provider/,
    ],
    [
      "an answer without an end",
      { kind: "huge", bytes: 200 * 1024 ** 2 },
      "unavailable|internal",
      /provider/,
    ],
  ])(
    "answers %s: that is told by its code, without a word of key or question",
    async (_, script, code, said) => {
      const { language, embedding } = await open();
      server.always(script);
      for (const ask of [
        () => language?.generate(request, call().given),
        () => embedding?.embed(["tea"], call().given),
      ]) {
        const error = await Promise.resolve(ask()).catch((error: unknown) => error);
        expect(isAmusedError(error) && error.code).toMatch(new RegExp(`^(${code})$`));
        expect((error as Error).message).toMatch(said);
        expect(JSON.stringify([error, (error as Error).message, String((error as Error).cause)])).not.toMatch(
          /sk-secret|What is tea/,
        );
        if (script.kind === "status" && script.retryAfter) expect(error).toMatchObject({ retryAfter: 7 });
      }
      expect(server.played[script.kind]).toBeGreaterThanOrEqual(2);
    },
  );

  test("that pours without end is left after 16 MB", async () => {
    const { language } = await open();
    server.always({ kind: "huge", bytes: 2 * 1024 ** 3 });
    const before = process.memoryUsage().rss;
    await expect(language?.generate(request, call().given)).rejects.toThrow();
    expect(process.memoryUsage().rss - before).toBeLessThan(300 * 1024 ** 2);
    await vi.waitFor(() => expect(server.left).toBe(1));
  });

  test.each<AiScript>([{ kind: "hang" }, { kind: "drip" }])(
    "that keeps us waiting (%o) is left when the time is over",
    async (script) => {
      const { language, embedding } = await open();
      server.always(script);
      for (const ask of [
        (signal: AbortSignal) => language?.generate(request, call(signal).given),
        (signal: AbortSignal) => embedding?.embed(["tea"], call(signal).given),
      ])
        await expect(ask(AbortSignal.timeout(50))).rejects.toThrow(/timeout/);
      expect(server.played[script.kind]).toBe(2);
      await vi.waitFor(() => expect(server.left).toBe(2));
    },
  );

  test("that sends us elsewhere is not followed: texts go to the host that was named", async () => {
    const other = await openAiServer();
    onTestFinished(() => other.close());
    const { createServer } = await import("node:http");
    const redirecting = createServer((_, response) =>
      response.writeHead(307, { location: `${other.url}/chat/completions` }).end(),
    );
    await new Promise<void>((listening) => redirecting.listen(0, "127.0.0.1", listening));
    onTestFinished(() => void redirecting.close());
    const { port } = redirecting.address() as { port: number };
    const { language } = await open({ baseUrl: `http://127.0.0.1:${port}/v1` });
    await expect(language?.generate(request, call().given)).rejects.toThrow();
    expect(other.requests).toEqual([]);
  });

  describe("behind a shop", () => {
    async function shopOver(options: Partial<OpenAiCompatibleOptions> = {}) {
      const errors: unknown[] = [];
      const amused = await createAmused({
        ...{ store: memoryStore(), models: open(options), onError: (error: unknown) => errors.push(error) },
      });
      onTestFinished(() => amused.close());
      const shop = amused.seller("acme");
      const { id } = await shop.products.create({ name: "Green tea", price: "4.90", category: "Tea" });
      return { amused, shop, id, errors };
    }

    test("describes a product, keeps that, and is asked anew when the product is another", async () => {
      const { shop, id, amused } = await shopOver();
      const first = await shop.products.describe(id);
      expect(first).toMatchObject({ model: "openai.chat:small", reasons: [{ kind: "made_from" }] });
      expect(await shop.products.describe(id)).toEqual(first);
      await shop.stock.adjust(id, { adjust: 3, reason: "delivery" });
      expect(await shop.products.describe(id)).toEqual(first);
      expect(server.requests).toHaveLength(1);
      expect(JSON.stringify(server.requests[0]?.body)).not.toMatch(/4\.90|acme|sk-secret/);
      await shop.products.update(id, { name: "Very green tea" });
      expect((await shop.products.describe(id)).description).not.toBe(first.description);
      expect(amused.services.models.counters.language).toMatchObject({ calls: 2, tokens: 40, cached: 2 });
      expect((await shop.products.get(id)).description).toBe("");
    });

    test("is tried again after 429 and 500, and the answer comes", async () => {
      const { shop, id } = await shopOver();
      server.next({ kind: "status", status: 429, retryAfter: 0 }, { kind: "status", status: 500 });
      expect((await shop.products.describe(id)).model).not.toBeNull();
      expect([server.played.status, server.played.says]).toEqual([2, 1]);
    });

    test.each<[AiScript, string]>([
      [{ kind: "hang" }, "timed_out"],
      [{ kind: "drip" }, "timed_out"],
      [{ kind: "status", status: 500 }, "failed"],
      [{ kind: "status", status: 401 }, "failed"],
      [{ kind: "cut", after: "nothing" }, "failed"],
      [{ kind: "huge", bytes: 100 * 1024 ** 2 }, "failed"],
      [{ kind: "body", body: "<html>" }, "failed"],
      [{ kind: "says", content: "Certainly! Here is a description." }, "nonsense"],
      [{ kind: "says", content: { text: "Tea" } }, "nonsense"],
    ])(
      "when it misbehaves (%o) the description is what is known, at once, with the reason",
      async (script, reason) => {
        const limits = script.kind === "hang" || script.kind === "drip" ? { timeout: 50 } : { retries: 0 };
        const { shop, id, errors, amused } = await shopOver(limits);
        server.always(script);
        const from = performance.now();
        const { description, model, reasons } = await shop.products.describe(id);
        expect(performance.now() - from).toBeLessThan(3_000);
        expect([description, model, reasons[1]]).toMatchObject([
          "Green tea. Tea.",
          null,
          { kind: "no_model", reason },
        ]);
        expect(server.played[script.kind]).toBeGreaterThanOrEqual(1);
        expect(errors.length).toBe(reason === "nonsense" ? 0 : 1);
        expect(JSON.stringify([reasons, errors.map(String)])).not.toContain("sk-secret");
        expect(amused.services.models.counters.language.failures[reason as "failed"]).toBe(1);
        // It is no answer that was kept.
        server.always(null);
        expect((await shop.products.describe(id)).model).toBe("openai.chat:small");
      },
    );
  });
});

import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";
import { clientOf, fakeServer, json, page, problem, rejection, tea } from "./support/fake-server.ts";

beforeEach(() => void vi.spyOn(Math, "random").mockReturnValue(0));
afterEach(() => {
  vi.useRealTimers();
  vi.restoreAllMocks();
});

const refused = problem(401, { code: "unauthenticated" });

describe("attempts", () => {
  test.each([
    ["no connection", new TypeError("fetch failed")],
    ["an error that no list knows", Object.assign(new Error("x"), { code: "ConnectionRefused" })],
    ["429", problem(429, { code: "rate_limited" })],
    ["502", new Response("", { status: 502 })],
    ["503", problem(503, { code: "unavailable" })],
    ["504", new Response("", { status: 504 })],
    ["a first attempt under way", problem(409, { code: "idempotency_in_flight" })],
  ])("a write is sent again with the same key after %s", async (_, answer) => {
    const server = fakeServer(answer, answer, json({ sales: [] }));
    expect(await clientOf(server).sales.record({ lines: [] })).toEqual({ sales: [] });
    const keys = server.sent.map(({ headers }) => headers.get("idempotency-key"));
    expect(keys[0]).toMatch(/^\d+-\d+-\d+-\d+$/);
    expect(new Set(keys).size).toBe(1);
    expect(server.sent.map(({ body }) => body)).toEqual(Array(3).fill('{"lines":[]}'));
  });

  test.each([
    problem(409, { code: "conflict" }),
    problem(409, { code: "insufficient_stock", available: [] }),
    problem(400, { code: "invalid_request", errors: [] }),
    problem(422, { code: "idempotency_mismatch" }),
    problem(500, { code: "internal" }),
  ])("an answer is an answer %#", async (answer) => {
    const server = fakeServer(answer);
    await rejection(clientOf(server).sales.record({ lines: [] }));
    expect(server.sent).toHaveLength(1);
  });

  test("it gives up after as many as it was told", async () => {
    const server = fakeServer(problem(503, { code: "unavailable" }));
    await rejection(clientOf(server, { retry: 2 }).products.delete(7));
    expect(server.sent).toHaveLength(3);
  });

  test.each([
    ["in the header", new Response("", { status: 503, headers: { "retry-after": "2" } })],
    [
      "as a date",
      () => {
        // Dates there have no milliseconds.
        const at = new Date(Math.floor(Date.now() / 1000) * 1000 + 2_000).toUTCString();
        return new Response("", { status: 503, headers: { "retry-after": at } });
      },
    ],
    ["in the problem", problem(429, { code: "rate_limited", retryAfter: 2 })],
  ])("Retry-After is honoured %s", async (_, answer) => {
    vi.useFakeTimers({ now: 1_700_000_000_000 });
    const server = fakeServer(answer, json(tea));
    const reading = clientOf(server).products.get(7);
    await vi.advanceTimersByTimeAsync(1_990);
    expect(server.sent).toHaveLength(1);
    await vi.advanceTimersByTimeAsync(20);
    expect(await reading).toEqual(tea);
  });

  test("waits double and are a random part of that", async () => {
    vi.useFakeTimers();
    vi.mocked(Math.random).mockReturnValue(0.5);
    const server = fakeServer(new TypeError("fetch failed"));
    void rejection(clientOf(server).products.get(7));
    const at: number[] = [];
    for (let ms = 0; ms < 3_000; ms += 50) {
      while (at.length < server.sent.length) at.push(ms);
      await vi.advanceTimersByTimeAsync(50);
    }
    expect(at).toEqual([50, 300, 900, 2100]);
  });

  test("who would have to wait longer than a minute is told so", async () => {
    const server = fakeServer(problem(429, { code: "rate_limited", retryAfter: 3600 }));
    expect(await rejection(clientOf(server).products.get(7))).toMatchObject({
      code: "rate_limited",
      retryAfter: 3600,
    });
    expect(server.sent).toHaveLength(1);
  });
});

describe("idempotency keys", () => {
  test("every write has one, its own or the caller's; a read has none", async () => {
    const server = fakeServer(json(tea));
    const shop = clientOf(server);
    await shop.products.create({ name: "a" }, { idempotencyKey: "mine" });
    await shop.products.update(7, {});
    await shop.products.delete(7);
    await shop.products.setImage(7, new Uint8Array(1));
    await shop.products.get(7);
    const keys = server.sent.map(({ headers }) => headers.get("idempotency-key"));
    expect(keys[0]).toBe("mine");
    expect(new Set(keys).size).toBe(5);
    expect(keys[4]).toBeNull();
  });
});

describe("credentials", () => {
  test("a function is asked once for many requests", async () => {
    const apiKey = vi.fn(async () => "k1");
    const server = fakeServer(json(tea));
    const shop = clientOf(server, { apiKey });
    await Promise.all([shop.products.get(1), shop.products.get(2)]);
    expect(apiKey).toHaveBeenCalledTimes(1);
    expect(server.sent[1]?.headers.get("authorization")).toBe("Bearer k1");
  });

  test("after a 401 it is asked again, once, also when several requests were refused", async () => {
    let keys = 0;
    const apiKey = vi.fn(async () => `k${++keys}`);
    const fresh = (request: Request) =>
      request.headers.get("authorization") === "Bearer k2" ? json(tea) : refused.clone();
    const server = fakeServer(fresh);
    const shop = clientOf(server, { apiKey });
    expect(await Promise.all([shop.products.get(1), shop.products.create({ name: "x" })])).toEqual([
      tea,
      tea,
    ]);
    expect(apiKey).toHaveBeenCalledTimes(2);
    const [first, second] = server.sent
      .filter(({ method }) => method === "POST")
      .map(({ headers }) => headers.get("idempotency-key"));
    expect(second).toBe(first);
  });

  test("a second 401 is the answer", async () => {
    const apiKey = vi.fn(async () => "bad");
    const server = fakeServer(refused);
    expect(await rejection(clientOf(server, { apiKey }).products.get(1))).toMatchObject({
      code: "unauthenticated",
    });
    expect(server.sent).toHaveLength(2);
  });

  test("a plain key is not sent again", async () => {
    const server = fakeServer(refused);
    await rejection(clientOf(server).products.get(1));
    expect(server.sent).toHaveLength(1);
  });

  test("none is needed where the host knows its callers by a cookie", async () => {
    const server = fakeServer(json(tea));
    const { createClient } = await import("../src/index.ts");
    await createClient({
      baseUrl: new URL("https://shop.test/amused/"),
      seller: "acme",
      fetch: server.fetch,
    }).products.get(7);
    expect(server.sent[0]?.url.href).toBe("https://shop.test/amused/v1/products/7?sellerId=acme");
    expect(server.sent[0]?.headers.has("authorization")).toBe(false);
  });
});

describe("what was written is seen by later reads", () => {
  async function cursorsSent(...answered: (string | null)[]): Promise<(string | null)[]> {
    const server = fakeServer(
      ...answered.map((cursor) => json({}, cursor === null ? {} : { "amused-cursor": cursor })),
      page([]),
    );
    const shop = clientOf(server);
    for (const _ of answered) await shop.products.create({ name: "x" });
    await shop.products.list();
    return server.sent.map(({ headers }) => headers.get("amused-cursor"));
  }

  test("the cursor of the last write goes with the read, and with no write", async () => {
    expect(await cursorsSent("e.1", "e.2")).toEqual([null, null, "e.2"]);
  });
  test("an answer that comes late does not take it back", async () => {
    expect((await cursorsSent("e.10", "e.9", null)).at(-1)).toBe("e.10");
  });
  test("of two epochs the one heard last holds", async () => {
    expect((await cursorsSent("e.10", "f.2")).at(-1)).toBe("f.2");
  });
  test("reads do not move it", async () => {
    const server = fakeServer(json(tea, { "amused-cursor": "e.5" }));
    const shop = clientOf(server);
    await shop.products.get(7);
    await shop.products.get(7);
    expect(server.sent[1]?.headers.has("amused-cursor")).toBe(false);
  });
});

test("a listener of a live list that throws at once is not kept", async () => {
  const server = fakeServer(page([]));
  const list = clientOf(server).products.live();
  const throws = () => {
    throw new Error("mine");
  };
  expect(() => list.subscribe(throws)).toThrow("mine");
  await new Promise((resolve) => setTimeout(resolve, 100));
  expect(server.sent).toHaveLength(0);
});

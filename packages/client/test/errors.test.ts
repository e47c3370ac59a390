import { inspect } from "node:util";
import { errorStatus } from "@amused/core/errors";
import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";
import { AmusedError, isAmusedError } from "../src/index.ts";
import { clientOf, fakeServer, json, problem, rejection, tea } from "./support/fake-server.ts";

beforeEach(() => void vi.spyOn(Math, "random").mockReturnValue(0));
afterEach(() => vi.restoreAllMocks());

const evidence: Record<string, object> = {
  invalid_request: { errors: [{ path: "name", message: "is required" }] },
  conflict: { sku: "TEA-1" },
  insufficient_stock: { available: [{ productId: 7, requested: 3, available: 2 }] },
  cursor_expired: { reason: "pruned", oldest: "e.1" },
  precondition_failed: { version: 4 },
  rate_limited: { retryAfter: 2000 },
  method_not_allowed: { allow: ["GET"] },
};

describe("an answer of the server is the error that core throws", () => {
  test.each(Object.entries(errorStatus))("%s", async (code, status) => {
    const said = evidence[code] ?? {};
    const server = fakeServer(problem(status, { code, detail: "In words.", requestId: "r-1", ...said }));
    const error = await rejection(clientOf(server, { retry: 0 }).products.get(7));
    expect(error).toBeInstanceOf(AmusedError);
    expect(error).toMatchObject({ code, status, message: "In words.", requestId: "r-1", ...said });
    expect((error as AmusedError).evidence).toEqual(said);
    expect(JSON.parse((error as AmusedError).cause as string)).toMatchObject({ code });
  });
});

describe("what a proxy says has a code too", () => {
  const page = (status: number, headers = {}) => new Response("<h1>Oh</h1>", { status, headers });
  test.each([
    [page(404), { code: "not_found" }],
    [page(409), { code: "conflict" }],
    [page(413), { code: "payload_too_large" }],
    [page(418), { code: "unavailable" }],
    [page(502), { code: "unavailable", evidence: {} }],
    [page(504), { code: "unavailable", cause: "<h1>Oh</h1>" }],
    [
      page(400),
      { code: "invalid_request", errors: [{ path: "", message: "GET /products/7 was answered 400." }] },
    ],
    [page(429, { "retry-after": "90" }), { code: "rate_limited", retryAfter: 90 }],
    [page(500, { "x-request-id": "r-2" }), { code: "internal", requestId: "r-2" }],
    [json(null, {}, 503), { code: "unavailable" }],
    [json(["x"], {}, 403), { code: "forbidden" }],
    [problem(503, { code: "of_next_year", detail: "New." }), { code: "unavailable", message: "New." }],
  ])("%#", async (answer, expected) => {
    expect(await rejection(clientOf(fakeServer(answer), { retry: 0 }).products.get(7))).toMatchObject(
      expected,
    );
  });
});

describe("no answer is `unavailable`", () => {
  test("the network fails", async () => {
    const cause = new TypeError("fetch failed", { cause: new Error("ECONNREFUSED") });
    const error = await rejection(clientOf(fakeServer(cause), { retry: 1 }).products.get(7));
    expect(isAmusedError(error, "unavailable")).toBe(true);
    expect(error).toHaveProperty("cause", cause);
  });

  test("it takes too long", async () => {
    const server = fakeServer(() => new Promise<Response>(() => {}));
    expect(await rejection(clientOf(server, { timeout: 5, retry: 1 }).products.get(7))).toMatchObject({
      code: "unavailable",
    });
    expect(server.sent).toHaveLength(2);
  });

  test("it is not JSON", async () => {
    const server = fakeServer(new Response("<html>the page of another server</html>"));
    expect(await rejection(clientOf(server, { retry: 0 }).products.get(7))).toMatchObject({
      code: "unavailable",
    });
  });

  test("it breaks off, which is tried again", async () => {
    const broken = () =>
      new Response(new ReadableStream({ pull: (to) => to.error(new TypeError("terminated")) }));
    const server = fakeServer(broken, json(tea));
    expect(await clientOf(server).products.get(7)).toEqual(tea);
  });

  test.each([
    [
      "at once",
      () => {
        throw new Error("down");
      },
    ],
    ["later", () => Promise.reject(new Error("down"))],
  ])(
    "the credential can not be had, which is said %s, and the next request asks for it again",
    async (_, fails) => {
      const apiKey = vi.fn<() => string | Promise<string>>(() => "k").mockImplementationOnce(fails);
      const shop = clientOf(fakeServer(json(tea)), { apiKey, retry: 0 });
      expect(await rejection(shop.products.get(7))).toMatchObject({
        code: "unavailable",
        cause: { message: "down" },
      });
      expect(await shop.products.get(7)).toEqual(tea);
    },
  );
});

describe("the caller's signal", () => {
  const hanging = () =>
    fakeServer(
      (request) =>
        new Promise((_, reject) =>
          request.signal.addEventListener("abort", () => reject(request.signal.reason)),
        ),
    );

  test("already aborted: nothing is sent", async () => {
    const server = hanging();
    const reason = new Error("not wanted");
    expect(await rejection(clientOf(server).products.get(7, { signal: AbortSignal.abort(reason) }))).toBe(
      reason,
    );
    expect(server.sent).toHaveLength(0);
  });

  test("aborted under way", async () => {
    const abort = new AbortController();
    const server = hanging();
    const writing = rejection(clientOf(server).sales.record({ lines: [] }, { signal: abort.signal }));
    await vi.waitFor(() => expect(server.sent).toHaveLength(1));
    abort.abort("any reason");
    expect(await writing).toBe("any reason");
    expect(server.sent).toHaveLength(1);
  });

  test("aborted while the credential is on its way", async () => {
    const abort = new AbortController();
    const server = hanging();
    const shop = clientOf(server, { apiKey: () => new Promise(() => {}) });
    const reading = rejection(shop.products.get(7, { signal: abort.signal }));
    await new Promise((resolve) => setTimeout(resolve, 20));
    abort.abort("left");
    expect(await reading).toBe("left");
    expect(server.sent).toHaveLength(0);
  });

  test("aborted between two attempts", async () => {
    const abort = new AbortController();
    const server = fakeServer(problem(503, { code: "unavailable", retryAfter: 30 }));
    const reading = rejection(clientOf(server).products.get(7, { signal: abort.signal }));
    await vi.waitFor(() => expect(server.sent).toHaveLength(1));
    const reason = new Error("left the page");
    abort.abort(reason);
    expect(await reading).toBe(reason);
  });
});

test("what can not be sent is `invalid_request`, as in process", async () => {
  const shop = clientOf(fakeServer(json(tea)));
  expect(await rejection(shop.products.create({ name: "x", quantity: 1n as never }))).toMatchObject({
    code: "invalid_request",
    errors: [{ path: "" }],
  });
  expect(await rejection(shop.products.create({ name: "x" }, { idempotencyKey: "ключ" }))).toMatchObject({
    code: "invalid_request",
  });
  expect(
    await rejection(clientOf(fakeServer(json(tea)), { baseUrl: "nowhere" }).products.get(7)),
  ).toMatchObject({ code: "invalid_request" });
});

test("no error holds the credential", async () => {
  const down = new TypeError("fetch failed");
  for (const answer of [down, problem(403, { code: "forbidden" }), () => new Promise<Response>(() => {})]) {
    const error = await rejection(clientOf(fakeServer(answer), { retry: 0, timeout: 5 }).products.get(7));
    expect(inspect(error, { depth: 20, showHidden: true })).not.toContain("secret-key");
  }
  // A file of keys, say, whose second line came along.
  const error = await rejection(clientOf(fakeServer(), { apiKey: "secret-key\n#" }).products.get(7));
  expect(error).toMatchObject({
    code: "invalid_request",
    errors: [{ message: expect.stringContaining("credential") }],
  });
  expect(inspect(error, { depth: 20, showHidden: true })).not.toContain("secret-key");
});

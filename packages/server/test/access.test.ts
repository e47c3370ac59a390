import { AmusedError, createAmused, memoryStore } from "@amused/core";
import { type AppOptions, createApp, routes } from "@amused/server";
import { beforeAll, describe, expect, test } from "vitest";
import type { House } from "../src/house.ts";
import { responder } from "../src/routes/respond.ts";
import type { Route, SellerRoute } from "../src/routes/route.ts";
import { adminKey, problemOf, type TestApp, testApp } from "./support/app.ts";

let app: TestApp;
beforeAll(async () => {
  app = await testApp();
});

const as = (credential: string) => ({ headers: { authorization: `Bearer ${credential}` } });

describe("nothing is open by default", () => {
  test.each(["/v1/products", "/v1/events", "/v1/events/stream", "/v1/keys", "/metrics", "/v1/exports/sales"])(
    "%s asks for a credential",
    async (path) => {
      const response = await app.raw(path);
      expect(response.status).toBe(401);
      expect(response.headers.get("www-authenticate")).toContain("Bearer");
      expect((await problemOf(response)).code).toBe("unauthenticated");
    },
  );

  test.each(["Bearer", "Bearer ", "Basic YTpi", "Bearer a b", "nonsense", `Bearer ${"x".repeat(5000)}`])(
    "the header %j opens nothing",
    async (authorization) => {
      expect((await app.raw("/v1/products", { headers: { authorization } })).status).toBe(401);
    },
  );

  test("unknown, revoked and expired keys are refused alike", async () => {
    const revoked = await app.keyOf("acme");
    for await (const { id } of app.amused.keys.list({ sellerId: "acme" }))
      if (id !== 1) await app.amused.keys.revoke(id);
    const answers = [];
    for (const key of ["amk_00000000_nobody", revoked]) {
      const response = await app.raw("/v1/products", as(key));
      const { requestId: _, ...problem } = await problemOf(response);
      answers.push(problem);
    }
    expect(answers[0]).toMatchObject({ status: 401, code: "unauthenticated" });
    expect(answers[1]).toEqual(answers[0]);
  });

  test("an API key in the query is refused, also beside one in the header", async () => {
    expect((await app.raw(`/v1/products?token=${app.key}`)).status).toBe(401);
    expect((await app.raw(`/v1/events/stream?token=${app.key}`)).status).toBe(401);
    expect((await app.raw(`/v1/events/stream?token=${app.key}`, as(app.key))).status).toBe(401);
    expect((await app.raw(`/v1/products?apiKey=${app.key}`)).status).toBe(401);
  });
});

describe("scopes", () => {
  test("read reads and does not write; write does both", async () => {
    const reader = await app.keyOf("acme", ["read"]);
    const writer = await app.keyOf("acme", ["write"]);
    const write = (key: string) =>
      app.raw("/v1/products", {
        method: "POST",
        headers: { ...as(key).headers, "content-type": "application/json" },
        body: '{"name":"Tea"}',
      });
    expect((await app.raw("/v1/products", as(reader))).status).toBe(200);
    const refused = await write(reader);
    expect([refused.status, (await problemOf(refused)).scope]).toEqual([403, "write"]);
    expect((await app.raw("/v1/products", as(writer))).status).toBe(200);
    expect((await write(writer)).status).toBe(201);
  });

  test("a seller's key makes no keys", async () => {
    expect((await app.raw("/v1/keys", as(app.key))).status).toBe(403);
    expect((await app.raw("/metrics", as(app.key))).status).toBe(403);
  });

  test("a refusal for lack of scope comes before anything is said about the input", async () => {
    const reader = await app.keyOf("acme", ["read"]);
    expect((await app.raw("/v1/products", { method: "POST", ...as(reader), body: "nonsense" })).status).toBe(
      403,
    );
  });
});

describe("sellers", () => {
  test("an admin key acts for the seller it names, and names one", async () => {
    const unnamed = await app.raw("/v1/products", as(adminKey));
    expect([unnamed.status, (await problemOf(unnamed)).errors?.[0]?.path]).toEqual([400, "sellerId"]);
    expect((await app.raw("/v1/products?sellerId=acme", as(adminKey))).status).toBe(200);
    expect((await app.raw("/v1/products?sellerId=a%20b", as(adminKey))).status).toBe(400);
  });

  test("a seller's key with another's sellerId is refused, with its own it is not", async () => {
    expect((await app.raw("/v1/products?sellerId=other", as(app.key))).status).toBe(403);
    expect((await app.raw("/v1/products?sellerId=acme", as(app.key))).status).toBe(200);
  });

  test("another seller's product is not there", async () => {
    const other = await app.keyOf("other");
    const { id } = await app.amused.seller("acme").products.create({ name: "Ours" });
    for (const path of [
      `/v1/products/${id}`,
      `/v1/products/${id}/stock/movements`,
      `/v1/products/${id}/sales/daily`,
    ])
      expect((await app.raw(path, as(other))).status).toBe(404);
    const filters = [
      `/v1/sales?productId=${id}`,
      `/v1/events?productId=${id}`,
      `/v1/events/stream?productId=${id}`,
    ];
    for (const path of filters) expect((await app.raw(path, as(other))).status).toBe(404);
  });
});

describe("keys over HTTP", () => {
  const admin = { authorization: `Bearer ${adminKey}`, "content-type": "application/json" };

  test("are made, listed without their secret, and revoked at once", async () => {
    const body = JSON.stringify({ sellerId: "acme", name: "till", scopes: ["read"] });
    const made = await app.raw("/v1/keys", { method: "POST", headers: admin, body });
    expect([made.status, made.headers.get("cache-control")]).toEqual([201, "no-store"]);
    const { id, key } = (await made.json()) as { id: number; key: string };
    expect((await app.raw("/v1/products", as(key))).status).toBe(200);
    const listed = await (await app.raw("/v1/keys?sellerId=acme", { headers: admin })).text();
    expect(listed).toContain(`"id":${id}`);
    expect(listed).not.toContain(key);
    expect((await app.raw(`/v1/keys/${id}`, { method: "DELETE", headers: admin })).status).toBe(204);
    expect((await app.raw("/v1/products", as(key))).status).toBe(401);
    expect((await app.raw(`/v1/keys/${id}`, { method: "DELETE", headers: admin })).status).toBe(404);
  });

  test("a seller's key with the scope admin is refused", async () => {
    const body = '{"sellerId":"acme","scopes":["admin"]}';
    expect((await app.raw("/v1/keys", { method: "POST", headers: admin, body })).status).toBe(400);
  });

  test("an admin key from the store is one", async () => {
    const { key } = await app.amused.keys.create({ scopes: ["admin"] });
    expect((await app.raw("/v1/keys", as(key))).status).toBe(200);
  });
});

describe("the host's own word", () => {
  test("replaces the keys, scopes and sellers included", async () => {
    const amused = await createAmused({ store: memoryStore() });
    const host = createApp(amused, {
      authorize: (request) =>
        request.headers.get("cookie") === "session=1"
          ? { sellerId: "acme", scopes: ["read"], actor: "user:7" }
          : null,
    });
    const cookie = { headers: { cookie: "session=1" } };
    expect((await host.request("/v1/products")).status).toBe(401);
    expect((await host.request("/v1/products", cookie)).status).toBe(200);
    expect((await host.request("/v1/products", { ...cookie, method: "POST" })).status).toBe(403);
    expect((await host.request("/v1/products?sellerId=other", cookie)).status).toBe(403);
    expect((await host.request("/v1/keys", cookie)).status).toBe(403);
  });
});

describe("what the host's own word may not be", () => {
  const good = { sellerId: "acme", scopes: ["read"], actor: "user:7" };
  const answered = async (authorize: () => unknown) => {
    const errors: unknown[] = [];
    const logger = { debug() {}, info() {}, warn() {}, error: (fields: object) => void errors.push(fields) };
    const host = await testApp({ authorize: authorize as NonNullable<AppOptions["authorize"]>, logger });
    const refused = [];
    for (const path of ["/v1/products", "/v1/products?sellerId=acme", "/v1/keys", "/v1/events/stream"]) {
      const response = await host.raw(path);
      refused.push(response.status);
      if (response.status === 500) expect(await response.text()).not.toMatch(/authorize|hunter2/);
    }
    return { refused, errors };
  };

  test.each<[string, object]>([
    ["a seller that is not there", { ...good, sellerId: undefined }],
    ["a seller that is not there, of an administrator's look", { scopes: ["admin"], actor: "user:7" }],
    ["no seller without the scope admin", { ...good, sellerId: null }],
    ["a seller that is a number", { ...good, sellerId: 7 }],
    ["a seller with a space", { ...good, sellerId: "ac me" }],
    ["scopes that are not there", { ...good, scopes: undefined }],
    ["a scope there is none of", { ...good, scopes: ["read", "root"] }],
    ["no actor", { ...good, actor: "" }],
    ["an actor with a line break", { ...good, actor: "a\nb" }],
    ["an end that is no time", { ...good, expiresAt: "tomorrow" }],
    ["a text", "admin" as unknown as object],
  ])("%s is the host's fault: 500, told in the log only", async (_, said) => {
    const { refused, errors } = await answered(() => said);
    expect(refused).toEqual([500, 500, 500, 500]);
    expect(errors[0]).toMatchObject({ err: { message: expect.stringContaining("authorize()") } });
  });

  test("an error of its own is 500 without a word of it, and one of ours is what it says", async () => {
    const thrown = await answered(() => {
      throw new Error("hunter2");
    });
    expect(thrown.refused).toEqual([500, 500, 500, 500]);
    const down = await answered(() => {
      throw new AmusedError("unavailable", "The sessions can not be read.", { retryAfter: 1 });
    });
    expect(down.refused).toEqual([503, 503, 503, 503]);
  });

  test("nobody, and what has ended, is 401", async () => {
    for (const said of [null, undefined, { ...good, expiresAt: "2020-01-01T00:00:00Z" }])
      expect((await answered(() => said)).refused).toEqual([401, 401, 401, 401]);
  });

  test("a seller with the scope admin is no administrator", async () => {
    const { refused } = await answered(() => ({ ...good, scopes: ["read", "admin"] }));
    expect(refused.slice(0, 3)).toEqual([200, 200, 403]);
  });
});

describe("a route", () => {
  test("that declares no scope does not compile, and does not start", async () => {
    const { scope: _, ...undeclared } = routes.find(({ id }) => id === "listProducts") as SellerRoute;
    // @ts-expect-error: it has no scope
    const route: Route = undeclared;
    expect(() => responder(route, {} as House)).toThrow(/GET \/v1\/products declares no scope/);
  });
});

describe("rate limits", () => {
  test("are per key, say when to come back, and leave health alone", async () => {
    const limited = await testApp({ rateLimit: { limit: 3, windowMs: 3_600_000 } });
    const other = await limited.keyOf("other");
    for (let i = 0; i < 3; i++) expect((await limited.ask("GET", "/v1/products")).status).toBe(200);
    const refused = await limited.ask("GET", "/v1/products");
    expect([refused.status, (await problemOf(refused.clone())).code]).toEqual([429, "rate_limited"]);
    expect(Number(refused.headers.get("retry-after"))).toBeGreaterThan(0);
    expect((await limited.raw("/v1/products", as(other))).status).toBe(200);
    expect((await limited.raw("/health/ready")).status).toBe(200);
  });
});

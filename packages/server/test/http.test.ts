import { beforeAll, describe, expect, test } from "vitest";
import { problemOf, type TestApp, testApp } from "./support/app.ts";

let app: TestApp;
let id: number;
beforeAll(async () => {
  app = await testApp({ corsOrigins: ["https://shop.example"] });
  ({ id } = await app.amused.seller("acme").products.create({ name: "Tea", quantity: 40 }));
});

describe("a product over HTTP", () => {
  test("is made with 201, Location, ETag and Amused-Cursor", async () => {
    const made = await app.ask("POST", "/v1/products", { name: "Coffee", price: 4.9, quantity: 3 });
    expect(made.status).toBe(201);
    const product = (await made.json()) as { id: number; price: string };
    expect(product.price).toBe("4.90");
    expect(made.headers.get("location")).toBe(`/v1/products/${product.id}`);
    expect(made.headers.get("etag")).toMatch(/^"1-\d+"$/);
    expect(made.headers.get("amused-cursor")).toMatch(/^\w+\.\d+$/);
    expect(made.headers.get("content-type")).toBe("application/json");
  });

  test("is 304 for who has it, and 200 again after a sale", async () => {
    const etag = (await app.ask("GET", `/v1/products/${id}`)).headers.get("etag") as string;
    const ask = (tag: string) => app.ask("GET", `/v1/products/${id}`, undefined, { "if-none-match": tag });
    for (const tag of [etag, `W/${etag}`, `"other", ${etag}`, "*"]) {
      const known = await ask(tag);
      expect([tag, known.status, await known.text()]).toEqual([tag, 304, ""]);
      expect(known.headers.get("etag")).toBe(etag);
    }
    await app.amused.seller("acme").sales.record({ lines: [{ productId: id, quantity: 1 }] });
    expect((await ask(etag)).status).toBe(200);
  });

  test("keeps an open editor's If-Match through a sale, and refuses an old version with the current one", async () => {
    const before = (await app.ask("GET", `/v1/products/${id}`)).headers.get("etag") as string;
    await app.amused.seller("acme").sales.record({ lines: [{ productId: id, quantity: 1 }] });
    const edited = await app.ask(
      "PATCH",
      `/v1/products/${id}`,
      { description: "Fine" },
      { "if-match": before },
    );
    expect(edited.status).toBe(200);
    const stale = await app.ask(
      "PATCH",
      `/v1/products/${id}`,
      { description: "Finer" },
      { "if-match": before },
    );
    expect([stale.status, (await problemOf(stale)).version]).toEqual([412, 2]);
    for (const tag of ['"2"', "*"])
      expect(
        (await app.ask("PATCH", `/v1/products/${id}`, { description: "Fine" }, { "if-match": tag })).status,
      ).toBe(200);
    expect(
      (await app.ask("PATCH", `/v1/products/${id}`, {}, { "if-match": '"no-tag-of-ours"' })).status,
    ).toBe(412);
    expect((await app.ask("PATCH", `/v1/products/${id}`, {}, { "if-match": "2" })).status).toBe(400);
  });

  test("is gone with 204", async () => {
    const { id } = await app.amused.seller("acme").products.create({ name: "Gone soon" });
    const gone = await app.ask("DELETE", `/v1/products/${id}`);
    expect([gone.status, await gone.text()]).toEqual([204, ""]);
    expect((await app.ask("GET", `/v1/products/${id}`)).status).toBe(404);
  });
});

describe("statuses", () => {
  test("a POST that makes a row is 201, another is 200", async () => {
    const line = { lines: [{ productId: id, quantity: 1 }] };
    const statuses = [
      await app.ask("POST", "/v1/sales", line),
      await app.ask("POST", "/v1/returns", line),
      await app.ask("POST", "/v1/events", { type: "acme.said", payload: {} }),
      await app.ask("POST", "/v1/stream-tokens", {}),
      await app.ask("POST", `/v1/products/${id}/stock`, { adjust: 1, reason: "found" }),
    ].map(({ status }) => status);
    expect(statuses).toEqual([201, 201, 201, 201, 200]);
  });

  test("what is not there is 404, also routes of later versions", async () => {
    for (const path of [
      "/nowhere",
      "/v1",
      "/v1/products/",
      "/v1/products/999/forecast",
      "/v1/products/999/stockout",
      "/v1/webhooks",
    ])
      expect([path, (await app.ask("GET", path)).status]).toEqual([path, 404]);
  });

  test("a method that a path does not have is 405 and says which it has", async () => {
    for (const method of ["PUT", "POST", "PROPFIND"]) {
      const response = await app.ask(method, `/v1/products/${id}`);
      expect([method, response.status]).toEqual([method, 405]);
      expect(response.headers.get("allow")).toBe("GET, HEAD, PATCH, DELETE, OPTIONS");
    }
  });

  test("who takes no JSON gets 406", async () => {
    const accepted = ["application/json", "*/*", "application/*;q=0.5", "text/html, */*;q=0.1"];
    for (const accept of accepted)
      expect((await app.ask("GET", "/v1/products", undefined, { accept })).status).toBe(200);
    for (const accept of ["text/html", "application/json;q=0", "image/*"])
      expect((await app.ask("GET", "/v1/products", undefined, { accept })).status).toBe(406);
  });

  test("HEAD is GET without the body", async () => {
    for (const path of [
      `/v1/products/${id}`,
      "/v1/products",
      "/v1/exports/products",
      "/v1/events/stream",
      "/",
      "/docs",
    ]) {
      const response = await app.ask("HEAD", path);
      expect([path, response.status, await response.text()]).toEqual([path, 200, ""]);
    }
  });
});

describe("request ids", () => {
  test("are on every response, and in every refusal", async () => {
    for (const path of ["/v1/products", "/nowhere", "/", "/health/live"]) {
      const response = await app.raw(path);
      expect(response.headers.get("x-request-id")).toMatch(/^[\w-]{36}$/);
    }
    const refused = await app.ask("GET", "/v1/products?limit=0");
    expect((await problemOf(refused)).requestId).toBe(refused.headers.get("x-request-id"));
  });

  test("are the caller's own where it has a sane one", async () => {
    const ask = (given: string) => app.ask("GET", "/v1/products", undefined, { "x-request-id": given });
    expect((await ask("trace-1.2:3")).headers.get("x-request-id")).toBe("trace-1.2:3");
    expect((await ask("a b<script>")).headers.get("x-request-id")).not.toContain("script");
    expect((await ask("x".repeat(500))).headers.get("x-request-id")).toHaveLength(36);
  });
});

describe("pages of other origins", () => {
  const preflight = (origin: string) =>
    app.raw("/v1/products", {
      method: "OPTIONS",
      headers: { origin, "access-control-request-method": "POST" },
    });

  test("are let in where they are named, preflight included", async () => {
    const told = await preflight("https://shop.example");
    expect([told.status, told.headers.get("access-control-allow-origin")]).toEqual([
      204,
      "https://shop.example",
    ]);
    expect(told.headers.get("access-control-allow-methods")).toContain("POST");
    expect(told.headers.get("access-control-allow-headers")).toContain("Idempotency-Key");
    const answered = await app.ask("GET", "/v1/products", undefined, { origin: "https://shop.example" });
    expect(answered.headers.get("access-control-allow-origin")).toBe("https://shop.example");
    expect(answered.headers.get("access-control-expose-headers")).toContain("Amused-Cursor");
    const refused = await app.raw("/v1/products", { headers: { origin: "https://shop.example" } });
    expect([refused.status, refused.headers.get("access-control-allow-origin")]).toEqual([
      401,
      "https://shop.example",
    ]);
  });

  test("are not let in otherwise, and nobody is by default", async () => {
    expect((await preflight("https://evil.example")).headers.get("access-control-allow-origin")).toBeNull();
    const closed = await testApp();
    const response = await closed.ask("GET", "/v1/products", undefined, { origin: "https://shop.example" });
    expect(response.headers.get("access-control-allow-origin")).toBeNull();
  });
});

describe("reading what was written", () => {
  test("a malformed Amused-Cursor is refused, one of another epoch is not", async () => {
    const ask = (cursor: string) => app.ask("GET", "/v1/products", undefined, { "amused-cursor": cursor });
    expect((await ask("nonsense")).status).toBe(400);
    expect((await ask("abc123.7")).status).toBe(200);
  });
});

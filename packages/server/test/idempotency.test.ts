import { beforeAll, expect, test } from "vitest";
import { problemOf, type TestApp, testApp } from "./support/app.ts";

let app: TestApp;
beforeAll(async () => {
  app = await testApp();
});

const keyed = (key: string) => ({ "idempotency-key": key });

test("a repeated request has one effect and gets the first answer again, headers included", async () => {
  const body = { sku: "T-1", name: "Tea" };
  const first = await app.ask("POST", "/v1/products", body, keyed("a"));
  const second = await app.ask("POST", "/v1/products", body, keyed("a"));
  expect([first.status, second.status]).toEqual([201, 201]);
  expect(await second.text()).toBe(await first.text());
  for (const name of ["location", "etag", "amused-cursor"])
    expect(second.headers.get(name)).toBe(first.headers.get(name));
  expect(first.headers.get("idempotency-replayed")).toBeNull();
  expect(second.headers.get("idempotency-replayed")).toBe("true");
  expect(second.headers.get("x-request-id")).not.toBe(first.headers.get("x-request-id"));
  expect((await app.amused.seller("acme").products.list()).items).toHaveLength(1);
});

test("the same key with another body, path or query is refused", async () => {
  await app.ask("POST", "/v1/products", { name: "One" }, keyed("b"));
  const others = [
    await app.ask("POST", "/v1/products", { name: "Two" }, keyed("b")),
    await app.ask("POST", "/v1/sales", { lines: [{ productId: 1, quantity: 1 }] }, keyed("b")),
    await app.ask("POST", "/v1/products?sellerId=acme", { name: "One" }, keyed("b")),
  ];
  for (const other of others)
    expect([other.status, (await problemOf(other)).code]).toEqual([422, "idempotency_mismatch"]);
});

test("another seller's same key is another key", async () => {
  const other = await app.keyOf("other");
  const body = { name: "Mine" };
  await app.ask("POST", "/v1/products", body, keyed("c"));
  const theirs = await app.ask("POST", "/v1/products", body, {
    ...keyed("c"),
    authorization: `Bearer ${other}`,
  });
  expect([theirs.status, theirs.headers.get("idempotency-replayed")]).toEqual([201, null]);
});

test("a refused request leaves its key free", async () => {
  expect((await app.ask("POST", "/v1/products", { name: "" }, keyed("d"))).status).toBe(400);
  expect((await app.ask("POST", "/v1/products", { name: "Now right" }, keyed("d"))).status).toBe(201);
});

test("a deletion repeated with its key is 204 again, without it 404", async () => {
  const { id } = await app.amused.seller("acme").products.create({ name: "Gone" });
  for (const replayed of [null, "true"]) {
    const gone = await app.ask("DELETE", `/v1/products/${id}`, undefined, keyed("e"));
    expect([gone.status, gone.headers.get("idempotency-replayed")]).toEqual([204, replayed]);
  }
  expect((await app.ask("DELETE", `/v1/products/${id}`)).status).toBe(404);
});

test("an import repeated with its key has one effect, and another file under it is refused", async () => {
  const init = (body: string) => ({
    method: "POST",
    headers: { authorization: `Bearer ${app.key}`, "content-type": "text/csv", ...keyed("f") },
    body,
  });
  const first = await app.raw("/v1/imports/products", init("sku,name\nI-1,One\n"));
  const second = await app.raw("/v1/imports/products", init("sku,name\nI-1,One\n"));
  expect(second.headers.get("idempotency-replayed")).toBe("true");
  expect(await second.text()).toBe(await first.text());
  const other = await app.raw("/v1/imports/products", init("sku,name\nI-2,Two\n"));
  expect([other.status, (await problemOf(other)).code]).toEqual([422, "idempotency_mismatch"]);
});

test.each([
  ["empty", ""],
  ["too long", "x".repeat(256)],
  ["not ASCII", "clé"],
])("a key that is %s is refused", async (_, key) => {
  const response = await app.ask("POST", "/v1/products", { name: "Tea" }, keyed(key));
  expect([response.status, (await problemOf(response)).errors?.[0]?.path]).toEqual([400, "Idempotency-Key"]);
});

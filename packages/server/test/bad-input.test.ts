import { beforeAll, beforeEach, describe, expect, test } from "vitest";
import { problemOf, type TestApp, testApp } from "./support/app.ts";

let app: TestApp;
let before: string;
beforeAll(async () => {
  app = await testApp({ bodyLimit: 10_000, importLimit: 5_000, imageLimit: 2_000 });
  await app.amused.seller("acme").products.create({ sku: "T-1", name: "Tea", quantity: 5 });
});

/** Everything of the seller that a refusal must leave alone. */
async function state(): Promise<string> {
  const shop = app.amused.seller("acme");
  const { items } = await shop.events.list({ limit: 200 });
  return JSON.stringify([await shop.products.list(), await shop.sales.list(), items]);
}
beforeEach(async () => {
  before = await state();
});

async function refused(response: Response, status = 400): Promise<string[]> {
  const problem = await problemOf(response);
  expect([response.status, problem]).toEqual([status, expect.objectContaining({ status })]);
  expect(response.headers.get("content-type")).toBe("application/problem+json");
  expect(await state()).toBe(before);
  return problem.errors?.map(({ path }) => path) ?? [];
}

const post = (
  path: string,
  body: BodyInit | null,
  type: string | null = "application/json",
  more: Record<string, string> = {},
) =>
  app.raw(path, {
    method: "POST",
    headers: { authorization: `Bearer ${app.key}`, ...(type !== null && { "content-type": type }), ...more },
    body,
    ...({ duplex: "half" } as object),
  });

describe("a body that is no JSON is refused", () => {
  const broken = new Uint8Array([
    ...new TextEncoder().encode('{"name":"'),
    0xc3,
    0x28,
    ...new TextEncoder().encode('"}'),
  ]);
  test.each<[string, BodyInit | null]>([
    ["nothing", null],
    ["an empty text", ""],
    ["half an object", '{"name":'],
    ["something after it", '{"name":"a"}}'],
    ["broken UTF-8", broken],
    ["65 levels", `{"name":${"[".repeat(65)}${"]".repeat(65)}}`],
    ["__proto__", '{"name":"a","__proto__":{"x":1}}'],
    ["__proto__ within", '{"name":"a","attributes":{"__proto__":"x"}}'],
    ["a hidden __proto__", '{"name":"a","attributes":{"\\u005f_proto__":"x"}}'],
  ])("%s", async (_, body) => {
    expect(await refused(await post("/v1/products", body))).toEqual([""]);
  });

  test("by its type", async () => {
    for (const type of [
      "text/plain",
      "application/x-www-form-urlencoded",
      "application/json; charset=latin1",
    ])
      await refused(await post("/v1/products", '{"name":"a"}', type), 415);
    await refused(await post("/v1/products", new TextEncoder().encode('{"name":"a"}'), null), 415);
    await refused(
      await post("/v1/products", '{"name":"a"}', "application/json", { "content-encoding": "gzip" }),
      415,
    );
  });

  test("by its size, told before or counted while it comes", async () => {
    const large = JSON.stringify({ name: "a", description: "x".repeat(10_000) });
    await refused(await post("/v1/products", large), 413);
    const chunked = new Blob([large]).stream();
    await refused(await post("/v1/products", chunked), 413);
  });
});

describe("values that are not what they should be are refused, every one by its path", () => {
  test.each<[string, unknown, string[]]>([
    ["no object", [1], [""]],
    ["null", null, [""]],
    ["no name", {}, ["name"]],
    ["wrong types", { name: 1, price: {}, quantity: "4" }, ["name", "price", "quantity"]],
    ["unknown fields", { name: "a", nmae: "b", id: 3, version: 1 }, ["nmae", "id", "version"]],
    ["NUL", { name: "a\0b" }, ["name"]],
    ["half a surrogate pair", { name: "a\ud800" }, ["name"]],
    ["too many decimals", { name: "a", price: "1.999" }, ["price"]],
    ["a negative price", { name: "a", price: -1 }, ["price"]],
    ["a price of many digits", { name: "a", price: "99999999999.00" }, ["price"]],
    ["beyond safe integers", { name: "a", quantity: 1e300 }, ["quantity"]],
    ["half a unit", { name: "a", quantity: 1.5 }, ["quantity"]],
    ["too long", { name: "x".repeat(201), category: "y".repeat(201) }, ["name", "category"]],
    ["a currency that is none", { name: "a", currency: "XYZ" }, ["currency"]],
    ["an attribute that is an object", { name: "a", attributes: { size: {} } }, ["attributes.size"]],
  ])("a product with %s", async (_, body, paths) => {
    expect((await refused(await app.ask("POST", "/v1/products", body))).sort()).toEqual(paths.sort());
  });

  test.each<[string, unknown]>([
    ["no lines", { lines: [] }],
    ["nothing sold", { lines: [{ productId: 1, quantity: 0 }] }],
    ["an id as text", { lines: [{ productId: "1", quantity: 1 }] }],
    ["a time without a zone", { soldAt: "2026-01-01T00:00:00", lines: [{ productId: 1, quantity: 1 }] }],
    ["a time ahead", { soldAt: "2999-01-01T00:00:00Z", lines: [{ productId: 1, quantity: 1 }] }],
  ])("a sale with %s", async (_, body) => {
    await refused(await app.ask("POST", "/v1/sales", body));
    await refused(await app.ask("POST", "/v1/returns", body));
  });

  test.each<[string, unknown]>([
    ["both ways", { adjust: 1, count: 1, reason: "x" }],
    ["no way", { reason: "x" }],
    ["nothing", { adjust: 0, reason: "x" }],
    ["no reason", { adjust: 1 }],
  ])("stock changed %s", async (_, body) => {
    await refused(await app.ask("POST", "/v1/products/1/stock", body));
  });

  test.each<[string, unknown, number]>([
    ["of our own type", { type: "sale.recorded", payload: {} }, 400],
    ["without a noun", { type: "said", payload: {} }, 400],
    ["with a list as payload", { type: "acme.said", payload: [] }, 400],
  ])("an event %s", async (_, body, status) => {
    await refused(await app.ask("POST", "/v1/events", body), status);
  });

  test.each<[unknown]>([
    [{ ttl: "2 weeks" }],
    [{ ttl: 60 }],
    [{ ttl: "25h" }],
    [{ ttl: "1ms" }],
    [{ hours: 1 }],
    [[]],
  ])("a stream token for %j", async (body) => {
    await refused(await app.ask("POST", "/v1/stream-tokens", body));
  });
});

describe("addresses that are not right are refused", () => {
  test.each(["abc", "0", "-1", "1.5", "01", "1e3", "99999999999999999999", "%00", "1%20"])(
    "the id %s",
    async (id) => {
      for (const path of [
        `/v1/products/${id}`,
        `/v1/products/${id}/stock/movements`,
        `/v1/products/${id}/sales/daily`,
      ])
        expect(await refused(await app.ask("GET", path))).toEqual(["id"]);
      expect(await refused(await app.ask("DELETE", `/v1/products/${id}`))).toEqual(["id"]);
    },
  );

  test.each<[string, string[]]>([
    ["/v1/products?limit=abc", ["limit"]],
    ["/v1/products?limit=0", ["limit"]],
    ["/v1/products?limit=201", ["limit"]],
    ["/v1/products?limit=1&limit=2", ["limit"]],
    ["/v1/products?lmit=1&sort=weight&limit=x", ["lmit", "limit", "sort"]],
    ["/v1/products?maxQuantity=-1", ["maxQuantity"]],
    ["/v1/products?cursor=nonsense", ["cursor"]],
    ["/v1/products?search=%ff", [""]],
    ["/v1/products?search=%00", ["search"]],
    ["/v1/products?__proto__=1", ["__proto__"]],
    ["/v1/products?stockoutWithin=0", ["stockoutWithin"]],
    ["/v1/sales?from=yesterday", ["from"]],
    ["/v1/sales?productId=x", ["productId"]],
    ["/v1/products/1/sales/daily?from=2026-13-01", ["from"]],
    ["/v1/events?after=nonsense", ["after"]],
    ["/v1/events?types=", ["types"]],
    ["/v1/events?types=sale.recorded,Nonsense!", ["types.1"]],
    ["/v1/events/stream?after=nonsense", ["after"]],
    ["/v1/events/stream?types=x", ["types.0"]],
    ["/v1/exports/products?format=csv", ["format"]],
    ["/health/live?x=1", ["x"]],
  ])("%s", async (path, paths) => {
    expect((await refused(await app.ask("GET", path))).sort()).toEqual(paths.sort());
  });

  test("a malformed Last-Event-ID", async () => {
    await refused(await app.ask("GET", "/v1/events/stream", undefined, { "last-event-id": "nonsense" }));
  });

  test("a key of a file that leads elsewhere", async () => {
    for (const key of ["..%2f..%2fetc%2fpasswd", "%00", "x".repeat(500), `${"0".repeat(64)}.svg`])
      expect((await app.raw(`/v1/files/${key}`)).status).toBe(404);
  });
});

describe("files that are not right", () => {
  const headers = () => ({ authorization: `Bearer ${app.key}` });
  const image = (body: Uint8Array<ArrayBuffer>) =>
    app.raw("/v1/products/1/image", {
      method: "PUT",
      headers: { ...headers(), "content-type": "image/png" },
      body,
    });

  test("an image that is none, none at all, or too large", async () => {
    await refused(await image(new TextEncoder().encode("<svg onload=alert(1)>")), 415);
    await refused(await image(new Uint8Array(0)));
    await refused(await image(new Uint8Array(2_001)), 413);
  });

  test("an import of a type that is none, or with unknown columns", async () => {
    await refused(await post("/v1/imports/products", "a", "application/json"), 415);
    await refused(await post("/v1/imports/products", "a", null), 415);
    await refused(await post("/v1/imports/products", "sku,name,colour\na,b,c\n", "text/csv"));
    await refused(await post("/v1/imports/products?dryRun=maybe", "sku,name\n", "text/csv"));
  });

  test("an import that is too large, told before or counted while it comes", async () => {
    const large = `sku,name\n${"X-1,Same\n".repeat(2_000)}`;
    const whole = await post("/v1/imports/products", large, "text/csv", {
      "content-length": String(large.length),
    });
    expect(await refused(whole, 413)).toEqual([]);
    const streamed = await post("/v1/imports/products?dryRun=true", new Blob([large]).stream(), "text/csv");
    expect(await refused(streamed, 413)).toEqual([]);
  });

  test("bad rows are told by number while good ones go in", async () => {
    const csv = "sku,name,price\nOK-1,One,1.00\nBAD,,x\nOK-2,Two,2.00\n";
    const response = await post("/v1/imports/products", csv, "text/csv");
    const result = (await response.json()) as { created: number; failed: number; errors: { row: number }[] };
    expect([response.status, result.created, result.failed]).toEqual([200, 2, 1]);
    expect(result.errors.every(({ row }) => row === 2)).toBe(true);
  });
});

test("a fault of ours says nothing but the request id, and stands in the log", async () => {
  const logged: object[] = [];
  const logger = { debug() {}, info() {}, warn() {}, error: (fields: object) => void logged.push(fields) };
  const failing = await testApp({ logger });
  failing.amused.services.products.list = () => Promise.reject(new Error("secret details"));
  const response = await failing.ask("GET", "/v1/products");
  const text = await response.text();
  expect(response.status).toBe(500);
  expect(text).not.toContain("secret");
  expect(JSON.parse(text)).toMatchObject({
    code: "internal",
    requestId: response.headers.get("x-request-id"),
  });
  expect(logged).toEqual([
    expect.objectContaining({ err: expect.objectContaining({ message: "secret details" }) }),
  ]);
});

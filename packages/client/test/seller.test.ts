import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";
import type { Seller } from "../src/index.ts";
import { clientOf, fakeServer, json, page, problem, rejection, tea } from "./support/fake-server.ts";

beforeEach(() => void vi.spyOn(Math, "random").mockReturnValue(0));
afterEach(() => vi.restoreAllMocks());

const csv = "sku,name\nTEA-1,Tea\n";
const png = new Blob(["png"], { type: "image/png" });

describe("each method is one request", () => {
  const calls: [string, (shop: Seller) => PromiseLike<unknown>, string, string?, Record<string, string>?][] =
    [
      [
        "products.create",
        (s) => s.products.create({ name: "x" }),
        "POST /v1/products",
        '{"name":"x"}',
        { "content-type": "application/json" },
      ],
      ["products.get", (s) => s.products.get(7), "GET /v1/products/7"],
      [
        "products.update",
        (s) => s.products.update(7, { name: "y" }, { ifVersion: 3 }),
        "PATCH /v1/products/7",
        '{"name":"y"}',
        { "if-match": '"3"' },
      ],
      [
        "products.delete",
        (s) => s.products.delete(7, { ifVersion: 0 }),
        "DELETE /v1/products/7",
        "",
        { "if-match": '"0"' },
      ],
      ["products.list", (s) => s.products.list(), "GET /v1/products"],
      [
        "products.list, asked for",
        (s) => s.products.list({ limit: 2, search: "a b&c", cursor: "c1", sort: "-price" }),
        "GET /v1/products?limit=2&search=a+b%26c&cursor=c1&sort=-price",
      ],
      [
        "products.setImage of bytes",
        (s) => s.products.setImage(7, new TextEncoder().encode("gif"), { ifVersion: 1 }),
        "PUT /v1/products/7/image",
        "gif",
        { "if-match": '"1"' },
      ],
      [
        "products.setImage of a blob",
        (s) => s.products.setImage(7, png),
        "PUT /v1/products/7/image",
        "png",
        { "content-type": "image/png" },
      ],
      [
        "products.import",
        (s) => s.products.import(csv),
        "POST /v1/imports/products",
        csv,
        { "content-type": "text/csv" },
      ],
      [
        "products.import, dry",
        (s) => s.products.import("{}", { format: "ndjson", dryRun: true }),
        "POST /v1/imports/products?dryRun=true",
        "{}",
        { "content-type": "application/x-ndjson" },
      ],
      [
        "stock.adjust",
        (s) => s.stock.adjust(7, { adjust: -2, reason: "broken", expected: 5 }),
        "POST /v1/products/7/stock",
        '{"adjust":-2,"reason":"broken","expected":5}',
      ],
      [
        "stock.count",
        (s) => s.stock.count(7, { count: 4, reason: "shelf" }),
        "POST /v1/products/7/stock",
        '{"count":4,"reason":"shelf"}',
      ],
      [
        "stock.movements",
        (s) => s.stock.movements(7, { limit: 5 }),
        "GET /v1/products/7/stock/movements?limit=5",
      ],
      [
        "sales.record",
        (s) => s.sales.record({ lines: [{ productId: 7, quantity: 1 }] }),
        "POST /v1/sales",
        '{"lines":[{"productId":7,"quantity":1}]}',
      ],
      [
        "sales.return",
        (s) => s.sales.return({ lines: [{ productId: 7, quantity: 1 }] }),
        "POST /v1/returns",
        '{"lines":[{"productId":7,"quantity":1}]}',
      ],
      [
        "sales.list",
        (s) => s.sales.list({ productId: 7, from: "2026-01-01" }),
        "GET /v1/sales?productId=7&from=2026-01-01",
      ],
      [
        "sales.daily",
        (s) => s.sales.daily(7, { to: "2026-01-31" }),
        "GET /v1/products/7/sales/daily?to=2026-01-31",
      ],
      [
        "sales.import",
        (s) => s.sales.import(new TextEncoder().encode(csv)),
        "POST /v1/imports/sales",
        csv,
        { "content-type": "text/csv" },
      ],
      [
        "events.list",
        (s) => s.events.list({ types: ["sale.*", "stock.adjusted"], after: "start" }),
        "GET /v1/events?types=sale.*%2Cstock.adjusted&after=start",
      ],
      [
        "events.publish",
        (s) => s.events.publish({ type: "acme.opened", payload: {} } as never),
        "POST /v1/events",
        '{"type":"acme.opened","payload":{}}',
      ],
    ];
  test.each(calls)("%s", async (_, call, line, body = "", headers = {}) => {
    const answer = { items: [], nextCursor: null };
    const server = fakeServer(json(answer));
    expect(await call(clientOf(server))).toMatchObject(answer);
    expect(server.sent).toHaveLength(1);
    const [sent] = server.sent;
    expect(`${sent?.method} ${sent?.url.pathname}${sent?.url.search}`).toBe(line);
    expect(sent?.body).toBe(body);
    expect(Object.fromEntries(sent?.headers ?? [])).toMatchObject({
      ...headers,
      authorization: "Bearer secret-key",
    });
  });

  test("a 204 is nothing", async () => {
    expect(
      await clientOf(fakeServer(new Response(null, { status: 204 }))).products.delete(7),
    ).toBeUndefined();
  });
});

describe("lists", () => {
  const pages = () => fakeServer(page([1, 2], "c2"), page([], "c3"), page([3]));

  test("ask for nothing before they are used", async () => {
    const server = pages();
    void clientOf(server).products.list();
    await Promise.resolve();
    expect(server.sent).toHaveLength(0);
  });

  test("are one page when awaited, which is fetched once however often", async () => {
    const server = pages();
    const list = clientOf(server).products.list();
    expect(await list).toEqual({ items: [1, 2], nextCursor: "c2", asOf: "e.9" });
    expect(await list).toEqual(await list);
    expect(server.sent).toHaveLength(1);
  });

  test("have the cursor of their answer also where they are no listing, and none where it was taken off", async () => {
    const server = fakeServer(page([], null, "e.4"), json({ items: [], nextCursor: null }));
    expect(await clientOf(server).sales.daily(7)).toEqual({ items: [], nextCursor: null, asOf: "e.4" });
    expect(await clientOf(server).sales.list()).toEqual({ items: [], nextCursor: null, asOf: "" });
  });

  test("are everything when iterated, with the same filters on every page", async () => {
    const server = pages();
    const seen: unknown[] = [];
    for await (const one of clientOf(server).products.list({ category: "Tea" })) seen.push(one);
    expect(seen).toEqual([1, 2, 3]);
    expect(server.sent.map(({ url }) => url.search)).toEqual([
      "?category=Tea",
      "?category=Tea&cursor=c2",
      "?category=Tea&cursor=c3",
    ]);
  });

  test("fetch no page that nobody gets to", async () => {
    const server = pages();
    for await (const _ of clientOf(server).products.list()) break;
    expect(server.sent).toHaveLength(1);
  });

  test("throw what went wrong", async () => {
    expect(
      await rejection(clientOf(fakeServer(problem(404, { code: "not_found" }))).stock.movements(9)),
    ).toMatchObject({ code: "not_found" });
  });
});

describe("imports", () => {
  const result = { created: 1, updated: 0, skipped: 0, failed: 0, errors: [] };
  const whole = async (request: Request) => {
    await request.clone().arrayBuffer();
    return json({ text: await request.text() });
  };
  async function* pieces() {
    yield "sku,name\n";
    yield new TextEncoder().encode("TEA-1,Tée\n");
  }

  test("send text and bytes as they come", async () => {
    expect(await clientOf(fakeServer(whole)).products.import(pieces())).toEqual({
      text: "sku,name\nTEA-1,Tée\n",
    });
  });

  test("send a stream of bytes", async () => {
    const stream = new Blob([csv]).stream();
    expect(await clientOf(fakeServer(whole)).sales.import(stream)).toEqual({ text: csv });
  });

  test("do not read ahead of the server", async () => {
    let made = 0;
    async function* endless() {
      for (;;) {
        made++;
        yield "x".repeat(1000);
      }
    }
    const server = fakeServer(async (request) => {
      const reader = request.body?.getReader();
      for (let i = 0; i < 5; i++) await reader?.read();
      await reader?.cancel();
      return json(result);
    });
    await clientOf(server).products.import(endless());
    expect(made).toBeLessThan(10);
  });

  test("of a file that is held are sent again when that can help", async () => {
    const server = fakeServer(problem(503, { code: "unavailable" }), json(result));
    expect(await clientOf(server).products.import(csv)).toEqual(result);
    expect(server.sent.map(({ body }) => body)).toEqual([csv, csv]);
  });

  test.each([
    problem(503, { code: "unavailable" }),
    problem(401, { code: "unauthenticated" }),
    new TypeError("fetch failed"),
  ])("of a stream are sent once %#", async (answer) => {
    const server = fakeServer(answer);
    await rejection(clientOf(server, { apiKey: async () => "k" }).products.import(pieces()));
    expect(server.sent).toHaveLength(1);
  });

  test("in a browser are gathered first, because it sends no streams over HTTP/1", async () => {
    vi.stubGlobal("navigator", { userAgent: "Mozilla/5.0" });
    try {
      const server = fakeServer(problem(503, { code: "unavailable" }), whole);
      expect(await clientOf(server).products.import(pieces())).toEqual({ text: "sku,name\nTEA-1,Tée\n" });
    } finally {
      vi.unstubAllGlobals();
    }
  });
});

describe("exports", () => {
  const body = (...left: (string | Error)[]) =>
    new ReadableStream({
      pull(to) {
        const next = left.shift();
        if (next instanceof Error) to.error(next);
        else if (next === undefined) to.close();
        else to.enqueue(new TextEncoder().encode(next));
      },
    });

  test.each([
    ["csv", "text/csv"],
    ["ndjson", "application/x-ndjson"],
  ] as const)("are streams of %s", async (format, type) => {
    const server = fakeServer(() => new Response(body("sku,", "name\n")));
    expect(await new Response(clientOf(server).products.export({ format })).text()).toBe("sku,name\n");
    expect(server.sent[0]?.url.pathname).toBe("/v1/exports/products");
    expect(server.sent[0]?.headers.get("accept")).toBe(type);
  });

  test("say what went wrong to their reader", async () => {
    const server = fakeServer(problem(403, { code: "forbidden" }));
    const reader = clientOf(server).sales.export().getReader();
    await new Promise((resolve) => setTimeout(resolve));
    expect(await rejection(reader.read())).toMatchObject({ code: "forbidden" });
  });

  test("that break off are not taken for whole", async () => {
    const server = fakeServer(() => new Response(body("sku,name\n", new TypeError("terminated"))));
    const text = new Response(clientOf(server).products.export()).text();
    expect(await rejection(text)).toMatchObject({ code: "unavailable", cause: { message: "terminated" } });
  });

  test("end the connection when their reader leaves", async () => {
    const cancelled = vi.fn();
    const server = fakeServer(
      () =>
        new Response(new ReadableStream({ pull: (to) => to.enqueue(new Uint8Array(9)), cancel: cancelled })),
    );
    const reader = clientOf(server).products.export().getReader();
    await reader.read();
    await reader.cancel();
    await vi.waitFor(() => expect(cancelled).toHaveBeenCalled());
  });

  test("throw the signal's reason", async () => {
    const abort = new AbortController();
    const reason = new Error("left");
    const cancelled = vi.fn();
    const server = fakeServer(() => new Response(new ReadableStream({ cancel: cancelled })));
    const reading = rejection(clientOf(server).products.export({ signal: abort.signal }).getReader().read());
    await vi.waitFor(() => expect(server.sent).toHaveLength(1));
    abort.abort(reason);
    expect(await reading).toBe(reason);
    expect(cancelled).toHaveBeenCalled();
  });
});

test("the global fetch is used where none is given", async () => {
  const { createClient } = await import("../src/index.ts");
  const fetch = vi.spyOn(globalThis, "fetch").mockImplementation(async () => json(tea));
  expect(await createClient({ baseUrl: "https://amused.test", token: "t" }).products.get(7)).toEqual(tea);
  const [[request] = []] = fetch.mock.calls as unknown as [Request][];
  expect(request?.headers.get("authorization")).toBe("Bearer t");
});

import { connect } from "node:net";
import { createAmused, memoryStore } from "@amused/core";
import { createApp } from "@amused/server";
import { describe, expect, onTestFinished, test, vi } from "vitest";
import { listen } from "../src/cli/listen.ts";
import { addressOf } from "../src/limits/address.ts";
import { adminKey, nodeHost, problemOf, served, testApp } from "./support/app.ts";

const hour = 3_600_000;
const as = (key: string, more: Record<string, string> = {}) => ({
  headers: { authorization: `Bearer ${key}`, ...more },
});
const codeOf = async (response: Response) => [response.status, (await problemOf(response)).code];

describe("what a key may ask", () => {
  test("is said in every answer, good or bad, as the draft of the IETF writes it", async () => {
    const app = await testApp({ rateLimit: { limit: 3, windowMs: hour }, corsOrigins: ["*"] });
    const answers = [
      await app.ask("GET", "/v1/products"),
      await app.ask("GET", "/v1/products/999"),
      await app.ask("POST", "/v1/products", {}),
      await app.ask("GET", "/v1/products"),
    ];
    expect(answers.map(({ status }) => status)).toEqual([200, 404, 400, 429]);
    expect(answers.map(({ headers }) => headers.get("ratelimit-policy"))).toEqual(
      Array(4).fill('"default";q=3;w=3600'),
    );
    expect(answers.map(({ headers }) => headers.get("ratelimit")?.replace(/t=\d+$/, ""))).toEqual(
      [2, 1, 0, 0].map((left) => `"default";r=${left};`),
    );
    const [refused] = answers.slice(-1) as [Response];
    const seconds = Number(/t=(\d+)$/.exec(refused.headers.get("ratelimit") ?? "")?.[1]);
    expect(seconds).toBeGreaterThan(3_500);
    expect(refused.headers.get("retry-after")).toBe(String(seconds));
    const page = await app.ask("GET", "/v1/products", undefined, { origin: "https://shop.example" });
    expect(page.headers.get("access-control-expose-headers")).toMatch(
      /RateLimit, RateLimit-Policy, Retry-After/,
    );
  });

  test("is less where much is asked, and the last of it may cost more than is left", async () => {
    const app = await testApp({ rateLimit: { limit: 22, windowMs: hour } });
    const left = async (path: string) => {
      const { status, headers } = await app.ask("GET", path);
      return [status, Number(/r=(\d+)/.exec(headers.get("ratelimit") ?? "")?.[1])];
    };
    expect(await left("/v1/products")).toEqual([200, 21]);
    expect(await left("/v1/exports/products")).toEqual([200, 1]);
    expect(await left("/v1/exports/products")).toEqual([200, 0]);
    expect(await left("/v1/products")).toEqual([429, 0]);
  });

  test("does not multiply with a seller's keys, and other sellers have theirs", async () => {
    const rate = { limit: 3, windowMs: hour };
    const app = await testApp({ rateLimit: rate, sellerRateLimit: { ...rate, limit: 4 } });
    const [second, other] = [await app.keyOf("acme"), await app.keyOf("other")];
    for (let n = 0; n < 3; n++) expect((await app.ask("GET", "/v1/products")).status).toBe(200);
    // What one key was refused is not on the others' account.
    for (let n = 0; n < 5; n++) expect((await app.ask("GET", "/v1/products")).status).toBe(429);
    expect((await app.raw("/v1/products", as(second))).status).toBe(200);
    const refused = await app.raw("/v1/products", as(second));
    expect(refused.status).toBe(429);
    expect(refused.headers.get("ratelimit-policy")).toBe('"seller";q=4;w=3600');
    expect((await app.raw("/v1/products", as(other))).status).toBe(200);
    expect((await app.raw("/v1/products?sellerId=acme", as(adminKey))).status).toBe(200);
  });

  test("is ten times as much for a seller when nothing else is said, and as much as its keys ask when it is off", async () => {
    const rateLimit = { limit: 1, windowMs: hour };
    for (const [options, allowed] of [
      [{ rateLimit }, 10],
      [{ rateLimit, sellerRateLimit: "off" }, 12],
    ] as const) {
      const app = await testApp(options);
      const keys = await Promise.all(Array.from({ length: 12 }, () => app.keyOf("acme")));
      const answers = await Promise.all(keys.map((key) => app.raw("/v1/products", as(key))));
      expect(answers.filter(({ status }) => status === 200)).toHaveLength(allowed);
    }
  });

  test("counts a stream once, and health never", async () => {
    const app = await testApp({ rateLimit: { limit: 2, windowMs: hour }, heartbeat: 100 });
    const stream = await app.ask("GET", "/v1/events/stream");
    const reader = (stream.body as ReadableStream<Uint8Array>).getReader();
    for (let n = 0; n < 3; n++) await reader.read();
    for (let n = 0; n < 10; n++) expect((await app.raw("/health/live", as(app.key))).status).toBe(200);
    expect((await app.ask("GET", "/v1/products")).status).toBe(200);
    expect((await app.ask("GET", "/v1/products")).status).toBe(429);
    await reader.cancel();
  });

  test("of many at once lets in no more than it says", async () => {
    const app = await testApp({ rateLimit: { limit: 10, windowMs: hour } });
    const answers = await Promise.all(Array.from({ length: 50 }, () => app.ask("GET", "/v1/products")));
    expect(answers.filter(({ status }) => status === 200)).toHaveLength(10);
  });
});

test("whoever goes on when they are refused waits a moment for each refusal", async () => {
  vi.useFakeTimers();
  onTestFinished(() => void vi.useRealTimers());
  const app = await testApp({ rateLimit: { limit: 1, windowMs: hour } });
  expect((await app.ask("GET", "/v1/products")).status).toBe(200);
  let answered = false;
  const refused = app.ask("GET", "/v1/products").finally(() => {
    answered = true;
  });
  await vi.advanceTimersByTimeAsync(99);
  expect(answered).toBe(false);
  await vi.advanceTimersByTimeAsync(1);
  expect((await refused).status).toBe(429);
});

describe("somebody who guesses keys", () => {
  test("is refused before the store is asked, on every route, and a good key takes nothing back", async () => {
    const store = memoryStore();
    let asked = 0;
    const keys: typeof store.keys = {
      ...store.keys,
      find(hash) {
        asked++;
        return store.keys.find(hash);
      },
    };
    const amused = await createAmused({ store: { ...store, keys } });
    const authFailures = { limit: 5, windowMs: hour };
    const url = await served(
      createApp(amused, { adminKey, authFailures, metricsToken: "a-token-for-metrics" }),
    );
    const { key } = await amused.keys.create({ sellerId: "acme", scopes: ["read"] });
    const { key: later } = await amused.keys.create({ sellerId: "acme", scopes: ["read"] });
    const guess = async (n: number, path = "/v1/products") =>
      (await fetch(url + path, as(`amk_${String(n).padStart(8, "0")}_guess`))).status;

    for (let n = 0; n < 4; n++) expect(await guess(n)).toBe(401);
    expect((await fetch(`${url}/v1/products`, as(key))).status).toBe(200);
    expect(await guess(4, "/v1/events/stream")).toBe(401);
    const before = asked;
    for (const path of ["/v1/products", "/v1/keys", "/v1/events/stream", "/metrics"])
      expect([path, await guess(9, path)]).toEqual([path, 429]);
    const refused = await fetch(`${url}/v1/products?token=guess`);
    expect(await codeOf(refused)).toEqual([429, "rate_limited"]);
    expect(Number(refused.headers.get("retry-after"))).toBeGreaterThan(3_000);
    // A key that nobody has seen yet could be the one that was guessed.
    expect((await fetch(`${url}/v1/products`, as(later))).status).toBe(429);
    expect((await fetch(`${url}/metrics`, as("a-token-for-metrics"))).status).toBe(429);
    expect(asked).toBe(before);

    // Whoever was in before stays in, and who shows nothing is told to.
    expect((await fetch(`${url}/v1/products`, as(key))).status).toBe(200);
    expect((await fetch(`${url}/v1/products`)).status).toBe(401);
    expect((await fetch(`${url}/health/ready`)).status).toBe(200);
    await amused.close();
  });

  test("can not have a guess vouched for by a good token beside it", async () => {
    const app = await testApp({ authFailures: { limit: 3, windowMs: hour } }, nodeHost);
    const { token } = (await (await app.ask("POST", "/v1/stream-tokens")).json()) as { token: string };
    const statuses = [];
    for (let n = 0; n < 6; n++) {
      const stream = `/v1/events/stream?token=${token}`;
      expect((await app.raw(stream, { method: "HEAD" })).status).toBe(200);
      statuses.push((await app.raw(`/v1/products?token=${token}`, as(`guess-${n}`))).status);
    }
    expect(statuses).toEqual([401, 401, 401, 429, 429, 429]);
  });

  test("with a key that was revoked is one of them", async () => {
    const app = await testApp({ authFailures: { limit: 3, windowMs: hour } }, nodeHost);
    const { id } = await app.amused.keys.create({ sellerId: "acme", scopes: ["read"] });
    expect((await app.ask("GET", "/v1/products")).status).toBe(200);
    const { items } = await app.amused.keys.list();
    for (const key of items) if (key.id !== id) await app.amused.keys.revoke(key.id);
    const statuses = [];
    for (let n = 0; n < 6; n++) statuses.push((await app.ask("GET", "/v1/products")).status);
    expect(statuses.slice(0, 3)).toEqual([401, 401, 401]);
    expect(statuses.at(-1)).toBe(429);
  });

  test("is known by the address that the trusted proxies saw, whatever else is claimed", async () => {
    const app = await testApp({ authFailures: { limit: 2, windowMs: hour }, trustedProxies: 2 }, nodeHost);
    const from = async (forwarded: string) =>
      (await app.raw("/v1/products", as("guess", { "x-forwarded-for": forwarded }))).status;
    expect(await from("1.1.1.1, 9.9.9.9, 10.0.0.1")).toBe(401);
    expect(await from("2.2.2.2, 9.9.9.9, 10.0.0.1")).toBe(401);
    expect(await from("3.3.3.3, 9.9.9.9, 10.0.0.1")).toBe(429);
    expect(await from("1.1.1.1, 8.8.8.8, 10.0.0.1")).toBe(401);
  });

  test.each([
    [0, "1.2.3.4", "127.0.0.1", "127.0.0.1"],
    [0, null, "::ffff:10.1.2.3", "10.1.2.3"],
    [1, "1.2.3.4", "127.0.0.1", "1.2.3.4"],
    [1, "6.6.6.6, 1.2.3.4", "127.0.0.1", "1.2.3.4"],
    [1, "1.2.3.4:5678", "127.0.0.1", "1.2.3.4"],
    [2, "1.2.3.4", "127.0.0.1", "127.0.0.1"],
    [1, null, "127.0.0.1", "127.0.0.1"],
    [0, null, "2001:db8:1:2:3:4:5:6", "2001:db8:1:2"],
    [0, null, "2001:DB8:1:2::9", "2001:db8:1:2"],
    [0, null, "fe80::1%eth0", "fe80:0:0:0"],
    [0, null, "::1", "0:0:0:0"],
    [1, "[2001:db8::7]:443", "127.0.0.1", "2001:db8:0:0"],
  ])(
    "behind %i proxies that say %s, to a socket of %s, comes from %s",
    (proxies, said, remoteAddress, is) => {
      const request = new Request("http://x", { headers: said === null ? {} : { "x-forwarded-for": said } });
      expect(addressOf(request, { incoming: { socket: { remoteAddress } } }, proxies)).toBe(is);
      expect(addressOf(request, undefined, 0)).toBeNull();
    },
  );
});

describe("imports at once", () => {
  test("are so many for a seller and so many in all, and one that ends or breaks off makes room", async () => {
    const app = await testApp({ imports: 3, importsPerSeller: 2 });
    const keys = { acme: app.key, b: await app.keyOf("b"), c: await app.keyOf("c") };
    const running: { end(): void; error(): void; answer: Promise<Response> }[] = [];
    /** Begins one; `null` when it is let in, which shows by its body being read. */
    const begin = async (seller: keyof typeof keys) => {
      let body!: ReadableStreamDefaultController<Uint8Array>;
      let read = (_: null) => {};
      const isRead = new Promise<null>((resolve) => {
        read = resolve;
      });
      const source = {
        start(controller: ReadableStreamDefaultController<Uint8Array>) {
          body = controller;
        },
        pull: () => read(null),
      };
      const answer = app.raw("/v1/imports/products", {
        ...as(keys[seller], { "content-type": "text/csv" }),
        ...{ method: "POST", body: new ReadableStream(source, { highWaterMark: 0 }), duplex: "half" },
      } as RequestInit);
      const refused = await Promise.race([answer, isRead]);
      if (refused === null) {
        body.enqueue(new TextEncoder().encode("sku,name\n"));
        running.push({ end: () => body.close(), error: () => body.error(new Error()), answer });
      }
      return refused;
    };
    expect([await begin("acme"), await begin("acme")]).toEqual([null, null]);
    const third = (await begin("acme")) as Response;
    expect(await codeOf(third)).toEqual([429, "rate_limited"]);
    expect(Number(third.headers.get("retry-after"))).toBeGreaterThan(0);
    expect(await begin("b")).toBeNull();
    const fourth = (await begin("c")) as Response;
    expect(await codeOf(fourth)).toEqual([503, "unavailable"]);
    expect(Number(fourth.headers.get("retry-after"))).toBeGreaterThan(0);

    running[0]?.end();
    expect((await running[0]?.answer)?.status).toBe(200);
    running[1]?.error();
    expect((await running[1]?.answer)?.status).toBe(400);
    expect([await begin("acme"), await begin("c")]).toEqual([null, null]);
    for (const one of running.slice(2)) one.end();
    for (const one of running.slice(2)) expect((await one.answer)?.status).toBe(200);
  });
});

describe("time", () => {
  test("of an answer is bounded, and the same key says what became of it", async () => {
    const store = memoryStore();
    let hold: Promise<void> | undefined;
    let release = () => {};
    const products: typeof store.products = {
      ...store.products,
      async create(...about) {
        const written = await store.products.create(...about);
        await hold;
        return written;
      },
    };
    const amused = await createAmused({ store: { ...store, products } });
    const app = createApp(amused, { adminKey, requestTimeout: 200 });
    const create = () =>
      app.request("/v1/products?sellerId=acme", {
        ...as(adminKey, { "content-type": "application/json", "idempotency-key": "once" }),
        ...{ method: "POST", body: '{"name":"Tea"}' },
      });
    hold = new Promise((resolve) => {
      release = resolve;
    });
    const late = await create();
    expect(await codeOf(late)).toEqual([503, "unavailable"]);
    expect(late.headers.get("retry-after")).toBe("5");
    hold = undefined;
    release();
    const again = await create();
    expect([again.status, again.headers.get("idempotency-replayed")]).toEqual([201, "true"]);
    expect((await amused.seller("acme").products.list()).items).toHaveLength(1);
    await amused.close();
  });

  test.each([
    ["whose length is told", { "content-length": "1000" }, '{"name":'],
    ["whose length is not", { "transfer-encoding": "chunked" }, '8\r\n{"name":\r\n'],
  ])(
    "in which nothing comes of a body %s is bounded, and the connection closed",
    async (_, headers, body) => {
      const amused = await createAmused({ store: memoryStore() });
      const app = createApp(amused, { adminKey, requestTimeout: 200 });
      const server = await listen(app.fetch, 0, "127.0.0.1");
      const head = Object.entries({ ...as(adminKey).headers, ...headers, "content-type": "application/json" })
        .map(([name, value]) => `${name}: ${value}\r\n`)
        .join("");
      const said = await raw(
        server.url,
        `POST /v1/products?sellerId=acme HTTP/1.1\r\nhost: x\r\n${head}\r\n${body}`,
      );
      expect(said).toMatch(/^HTTP\/1\.1 400 /);
      expect(said).toContain("did not come in time");
      await server.close(0);
      await amused.close();
    },
  );
});

describe("size", () => {
  test("of what a JSON body holds, to the edge", async () => {
    const app = await testApp({ bodyLimit: 200_000 });
    const send = (payload: string) =>
      app.raw("/v1/events", {
        ...as(app.key, { "content-type": "application/json" }),
        ...{ method: "POST", body: `{"type":"acme.noted","payload":{"all":${payload}}}` },
      });
    const all = (count: number) => `[${Array(count).fill(1).join(",")}]`;
    expect((await send(all(30_000))).status).toBe(201);
    // Within the commas of the text, but not of a string.
    expect((await send(`"${",".repeat(60_000)}"`)).status).toBe(201);
    expect((await send(all(50_001))).status).toBe(400);
    const deep = (levels: number) => "[".repeat(levels) + "]".repeat(levels);
    expect((await send(deep(32))).status).toBe(201);
    expect((await problemOf(await send(deep(33)))).detail).toContain("deeper than 32 levels");
    expect((await problemOf(await send(deep(62)))).detail).toContain("deeper than 32 levels");
    expect((await problemOf(await send(deep(63)))).detail).toContain("deeper than 64 levels");
  });

  test("of a query, to the edge", async () => {
    const app = await testApp();
    const ask = (length: number) => app.ask("GET", `/v1/products?search=${"x".repeat(length - 7)}`);
    const { errors } = await problemOf(await ask(8_001));
    expect(errors).toEqual([{ path: "", message: "the query is longer than 8000 characters" }]);
    const within = await problemOf(await ask(8_000));
    expect(within.errors?.[0]?.path).toBe("search");
  });

  test("of a header, and connections, to the edge", async () => {
    const amused = await createAmused({ store: memoryStore() });
    const server = await listen(createApp(amused).fetch, 0, "127.0.0.1", { connections: 2 });
    const ask = (padding: number) =>
      raw(
        server.url,
        `GET /health/live HTTP/1.1\r\nhost: x\r\nconnection: close\r\nx: ${"a".repeat(padding)}\r\n\r\n`,
      );
    expect(await ask(15_000)).toMatch(/^HTTP\/1\.1 200 /);
    expect(await ask(17_000)).toMatch(/^HTTP\/1\.1 431 /);
    const held = [connect(port(server.url), "127.0.0.1"), connect(port(server.url), "127.0.0.1")];
    for (const socket of held) await new Promise<void>((open) => socket.once("connect", open));
    expect(await ask(1)).toBe("");
    for (const socket of held) socket.destroy();
    await server.close(0);
    await amused.close();
  });

  test("of an imported file's width", async () => {
    const app = await testApp();
    const send = (columns: number) =>
      app.raw("/v1/imports/products", {
        ...as(app.key, { "content-type": "text/csv" }),
        method: "POST",
        body: `sku,name,${Array.from({ length: columns - 2 }, (_, n) => `attributes.a${n}`).join(",")}\n`,
      });
    expect((await send(1_000)).status).toBe(200);
    const refused = await send(1_001);
    expect(refused.status).toBe(400);
    expect((await problemOf(refused)).detail).toBe("has 1001 columns, more than 1,000");
  });
});

/** Sends text over a connection, and answers with all that comes back until it is closed. */
function raw(url: string, text: string): Promise<string> {
  return new Promise((resolve) => {
    let said = "";
    const socket = connect(port(url), "127.0.0.1", () => socket.write(text));
    socket.setEncoding("utf8").on("data", (piece: string) => {
      said += piece;
    });
    socket.on("error", () => {});
    socket.on("close", () => resolve(said));
  });
}

function port(url: string): number {
  return Number(new URL(url).port);
}

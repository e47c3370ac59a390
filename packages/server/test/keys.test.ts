import { createAmused, memoryStore } from "@amused/core";
import { createApp } from "@amused/server";
import { beforeAll, describe, expect, test } from "vitest";
import { adminKey, problemOf, type TestApp, testApp } from "./support/app.ts";
import { blocksOf, next, rest } from "./support/stream.ts";

let app: TestApp;
beforeAll(async () => {
  app = await testApp();
});

interface Made {
  id: number;
  key?: string;
  [field: string]: unknown;
}

const as = (key: string, more = {}) => ({ headers: { authorization: `Bearer ${key}`, ...more } });

async function admin(path: string, body?: unknown, more = {}): Promise<Response> {
  return app.raw(path, {
    ...as(adminKey, { "content-type": "application/json", ...more }),
    method: "POST",
    ...(body !== undefined && { body: JSON.stringify(body) }),
  });
}

async function make(body: object = {}): Promise<Required<Pick<Made, "key">> & Made> {
  return (await (await admin("/v1/keys", { sellerId: "acme", ...body })).json()) as Required<
    Pick<Made, "key">
  > &
    Made;
}

const status = async (key: string, path = "/v1/products") => (await app.raw(path, as(key))).status;

describe("rotating a key", () => {
  test("leaves two that live, of one seller, name and scopes, and says when the old one ends", async () => {
    const old = await make({ name: "till", scopes: ["write"] });
    const answer = await admin(`/v1/keys/${old.id}/rotate`);
    expect([answer.status, answer.headers.get("cache-control")]).toEqual([201, "no-store"]);
    const made = (await answer.json()) as Required<Made>;
    expect(made).toMatchObject({ sellerId: "acme", name: "till", scopes: ["write"], expiresAt: null });
    expect([await status(old.key), await status(made.key as string)]).toEqual([200, 200]);
    const listed = await app.raw("/v1/keys?sellerId=acme&limit=2", as(adminKey));
    const { items } = (await listed.json()) as { items: Made[] };
    expect(items).toMatchObject([
      { id: made.id, replacedBy: null },
      { id: old.id, replacedBy: made.id, lastUsedAt: expect.any(String) },
    ]);
    const day = Date.parse(items[1]?.expiresAt as string) - Date.now();
    expect(day).toBeGreaterThan(86_000_000);
    expect(day).toBeLessThanOrEqual(86_400_000);
  });

  test("with an overlap of 0 ends the old one at once", async () => {
    const old = await make();
    expect(await status(old.key)).toBe(200);
    const made = (await (
      await admin(`/v1/keys/${old.id}/rotate`, { overlap: "0s" })
    ).json()) as Required<Made>;
    expect([await status(old.key), await status(made.key)]).toEqual([401, 200]);
  });

  test.each<[object, string]>([
    [{ overlap: "31d" }, "overlap"],
    [{ overlap: 60 }, "overlap"],
    [{ overlap: "-1s" }, "overlap"],
    [{ expiresAt: "2020-01-01T00:00:00Z" }, "expiresAt"],
    [{ scopes: ["admin"] }, "scopes"],
  ])("%j is refused, and changes nothing", async (body, path) => {
    const { id } = await make();
    const refused = await admin(`/v1/keys/${id}/rotate`, body);
    expect([refused.status, (await problemOf(refused)).errors?.[0]?.path]).toEqual([400, path]);
    expect((await admin(`/v1/keys/${id}/rotate`)).status).toBe(201);
  });

  test("is for keys that are there, once for each, and for administrators", async () => {
    const old = await make();
    expect((await app.raw(`/v1/keys/${old.id}/rotate`, { ...as(old.key), method: "POST" })).status).toBe(403);
    expect((await admin("/v1/keys/999999/rotate")).status).toBe(404);
    const made = (await (await admin(`/v1/keys/${old.id}/rotate`)).json()) as Made;
    const again = await admin(`/v1/keys/${old.id}/rotate`);
    const { code, state, detail } = await problemOf(again);
    expect([again.status, code, state, detail]).toEqual([
      409,
      "conflict",
      "replaced",
      expect.stringContaining(`key ${made.id}`),
    ]);
  });

  test("under an idempotency key happens once, and neither it nor making one keeps the secret", async () => {
    const kept = { "idempotency-key": "rotate-1" };
    const { id } = await make();
    const path = `/v1/keys/${id}/rotate`;
    const [first, second] = [await admin(path, {}, kept), await admin(path, {}, kept)];
    const made = (await first.json()) as Required<Made>;
    const { key, ...shown } = made;
    expect([second.status, second.headers.get("idempotency-replayed"), await second.json()]).toEqual([
      201,
      "true",
      shown,
    ]);
    expect(await status(key)).toBe(200);

    const create = () => admin("/v1/keys", { sellerId: "acme" }, { "idempotency-key": "create-1" });
    const whole = (await (await create()).json()) as Required<Made>;
    const { key: _, ...rest } = whole;
    expect(await (await create()).json()).toEqual(rest);
  });
});

describe("on every node", { timeout: 20_000 }, () => {
  test("the streams of a key, and of its tokens, end within five seconds of its revocation or its end", async () => {
    const store = memoryStore();
    const [here, there] = [await createAmused({ store }), await createAmused({ store })];
    const streamTokenSecret = "a-secret-that-all-of-the-nodes-have";
    const node = createApp(here, { streamTokenSecret });
    const open = async (path: string, key?: string) => {
      const blocks = blocksOf(await node.request(path, key === undefined ? {} : as(key)));
      await next(blocks);
      return blocks;
    };
    const path = "/v1/events/stream?types=sale.recorded";
    const readers = async () => {
      const { id, key } = await here.keys.create({ sellerId: "acme", scopes: ["read"] });
      const made = await node.request("/v1/stream-tokens", { method: "POST", ...as(key) });
      const { token } = (await made.json()) as { token: string };
      return { id, streams: [await open(path, key), await open(`${path}&token=${token}`)] };
    };
    const [revoked, rotated, stays] = [await readers(), await readers(), await readers()];
    const from = Date.now();
    await there.keys.revoke(revoked.id);
    await there.keys.rotate(rotated.id, { overlap: 0 });
    for (const stream of [...revoked.streams, ...rotated.streams]) await rest(stream);
    expect(Date.now() - from).toBeLessThan(5_000);
    // A key that lives on for a while reads on.
    await there.keys.rotate(stays.id);
    const tea = await there.seller("acme").products.create({ name: "Tea", quantity: 1 });
    await there.seller("acme").sales.record({ lines: [{ productId: tea.id, quantity: 1 }] });
    for (const stream of stays.streams) {
      expect((await next(stream)).event).toMatch(/sale.recorded|stream.cursor/);
      await stream.return(undefined);
    }
  });
});

describe("a key that names the pages that may use it", () => {
  const origin = "https://shop.example";
  const others = "https://evil.example";
  const read = (response: Response) => response.headers.get("access-control-allow-origin");
  const preflight = (from: string, at: Pick<TestApp, "raw"> = app) =>
    at.raw("/v1/products", {
      method: "OPTIONS",
      headers: {
        origin: from,
        "access-control-request-method": "POST",
        "access-control-request-headers": "authorization",
      },
    });

  test("is read by those, and refused in all others", async () => {
    const { key, origins } = await make({ origins: [origin] });
    expect(origins).toEqual([origin]);
    const allowed = await app.raw("/v1/products", as(key, { origin }));
    expect([allowed.status, read(allowed), allowed.headers.get("vary")]).toEqual([200, origin, "Origin"]);
    for (const from of [others, "null", `${origin}.evil.example`, `${origin}:8443`, "http://shop.example"]) {
      const refused = await app.raw("/v1/products", as(key, { origin: from }));
      expect([refused.status, read(refused), (await problemOf(refused)).code]).toEqual([
        403,
        null,
        "forbidden",
      ]);
    }
    // A page's own server, and a page of the same origin, send none.
    expect(await status(key)).toBe(200);
  });

  test("stands for its stream tokens too", async () => {
    const { key } = await make({ origins: [origin] });
    const made = await app.raw("/v1/stream-tokens", { method: "POST", ...as(key) });
    const { token } = (await made.json()) as { token: string };
    const open = (from: string) => app.raw(`/v1/events/stream?token=${token}`, { headers: { origin: from } });
    const allowed = await open(origin);
    expect([allowed.status, read(allowed)]).toEqual([200, origin]);
    await allowed.body?.cancel();
    expect((await open(others)).status).toBe(403);
  });

  test("has preflights of its pages answered, which can not know the key; the others are told nothing", async () => {
    const fresh = await testApp();
    const before = await preflight("https://later.example", fresh);
    expect([before.status, read(before)]).toEqual([204, null]);
    await fresh.amused.keys.create({ sellerId: "acme", origins: [origin] });
    const told = await preflight(origin, fresh);
    expect([told.status, read(told), told.headers.get("vary")]).toEqual([204, origin, "Origin"]);
    expect(told.headers.get("access-control-allow-headers")).toContain("Authorization");
    const silent = await preflight(others, fresh);
    expect([read(silent), silent.headers.get("access-control-allow-headers")]).toEqual([null, null]);
    // Cookies of the reader are never asked for.
    expect(told.headers.get("access-control-allow-credentials")).toBeNull();
  });

  test("keeps what it names when it is rotated", async () => {
    const { id } = await make({ origins: [origin] });
    const { key } = (await (await admin(`/v1/keys/${id}/rotate`)).json()) as Required<Made>;
    expect((await app.raw("/v1/products", as(key, { origin: others }))).status).toBe(403);
  });

  test("opens no other way in: origins of the settings use any key but one that names its pages", async () => {
    const open = await testApp({ corsOrigins: [others] });
    const { key } = await open.amused.keys.create({ sellerId: "acme", origins: [origin] });
    const answers = [
      await open.raw("/v1/products", as(open.key, { origin: others })),
      await open.raw("/v1/products", as(key, { origin: others })),
    ];
    expect(answers.map((answer) => [answer.status, read(answer)])).toEqual([
      [200, others],
      [403, others],
    ]);
  });

  test("means nothing where the host says who calls", async () => {
    const hosted = await testApp({
      authorize: () => ({ sellerId: "acme", scopes: ["read"], actor: "user:7" }),
    });
    await hosted.amused.keys.create({ sellerId: "acme", origins: [origin] });
    expect(read(await preflight(origin, hosted))).toBeNull();
    expect(read(await hosted.raw("/v1/products", { headers: { origin } }))).toBeNull();
  });

  test.each<[unknown]>([
    ["*"],
    ["https://shop.example/"],
    ["shop.example"],
    ["null"],
    ["ftp://shop.example"],
    [`https://${"a".repeat(300)}.example`],
  ])("%j is no origin", async (wrong) => {
    const refused = await admin("/v1/keys", { sellerId: "acme", origins: [wrong] });
    expect([refused.status, (await problemOf(refused)).errors?.[0]?.path]).toEqual([400, "origins.0"]);
  });
});

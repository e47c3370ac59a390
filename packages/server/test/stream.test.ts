import type { Access, AppOptions } from "@amused/server";
import { beforeEach, describe, expect, test, vi } from "vitest";
import { metric, nodeHost, problemOf, type TestApp, testApp as testAppOn, webHost } from "./support/app.ts";
import { blocksOf, next, rest } from "./support/stream.ts";

// On Node the bytes go to the response itself; what a reader sees is the same.
describe.each([
  ["a web stream", webHost],
  ["Node's own response", nodeHost],
])("through %s", (_, host) => {
  const testApp = (options?: AppOptions) => testAppOn(options, host);
  let app: TestApp;
  let id: number;
  beforeEach(async () => {
    app = await testApp();
    ({ id } = await app.amused.seller("acme").products.create({ name: "Tea", quantity: 40 }));
  });

  const say = (n: number) => app.amused.seller("acme").stock.adjust(id, { adjust: n, reason: "test" });
  const stream = (query = "", headers: Record<string, string> = {}) =>
    app.ask("GET", `/v1/events/stream${query}`, undefined, headers);

  test("a stream has its headers at once, a retry and the control block first, then what happens", async () => {
    const response = await stream();
    expect(Object.fromEntries(response.headers)).toMatchObject({
      "content-type": "text/event-stream; charset=utf-8",
      "cache-control": "no-store, no-transform",
      "x-accel-buffering": "no",
    });
    const blocks = blocksOf(response);
    expect(await next(blocks, () => true)).toEqual({ retry: "2000" });
    const open = await next(blocks);
    expect(open.event).toBe("stream.open");
    expect(JSON.parse(open.data as string)).toEqual({ resumed: false, cursor: open.id });
    await say(1);
    const event = await next(blocks);
    expect(event.event).toBe("stock.adjusted");
    expect(JSON.parse(event.data as string)).toMatchObject({
      id: event.id,
      type: "stock.adjusted",
      productId: id,
    });
    await blocks.return(undefined);
  });

  test("Last-Event-ID goes on without a gap or a double, and wins over after", async () => {
    for (let n = 1; n <= 20; n++) await say(n);
    const { items } = await app.amused.seller("acme").events.list({ limit: 200 });
    const seen = items[5]?.id as string;
    const blocks = blocksOf(await stream("?after=start", { "last-event-id": seen }));
    expect(JSON.parse((await next(blocks)).data as string)).toEqual({ resumed: true, cursor: seen });
    for (const { id } of items.slice(6)) expect((await next(blocks)).id).toBe(id);
    await say(21);
    expect((await next(blocks)).event).toBe("stock.adjusted");
    await blocks.return(undefined);
  });

  test("after=start begins at the oldest event held; filters leave the rest out and move the cursor", async () => {
    await say(1);
    const all = blocksOf(await stream("?after=start"));
    await next(all);
    expect((await next(all, ({ event }) => event !== "keys.created" && event !== undefined)).event).toBe(
      "product.created",
    );
    await all.return(undefined);
    const some = blocksOf(await stream("?after=start&types=stock.*,sale.recorded"));
    await next(some);
    expect((await next(some)).event).toBe("stock.adjusted");
    await app.amused.seller("acme").products.update(id, { description: "Fine" });
    expect((await next(some)).event).toBe("stream.cursor");
    await some.return(undefined);
  });

  test("a cursor of another history is told by a reset", async () => {
    const blocks = blocksOf(await stream("?after=abc123.7"));
    const reset = await next(blocks);
    expect([reset.event, JSON.parse(reset.data as string).reason]).toEqual(["stream.reset", "epoch"]);
    await blocks.return(undefined);
  });

  test("silence is filled with comments", async () => {
    const quiet = await testApp({ heartbeat: 100 });
    const blocks = blocksOf(await quiet.ask("GET", "/v1/events/stream"));
    await next(blocks);
    for (let i = 0; i < 3; i++) expect(await next(blocks, () => true)).toEqual({ comment: "heartbeat" });
    await blocks.return(undefined);
  });

  describe("a stream ends", () => {
    test("when its credential expires", async () => {
      const key = await app.keyOf("acme", ["read"], new Date(Date.now() + 1_500).toISOString());
      const blocks = blocksOf(await stream("", { authorization: `Bearer ${key}` }));
      await rest(blocks);
    });

    test("within five seconds when its key is revoked", async () => {
      const { key, id: keyId } = await app.amused.keys.create({ sellerId: "acme", scopes: ["read"] });
      const blocks = blocksOf(await stream("?types=sale.recorded", { authorization: `Bearer ${key}` }));
      await next(blocks);
      const from = Date.now();
      await app.amused.keys.revoke(keyId);
      await rest(blocks);
      expect(Date.now() - from).toBeLessThan(5_000);
    });

    test("with a retry when the server drains, which takes no new ones then", async () => {
      const drain = new AbortController();
      const draining = await testApp({ drain: drain.signal });
      const blocks = blocksOf(await draining.ask("GET", "/v1/events/stream"));
      await next(blocks);
      drain.abort();
      const [last] = await rest(blocks);
      expect(Number(last?.retry)).toBeGreaterThan(0);
      const late = await draining.ask("GET", "/v1/events/stream");
      expect([late.status, late.headers.get("retry-after")]).toEqual([503, "1"]);
      const ready = await draining.raw("/health/ready");
      expect([ready.status, await ready.json()]).toEqual([503, { status: "draining", checks: {} }]);
      expect((await draining.raw("/health/live")).status).toBe(200);
    });

    test("also where the drain begins while it looks for its place in the log", async () => {
      const drain = new AbortController();
      const draining = await testApp({ drain: drain.signal });
      const { events } = draining.amused.services;
      const { stream } = events;
      events.stream = async (...asked) => {
        const log = await stream(...asked);
        drain.abort();
        return log;
      };
      const [last] = await rest(blocksOf(await draining.ask("GET", "/v1/events/stream")));
      expect(Number(last?.retry)).toBeGreaterThan(0);
    });

    test("with its own credential, whatever else the call shows", async () => {
      const { key, id: keyId } = await app.amused.keys.create({ sellerId: "acme", scopes: ["read"] });
      const made = await app.ask("POST", "/v1/stream-tokens", {}, { authorization: `Bearer ${key}` });
      const { token } = (await made.json()) as { token: string };
      const good = blocksOf(await stream());
      const bad = blocksOf(await stream(`?types=sale.recorded&token=${token}`));
      await next(good);
      await next(bad);
      await app.amused.keys.revoke(keyId);
      await rest(bad);
      await good.return(undefined);
    });

    test("when the host says that its reader may see less, or another shop", async () => {
      const access: Access = { sellerId: "acme", scopes: ["read"], actor: "user:1" };
      let now = access;
      const hosted = await testApp({ authorize: async () => now });
      for (const then of [
        { ...access, sellerId: "other" },
        { ...access, scopes: [] },
      ]) {
        now = access;
        const blocks = blocksOf(await hosted.raw("/v1/events/stream"));
        await next(blocks);
        now = then;
        await rest(blocks);
      }
    });

    test("for whoever aborts it, and leaves nothing behind", async () => {
      const abort = new AbortController();
      const headers = { authorization: `Bearer ${app.key}` };
      const response = await app.raw("/v1/events/stream", { headers, signal: abort.signal });
      const cancelled = await stream();
      expect(await metric(app, "amused_streams_open")).toBe(2);
      abort.abort();
      // Without a socket between, it just ends: an error would be logged as a failure by the server that serves the app.
      await rest(blocksOf(response)).catch((error) =>
        expect([host, error.name]).toEqual([nodeHost, "AbortError"]),
      );
      await cancelled.body?.cancel();
      await vi.waitFor(async () => expect(await metric(app, "amused_streams_open")).toBe(0));
    });
  });

  describe("stream tokens", () => {
    const token = async (body: unknown = {}) =>
      (await (await app.ask("POST", "/v1/stream-tokens", body)).json()) as {
        token: string;
        expiresAt: string;
      };

    test("hold an hour when not said, open the stream by header or query, and nothing else", async () => {
      const { token: it, expiresAt } = await token();
      expect(Math.abs(Date.parse(expiresAt) - Date.now() - 3_600_000)).toBeLessThan(5_000);
      for (const [path, headers] of [
        [`/v1/events/stream?token=${it}`, {}],
        ["/v1/events/stream", { authorization: `Bearer ${it}` }],
      ] as const) {
        const response = await app.raw(path, { headers });
        expect(response.status).toBe(200);
        await response.body?.cancel();
      }
      expect((await app.raw(`/v1/products?token=${it}`)).status).toBe(403);
      expect((await app.raw("/v1/products", { headers: { authorization: `Bearer ${it}` } })).status).toBe(
        403,
      );
      expect((await app.raw("/v1/keys", { headers: { authorization: `Bearer ${it}` } })).status).toBe(403);
    });

    test("can be had without a body, and do not outlive their key", async () => {
      expect((await app.ask("POST", "/v1/stream-tokens")).status).toBe(201);
      const end = new Date(Date.now() + 60_000).toISOString();
      const key = await app.keyOf("acme", ["read"], end);
      const made = await app.ask(
        "POST",
        "/v1/stream-tokens",
        { ttl: "24h" },
        { authorization: `Bearer ${key}` },
      );
      expect(((await made.json()) as { expiresAt: string }).expiresAt).toBe(end);
    });

    test("end the stream when they expire, and are refused afterwards", async () => {
      const { token: it } = await token({ ttl: "1s" });
      await rest(blocksOf(await app.raw(`/v1/events/stream?token=${it}`)));
      const late = await app.raw(`/v1/events/stream?token=${it}`);
      expect([late.status, (await problemOf(late)).code]).toEqual([401, "unauthenticated"]);
    });

    test("fall with the key that made them", async () => {
      const { key, id: keyId } = await app.amused.keys.create({ sellerId: "acme", scopes: ["read"] });
      const made = await app.ask("POST", "/v1/stream-tokens", {}, { authorization: `Bearer ${key}` });
      const { token: it } = (await made.json()) as { token: string };
      const blocks = blocksOf(await app.raw(`/v1/events/stream?token=${it}&types=sale.recorded`));
      await next(blocks);
      await app.amused.keys.revoke(keyId);
      await rest(blocks);
      expect((await app.raw(`/v1/events/stream?token=${it}`)).status).toBe(401);
    });

    test("that are changed, or signed by somebody else, open nothing", async () => {
      const { token: it } = await token();
      const other = await testApp();
      const theirs = (await (await other.ask("POST", "/v1/stream-tokens")).json()) as { token: string };
      const [payload = "", signature = ""] = it.slice(4).split(".");
      const forged = btoa(atob(payload).replace("acme", "evil")).replace(/=+$/, "");
      for (const wrong of [
        theirs.token,
        `ams_${forged}.${signature}`,
        `ams_${payload}`,
        "ams_",
        "ams_a.b.c",
        `${it}x`,
      ])
        expect((await app.raw(`/v1/events/stream?token=${wrong}`)).status).toBe(401);
    });
  });
});

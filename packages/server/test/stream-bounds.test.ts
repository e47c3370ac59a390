import { connect, type Socket } from "node:net";
import { Duplex } from "node:stream";
import { setTimeout as sleep } from "node:timers/promises";
import { createAmused, memoryStore } from "@amused/core";
import { createApp } from "@amused/server";
import { Hono } from "hono";
import { describe, expect, onTestFinished, test, vi } from "vitest";
import {
  adminKey,
  metric,
  nodeHost,
  problemOf,
  served,
  type TestApp,
  testApp,
  webHost,
} from "./support/app.ts";
import { blocksOf, next, rest } from "./support/stream.ts";

const open = ({ ask }: TestApp, query = "", headers: Record<string, string> = {}) =>
  ask("GET", `/v1/events/stream${query}`, undefined, headers);
const publish = ({ amused }: TestApp, payload: Record<string, unknown> = {}) =>
  (amused.seller("acme").events.publish as (event: unknown) => Promise<{ seq: number }>)({
    type: "acme.said",
    payload,
  });

/** A reader on a socket of its own, which reads when it is told to. */
async function socketReader(url: string, key: string, query = ""): Promise<Socket> {
  const { port } = new URL(url);
  const socket = connect(Number(port), "127.0.0.1");
  onTestFinished(() => void socket.destroy());
  // A reader that is cut off may hear of it by an error.
  socket.on("error", () => {});
  await new Promise((connected) => socket.once("connect", connected));
  socket.write(`GET /v1/events/stream${query} HTTP/1.1\r\nHost: a\r\nAuthorization: Bearer ${key}\r\n\r\n`);
  return socket;
}

describe("a reader that does not keep up", () => {
  test("with live events is cut off at a bound, and nobody else is", async () => {
    let url = "";
    const app = await testApp({}, async (askable) => {
      url = await served(askable);
      return { raw: (path, init) => fetch(url + path, init) };
    });
    const socket = await socketReader(url, app.key);
    const closed = new Promise((done) => socket.once("close", done));
    await vi.waitFor(async () => expect(await metric(app, "amused_streams_open")).toBe(1));
    socket.pause();
    const good = blocksOf(await open(app));
    await next(good);
    const text = "x".repeat(60_000);
    let written = 0;
    // The sockets' own buffers take some megabytes before ours begins to fill.
    while ((await metric(app, "amused_streams_cut_total")) === 0 && written < 500) {
      for (let i = 0; i < 10; i++, written++) {
        await publish(app, { text });
        expect((await next(good)).event).toBe("acme.said");
      }
    }
    expect(await metric(app, "amused_streams_cut_total")).toBe(1);
    expect(await metric(app, "amused_streams_open")).toBe(1);
    socket.resume();
    await closed;
    await good.return(undefined);
  });

  test("with a backlog is waited for as long as it takes something", async () => {
    const app = await testApp({}, nodeHost);
    for (let i = 0; i < 150; i++) await publish(app, { text: "x".repeat(60_000) });
    const blocks = blocksOf(await open(app, "?after=start"));
    await next(blocks);
    // The first event is that of the key.
    for (let seq = 1; seq <= 151; seq++) {
      if (seq % 50 === 0) await sleep(100);
      expect((await next(blocks)).id).toMatch(new RegExp(`\\.${seq}$`));
      if (seq === 1) expect(await metric(app, "amused_streams_open")).toBe(1);
    }
    expect(await metric(app, "amused_streams_cut_total")).toBe(0);
    await blocks.return(undefined);
  });

  test.each([
    ["a web stream", webHost],
    ["Node's own response", nodeHost],
  ])("with a backlog, slow but steady for many heartbeats, is not cut off, through %s", async (_, host) => {
    const app = await testApp({ heartbeat: 200 }, host);
    for (let i = 0; i < 400; i++) await publish(app, { text: "x".repeat(60_000) });
    const response = await open(app, "?after=start");
    let taken = 0;
    for await (const bytes of response.body as ReadableStream<Uint8Array>) {
      taken += bytes.byteLength;
      if (taken > 400 * 60_000) break;
      await sleep(bytes.byteLength / 12_000);
    }
    expect(await metric(app, "amused_streams_cut_total")).toBe(0);
  });

  test.each([
    ["a web stream", webHost],
    ["Node's own response", nodeHost],
  ])("and takes nothing for two heartbeats is cut off, through %s", async (_, host) => {
    const app = await testApp({ heartbeat: 200 }, host);
    for (let i = 0; i < 150; i++) await publish(app, { text: "x".repeat(60_000) });
    const response = await open(app, "?after=start");
    await vi.waitFor(async () => expect(await metric(app, "amused_streams_cut_total")).toBe(1), 10_000);
    expect(await metric(app, "amused_streams_open")).toBe(0);
    await expect(rest(blocksOf(response))).rejects.toThrow();
  });
});

describe("streams are limited", () => {
  test("for each credential with 429, and for the process with 503, and a place that is left is free again", async () => {
    const app = await testApp({ streams: 3, streamsPerKey: 2 });
    const first = await open(app);
    const second = await open(app);
    // However it is spelled.
    const refused = await open(app, "", { authorization: `bearer  ${app.key}` });
    expect([refused.status, (await problemOf(refused)).code]).toEqual([429, "rate_limited"]);
    expect(Number(refused.headers.get("retry-after"))).toBeGreaterThan(0);
    // A stream token stands for one page of many, so that each counts for itself.
    const { token } = (await (await app.ask("POST", "/v1/stream-tokens")).json()) as { token: string };
    const third = await app.raw(`/v1/events/stream?token=${token}`);
    expect(third.status).toBe(200);
    const fourth = await app.raw(`/v1/events/stream?token=${token}`);
    expect([fourth.status, (await problemOf(fourth)).code]).toEqual([503, "unavailable"]);
    expect(Number(fourth.headers.get("retry-after"))).toBeGreaterThan(0);
    await first.body?.cancel();
    const again = await open(app);
    expect(again.status).toBe(200);
    for (const { body } of [second, third, again]) await body?.cancel();
    expect(await metric(app, "amused_streams_open")).toBe(0);
  });

  test("for each seller with 429, however many tokens it makes, and other sellers have theirs", async () => {
    const app = await testApp({ streamsPerSeller: 2, streamsPerKey: 1 });
    const made = [];
    for (let n = 0; n < 3; n++) {
      const { token } = (await (await app.ask("POST", "/v1/stream-tokens")).json()) as { token: string };
      made.push(await app.raw(`/v1/events/stream?token=${token}`));
      // One that is made within the same millisecond is the same token.
      await new Promise((resolve) => setTimeout(resolve, 2));
    }
    const [first, second, third] = made;
    expect([first?.status, second?.status, third?.status]).toEqual([200, 200, 429]);
    const other = await open(app, "", { authorization: `Bearer ${await app.keyOf("other")}` });
    expect(other.status).toBe(200);
    for (const response of [first, second, other]) await response?.body?.cancel();
  });

  test("and a stream that could not be opened holds no place", async () => {
    const app = await testApp({ streamsPerKey: 1 });
    for (let i = 0; i < 3; i++) {
      expect((await open(app, "?after=nonsense")).status).toBe(400);
      expect((await open(app, "?productId=999")).status).toBe(404);
      const head = await app.ask("HEAD", "/v1/events/stream");
      expect(head.status).toBe(200);
    }
    expect((await open(app)).status).toBe(200);
  });
});

describe("a reader that goes away", () => {
  test.each([
    ["before it is answered", "", 0],
    ["while it is idle", "", 300],
    ["within a backlog", "?after=start", 20],
    ["while it takes nothing of a backlog", "?after=start", 300],
  ])("%s leaves nothing behind", async (when, query, ms) => {
    let url = "";
    const app = await testApp({ streamsPerKey: 1 }, async (askable) => {
      url = await served(askable);
      return { raw: (path, init) => fetch(url + path, init) };
    });
    if (query !== "") for (let i = 0; i < 150; i++) await publish(app, { text: "x".repeat(60_000) });
    for (let i = 0; i < 3; i++) {
      const socket = await socketReader(url, app.key, query);
      if (when.includes("nothing")) socket.pause();
      else socket.resume();
      await sleep(ms);
      socket.destroy();
      await vi.waitFor(async () => expect(await metric(app, "amused_streams_open")).toBe(0));
      await publish(app);
    }
    // The only place is free.
    await vi.waitFor(async () => {
      const response = await open(app);
      expect(response.status).toBe(200);
      await response.body?.cancel();
    });
  });

  test.each(["1.0", "1.1"])(
    "while it is asked who it is, by HTTP/%s, leaves nothing behind",
    async (version) => {
      let url = "";
      const known = Promise.withResolvers<void>();
      let asked = 0;
      const app = await testApp(
        {
          streamsPerKey: 1,
          authorize: async () => {
            asked++;
            await known.promise;
            return { sellerId: "acme", scopes: ["read"], actor: "user:1" };
          },
        },
        async (askable) => {
          url = await served(askable);
          return { raw: (path, init) => fetch(url + path, init) };
        },
      );
      const socket = connect(Number(new URL(url).port), "127.0.0.1");
      socket.write(`GET /v1/events/stream HTTP/${version}\r\nHost: a\r\n\r\n`);
      await vi.waitFor(() => expect(asked).toBe(1));
      socket.destroy();
      await sleep(50);
      known.resolve();
      await sleep(50);
      const response = await app.raw("/v1/events/stream");
      expect(response.status).toBe(200);
      await response.body?.cancel();
    },
  );
});

describe("on Node", () => {
  test("all readers are written the same bytes, in one write for each", async () => {
    const app = await testApp({}, nodeHost);
    const readers = await Promise.all([1, 2, 3].map(async () => blocksOf(await open(app))));
    for (const reader of readers) await next(reader);
    const written: unknown[] = [];
    const { write } = Duplex.prototype;
    vi.spyOn(Duplex.prototype, "write").mockImplementation(function (this: Duplex, ...args: unknown[]) {
      if (Buffer.from(args[0] as Uint8Array).includes("event: acme.said")) written.push(args[0]);
      return Reflect.apply(write, this, args) as boolean;
    });
    onTestFinished(() => void vi.restoreAllMocks());
    await publish(app);
    for (const reader of readers) expect((await next(reader)).event).toBe("acme.said");
    expect(written).toHaveLength(3);
    expect(new Set(written).size).toBe(1);
    for (const reader of readers) await reader.return(undefined);
  });

  test("a connection goes on with other requests after its stream, and one that can take no chunks gets none", async () => {
    let url = "";
    const app = await testApp({}, async (askable) => {
      url = await served(askable);
      return { raw: (path, init) => fetch(url + path, init) };
    });
    const key = await app.keyOf("acme", ["read"], new Date(Date.now() + 1_500).toISOString());
    const socket = await socketReader(url, key);
    let said = "";
    socket.on("data", (bytes) => {
      said += bytes;
    });
    await vi.waitFor(() => expect(said).toContain("stream.open"));
    await publish(app, { text: "Tée 🍵" });
    await vi.waitFor(() => expect(said).toMatch(/\r\n0\r\n\r\n$/), 6_000);
    expect(said).toContain("Tée 🍵");
    said = "";
    socket.write("GET /health/live HTTP/1.1\r\nHost: a\r\n\r\n");
    await vi.waitFor(() => expect(said).toContain('{"status":"ok"}'));

    const old = connect(Number(new URL(url).port), "127.0.0.1");
    onTestFinished(() => void old.destroy());
    let told = "";
    old.on("data", (bytes) => {
      told += bytes;
    });
    old.write(`GET /v1/events/stream HTTP/1.0\r\nHost: a\r\nAuthorization: Bearer ${app.key}\r\n\r\n`);
    await vi.waitFor(() => expect(told).toContain("stream.open"));
    await publish(app);
    await vi.waitFor(() => expect(told).toContain("event: acme.said"));
    expect(told).not.toMatch(/^[0-9a-f]+\r$/m);
    expect(told.split("\r\n\r\n")[1]).toMatch(/^retry: 2000\n\nid: /);
  });

  test("what the host's own middleware says in the head is said", async () => {
    const amused = await createAmused({ store: memoryStore() });
    const host = new Hono();
    host.use(async (c, next) => {
      c.header("x-before", "1");
      c.res.headers.set("x-before-too", "1");
      await next();
      c.header("x-after", "1");
      c.res.headers.set("x-after-too", "1");
    });
    host.route("/shop", createApp(amused, { adminKey }));
    const url = await served(host);
    const headers = { authorization: `Bearer ${adminKey}` };
    const response = await fetch(`${url}/shop/v1/events/stream?sellerId=acme`, { headers });
    for (const name of ["x-before", "x-before-too", "x-after", "x-after-too"])
      expect([name, response.headers.get(name)]).toEqual([name, "1"]);
    const blocks = blocksOf(response);
    await next(blocks);
    for (let i = 1; i <= 3; i++) {
      await amused.seller("acme").products.create({ name: "Tea" });
      expect((await next(blocks)).event).toBe("product.created");
    }
    await blocks.return(undefined);
    await amused.close();
  });

  test("the end of the system ends the streams", async () => {
    const app = await testApp({}, nodeHost);
    const blocks = blocksOf(await open(app));
    await next(blocks);
    await app.amused.close();
    await rest(blocks);
  });
});

import { createAmused, memoryStore } from "@amused/core";
import { createApp } from "@amused/server";
import { expect, test, vi } from "vitest";
import { createClient } from "../src/index.ts";
import { connection, event, opened, take } from "./support/event-stream.ts";
import { clientOf, fakeServer, json, problem, rejection } from "./support/fake-server.ts";

test("a token is asked for with its life, and is the answer", async () => {
  const made = { token: "ams_x", expiresAt: "2026-11-24T10:00:00.000Z" };
  const server = fakeServer(json(made, {}, 201));
  expect(await clientOf(server).streamTokens.create({ ttl: "15m" })).toEqual(made);
  await clientOf(server).streamTokens.create();
  expect(server.sent.map(({ method, url, body }) => [method, url.pathname, body])).toEqual([
    ["POST", "/v1/stream-tokens", '{"ttl":"15m"}'],
    ["POST", "/v1/stream-tokens", "{}"],
  ]);
});

test("a page whose tokens expire under way sees every event, and can do nothing else with them", async () => {
  const adminKey = "an-admin-key-of-the-tests-long-enough";
  const amused = await createAmused({ store: memoryStore() });
  const app = createApp(amused, { adminKey });
  const baseUrl = "http://amused.test";
  const host = createClient({ baseUrl, apiKey: adminKey, seller: "acme", fetch: app.fetch });
  const token = vi.fn(async () => (await host.streamTokens.create({ ttl: "1s" })).token);
  const refused: number[] = [];
  const page = createClient({
    baseUrl,
    token,
    reconnect: { minDelay: 1 },
    async fetch(request) {
      const response = await app.fetch(request);
      if (!response.ok) refused.push(response.status);
      return response;
    },
  });
  expect(await rejection(page.products.create({ name: "x" }))).toMatchObject({ code: "forbidden" });
  refused.length = 0;

  const seen: number[] = [];
  const abort = new AbortController();
  const following = (async () => {
    for await (const one of page.events.subscribe({ from: "start", signal: abort.signal })) {
      if (one.type === "stream.reset") throw new Error("There is a gap.");
      seen.push(one.seq);
    }
  })();
  let written = 0;
  await vi.waitFor(
    async () => {
      await host.events.publish({ type: "acme.ticked", payload: {} } as never);
      written++;
      expect(token.mock.calls.length).toBeGreaterThan(2);
    },
    { timeout: 60_000, interval: 100 },
  );
  await vi.waitFor(() => expect(seen).toHaveLength(written), { timeout: 30_000 });
  abort.abort();
  await following;
  expect(seen).toEqual(Array.from({ length: written }, (_, index) => index + 1));
  // One round trip for each token that had expired.
  expect(refused).toEqual(Array(token.mock.calls.length - 1).fill(401));
  await amused.close();
}, 100_000);

test("a function that only gives bad tokens is asked twice, and then the stream says so", async () => {
  const server = fakeServer(
    connection([opened("e.0"), event(1)]).answer,
    problem(401, { code: "unauthenticated" }),
  );
  const token = vi.fn(async () => "expired");
  const stream = clientOf(server, { apiKey: token, reconnect: { minDelay: 0 } }).events.subscribe();
  expect(await rejection(take(stream, 9))).toMatchObject({ code: "unauthenticated" });
  expect(token).toHaveBeenCalledTimes(2);
  expect(server.sent).toHaveLength(3);
});

test("a function that gives no answer fails the request in time, as a server would that gives none", async () => {
  const token = () => new Promise<string>(() => {});
  const server = fakeServer(json({}));
  const shop = clientOf(server, { apiKey: token, timeout: 20, retry: 1 });
  expect(await rejection(shop.products.get(7))).toMatchObject({ code: "unavailable" });
  expect(server.sent).toHaveLength(0);
});

import { createAmused, memoryStore } from "@amused/core";
import { createApp } from "@amused/server";
import { afterEach, beforeEach, describe, expect, onTestFinished, test, vi } from "vitest";
import { z } from "zod";
import { type ClientOptions, createClient, type Subscription } from "../src/index.ts";
import { shareName } from "../src/tabs/name.ts";
import { createTail, type Said } from "../src/tabs/tail.ts";
import { stubBrowser } from "./support/browser.ts";
import { connection, event, lost, opened } from "./support/event-stream.ts";
import { rejection } from "./support/fake-server.ts";

/** An event as a leader says it. */
const eventOf = (seq: number, epoch = "e"): Said => ({
  ...{ id: `${epoch}.${seq}`, seq, type: "a.b", sellerId: "s" },
  ...{ productId: null, payload: {}, createdAt: "" },
});
const events = { "acme.third": z.object({ n: z.number() }), "acme.other": z.object({ n: z.number() }) };
const adminKey = "an-admin-key-of-at-least-32-characters";
const patience = { timeout: 10_000, interval: 20 };
let browser: ReturnType<typeof stubBrowser>;
let server: Awaited<ReturnType<typeof serve>>;

beforeEach(async () => {
  browser = stubBrowser();
  server = await serve();
});
afterEach(() => vi.unstubAllGlobals());

/** The server, in this process, at an address of the test's own, so that no two tests share a stream. */
async function serve() {
  const amused = await createAmused({ store: memoryStore(), events });
  onTestFinished(() => amused.close());
  const app = createApp(amused, { adminKey });
  const baseUrl = `https://${crypto.randomUUID()}.test`;
  const asked: URLSearchParams[] = [];
  let n = 0;
  const headers = { authorization: `Bearer ${adminKey}` };
  const token = async (seller: string) => {
    const made = await app.request(`/v1/stream-tokens?sellerId=${seller}`, { method: "POST", headers });
    return ((await made.json()) as { token: string }).token;
  };
  return {
    amused,
    baseUrl,
    /** The queries of the streams that were asked for. */
    asked,
    acme: await token("acme"),
    token,
    fetch: (request: Request) => {
      const { pathname, searchParams } = new URL(request.url);
      if (pathname.endsWith("/stream")) asked.push(searchParams);
      return app.fetch(request);
    },
    async open() {
      const text = await (await app.request("/metrics", { headers })).text();
      return Number(/^amused_streams_open (\d+)$/m.exec(text)?.[1]);
    },
    /** Writes so many events, numbered through over the whole test. */
    async write(count: number, seller = "acme") {
      const { publish } = amused.seller(seller).events;
      for (let i = 0; i < count; i++)
        await publish({ type: n % 3 ? "acme.other" : "acme.third", payload: { n: ++n } });
    },
  };
}

/** A subscription in a tab of its own, which collects what it sees. */
function tab(subscription: Subscription<string> = {}, options: Partial<ClientOptions> = {}) {
  const { baseUrl, fetch, acme } = server;
  const shop = createClient({ baseUrl, fetch, token: acme, reconnect: { minDelay: 1 }, ...options });
  return { shop, ...follow(shop, subscription) };
}

function follow(shop: ReturnType<typeof createClient>, subscription: Subscription<string> = {}) {
  const stop = new AbortController();
  const seen: (number | string)[] = [];
  const done = (async () => {
    const events = shop.events.subscribe({ ...subscription, signal: stop.signal } as object);
    for await (const one of events) seen.push("seq" in one ? one.seq : one.type);
  })();
  const failure = rejection(done);
  failure.catch(() => {});
  const close = () => {
    stop.abort();
    return done;
  };
  onTestFinished(() => void close().catch(() => {}));
  return { seen, done, failure, close };
}

const upTo = (last: number, first = 1) =>
  Array.from({ length: Math.max(0, last - first + 1) }, (_, i) => first + i);
const soon = (assertion: () => void | Promise<void>) => vi.waitFor(assertion, patience);
const locks = async () => {
  const { held = [], pending = [] } = await navigator.locks.query();
  const here = ({ name }: LockInfo) => name?.includes(server.baseUrl);
  return { held: held.filter(here).length, pending: pending.filter(here).length };
};
/** Until a subscription without a position has one: the first event after it reaches it. */
const ready = async (...tabs: { seen: unknown[] }[]) => {
  await soon(async () => {
    await server.write(1);
    await new Promise((resolve) => setTimeout(resolve, 20));
    for (const { seen } of tabs) expect(seen.length).toBeGreaterThan(0);
  });
};

describe("the tabs of an origin", () => {
  test("share one stream, and each subscription sees each event once, in order", async () => {
    const tabs = Array.from({ length: 10 }, () => tab({ from: "start" }));
    const [first] = tabs;
    const third = follow(first!.shop, { from: "start", types: ["acme.third"] });
    const noun = follow(first!.shop, { from: "start", types: ["acme.*", "sale.recorded"] });
    await server.write(30);
    await soon(async () => expect(await server.open()).toBe(1));
    await server.write(30);
    await soon(() => {
      for (const { seen } of [...tabs, noun]) expect(seen).toEqual(upTo(60));
      expect(third.seen).toEqual(upTo(60).filter((seq) => seq % 3 === 1));
    });
    expect(await server.open()).toBe(1);
    expect(await locks()).toEqual({ held: 1, pending: 9 });
  });

  test("need no stream of their own for what follows from now on", async () => {
    const first = tab();
    await ready(first);
    const others = [tab(), tab(), tab()];
    await ready(first, ...others);
    for (const { seen } of others) expect(seen).toEqual(upTo(first.seen.at(-1) as number, seen[0] as number));
    expect(server.asked).toHaveLength(1);
  });

  test("take over from one that closes, and nobody misses or doubles anything", async () => {
    const tabs = Array.from({ length: 4 }, () => tab({ from: "start" }));
    const [leader, ...others] = tabs;
    await server.write(5);
    await soon(() => expect(others.every(({ seen }) => seen.length === 5)).toBe(true));
    await leader?.close();
    await server.write(5);
    await soon(() => {
      for (const { seen } of others) expect(seen).toEqual(upTo(10));
    });
    await soon(async () => expect(await server.open()).toBe(1));
    expect(await locks()).toEqual({ held: 1, pending: 2 });
    expect(leader?.seen).toEqual(upTo(5));
  });

  test("of two sellers have a stream each", async () => {
    const ours = tab({ from: "start" });
    const theirs = tab({ from: "start" }, { token: await server.token("other") });
    await server.write(4);
    await server.write(3, "other");
    await soon(() => expect([ours.seen, theirs.seen]).toEqual([upTo(4), upTo(3)]));
    await soon(async () => expect(await server.open()).toBe(2));
  });

  test("that do not want to, do not", async () => {
    tab({ from: "start" }, { shareStream: false });
    tab({ from: "start" }, { shareStream: false });
    await soon(async () => expect(await server.open()).toBe(2));
    expect(browser.held()).toEqual({ listeners: 0, channels: 0, timers: 0 });
  });
});

describe("a leader", () => {
  test("that holds the lock and says nothing is robbed of it", async () => {
    const name = (await shareName(server.baseUrl, undefined, server.acme)) ?? "";
    const robbed = rejection(navigator.locks.request(name, () => new Promise(() => {})));
    const one = tab({}, { reconnect: { watchdog: 400 } });
    expect(await robbed).toMatchObject({ name: "AbortError" });
    await ready(one);
  });

  test("that is robbed steps down, and queues again", async () => {
    const one = tab({ from: "start" });
    await server.write(1);
    await soon(() => expect(one.seen).toEqual([1]));
    const name = (await shareName(server.baseUrl, undefined, server.acme)) ?? "";
    await navigator.locks.request(name, { steal: true }, async () => {
      await soon(async () => expect(await server.open()).toBe(0));
      expect(await locks()).toEqual({ held: 1, pending: 1 });
      await server.write(1);
    });
    await soon(() => expect(one.seen).toEqual([1, 2]));
    expect(await server.open()).toBe(1);
  });

  test("whose credential turns out to be another seller's goes on alone", async () => {
    const tokens = [server.acme, await server.token("other")];
    const { fetch } = server;
    let refuse = false;
    const switching = tab(
      {},
      {
        token: () => tokens[0] ?? "",
        fetch: (request) => {
          if (!refuse) return fetch(request);
          refuse = false;
          tokens.shift();
          return new Response("{}", { status: 401 });
        },
        reconnect: { minDelay: 1, watchdog: 400 },
      },
    );
    await ready(switching);
    const faithful = tab();
    await ready(faithful);
    // The stream says nothing for so long that it is cut; then the server wants another token.
    refuse = true;
    await soon(() => expect(tokens).toHaveLength(1));
    await soon(async () => expect(await server.open()).toBe(2));
    await server.write(3, "other");
    await soon(() => expect(switching.seen.slice(-4)).toEqual(["stream.reset", ...upTo(3)]));
    await ready(faithful);
    expect(faithful.seen).toEqual(upTo(faithful.seen.at(-1) as number, faithful.seen[0] as number));
  });
});

describe("a subscription", () => {
  test("repairs what it did not hear, and the rest goes on over the shared stream", async () => {
    const tabs = [tab({ from: "start" }), tab({ from: "start", types: ["acme.third"] })];
    await server.write(4);
    await soon(() => expect(tabs.map(({ seen }) => seen.at(-1))).toEqual([4, 4]));
    await soon(async () => expect(await server.open()).toBe(1));
    browser.state.lose = (said) => typeof said === "object" && "seq" in said && said.seq === 7;
    await server.write(6);
    await soon(() => expect(tabs.map(({ seen }) => seen)).toEqual([upTo(10), [1, 4, 7, 10]]));
    expect(browser.state.lost).toBe(1);
    await soon(async () => expect(await server.open()).toBe(1));
    await server.write(2);
    await soon(() => expect(tabs[0]?.seen).toEqual(upTo(12)));
  });

  test("whose consumer is slow keeps little in memory, and misses nothing", async () => {
    const quick = tab({ from: "start" });
    const events = quick.shop.events.subscribe({ from: "start" })[Symbol.asyncIterator]();
    await server.write(1);
    const seen: number[] = [];
    const next = async () => {
      const { value } = await events.next();
      seen.push((value as { seq: number }).seq);
    };
    await next();
    const second = next();
    await soon(() => expect(quick.seen).toEqual([1]));
    // Both had streams of their own; where one stream is left, it is the leader's, and they hear it.
    await soon(async () => expect(await server.open()).toBe(1));
    const before = server.asked.length;
    await server.write(600);
    await second;
    await soon(() => expect(quick.seen).toHaveLength(601));
    while (seen.length < 601) await next();
    expect(seen).toEqual(upTo(601));
    expect(server.asked.length).toBe(before + 1);
    await events.return?.();
  });

  test("to a position that is not held is told so, and goes on", async () => {
    const first = tab({ from: "start" });
    await server.write(3);
    await soon(() => expect(first.seen).toHaveLength(3));
    const foreign = tab({ from: "restored.9" });
    const [epoch] = (await server.amused.seller("acme").events.list()).nextCursor.split(".");
    const ahead = tab({ from: `${epoch}.99` });
    await soon(() => expect([foreign.seen, ahead.seen]).toEqual([["stream.reset"], ["stream.reset"]]));
    await soon(async () => expect(await server.open()).toBe(1));
    await server.write(1);
    await soon(() => expect([foreign.seen[1], ahead.seen[1]]).toEqual([4, 4]));
  });

  test.each([
    ["a product that is not there", { productId: 999 }, "not_found"],
    ["types that are none", { types: ["Nonsense"] }, "invalid_request"],
    ["a cursor that is none", { from: "nonsense" }, "invalid_request"],
  ])("to %s is refused as ever, and nobody else is disturbed", async (_, subscription, code) => {
    const good = tab();
    await ready(good);
    expect(await follow(good.shop, subscription).failure).toMatchObject({ code });
    const before = good.seen.length;
    await server.write(1);
    await soon(() => expect(good.seen.length).toBe(before + 1));
  });

  test("whose credential is refused ends with that, in every tab", async () => {
    const { key, id } = await server.amused.keys.create({ sellerId: "acme", scopes: ["read"] });
    const tabs = [
      tab({}, { apiKey: key }),
      tab({}, { apiKey: key }),
      tab({ from: "start" }, { apiKey: key }),
    ];
    await ready(...tabs);
    await server.amused.keys.revoke(id);
    for (const { failure } of tabs) expect(await failure).toMatchObject({ code: "unauthenticated" });
    await soon(() => expect(browser.held()).toEqual({ listeners: 0, channels: 0, timers: 0 }));
  });

  test.each([
    [
      "no channels",
      () =>
        vi.stubGlobal("BroadcastChannel", () => {
          throw new DOMException("", "SecurityError");
        }),
    ],
    // As over plain HTTP: what is wrong here is an endless loop, which ends the test's process with it.
    ["no locks at all", () => vi.stubGlobal("navigator", {})],
    [
      "no locks",
      () => vi.spyOn(navigator.locks, "request").mockRejectedValue(new DOMException("", "SecurityError")),
    ],
  ])("in a page that may have %s has a stream of its own", async (_, deny) => {
    deny();
    const plain = tab();
    const whole = tab({ from: "start" });
    await ready(plain, whole);
    await soon(() => expect(whole.seen).toEqual(upTo(whole.seen.length)));
    expect(await server.open()).toBe(2);
    expect(browser.held()).toMatchObject({ channels: 0, timers: 0 });
    vi.restoreAllMocks();
  });

  test("whose signal has aborted asks for nothing", async () => {
    const token = vi.fn(() => server.acme);
    const { baseUrl, fetch } = server;
    const events = createClient({ baseUrl, fetch, token }).events.subscribe({ signal: AbortSignal.abort() });
    for await (const event of events) expect.unreachable(event.type);
    expect(token).not.toHaveBeenCalled();
    expect(server.asked).toEqual([]);
  });

  test.each([
    ["the credential is on its way", () => new Promise<string>(() => {})],
    ["an event is waited for", undefined],
  ])("that is left while %s keeps nothing", async (_, token) => {
    const { shop, close } = tab({}, token && { token });
    const events = shop.events.subscribe()[Symbol.asyncIterator]();
    const next = events.next();
    await new Promise((resolve) => setTimeout(resolve, 100));
    await events.return?.();
    expect(await next).toMatchObject({ done: true });
    await close();
    await soon(() => expect(browser.held()).toEqual({ listeners: 0, channels: 0, timers: 0 }));
  });

  test("whose credential can not be had at first waits for it", async () => {
    const token = vi.fn().mockRejectedValueOnce(new Error("down")).mockResolvedValue(server.acme);
    await ready(tab({}, { token }));
  });
});

describe("a subscription that reads a stream of its own", () => {
  test("and was told of a reset goes on behind it, whatever it hears meanwhile", async () => {
    const asked: (string | null)[] = [];
    const streams = [
      connection([opened("e.4"), lost("f.50", "epoch")], "stays"),
      connection([opened("f.50"), event(51, "f")], "stays"),
    ];
    const shop = createClient({
      ...{ baseUrl: server.baseUrl, token: server.acme, reconnect: { minDelay: 1 } },
      fetch: ({ url }) => {
        asked.push(new URL(url).searchParams.get("after"));
        return streams[asked.length - 1]?.answer() ?? new Response(null, { status: 503 });
      },
    });
    // The leader is a page that has not come as far.
    const name = (await shareName(server.baseUrl, undefined, server.acme)) ?? "";
    const over = Promise.withResolvers<void>();
    void navigator.locks.request(name, () => over.promise);
    const leader = new BroadcastChannel(name);
    const events = shop.events.subscribe({ from: "e.4" })[Symbol.asyncIterator]();
    expect((await events.next()).value).toMatchObject({ type: "stream.reset" });
    leader.postMessage("e.4");
    await new Promise((resolve) => setTimeout(resolve, 50));
    const next = events.next();
    await new Promise((resolve) => setTimeout(resolve, 50));
    leader.postMessage(eventOf(5));
    expect((await next).value).toMatchObject({ id: "f.51" });
    expect(asked).toEqual(["e.4", "f.50"]);
    await events.return?.();
    leader.close();
    over.resolve();
  });

  test("and whose credential became another seller's by then hears the first one's no more", async () => {
    const tokens = [server.acme, await server.token("other")];
    const { fetch } = server;
    let refuse = false;
    const faithful = tab({ from: "start" });
    await server.write(3);
    await server.write(5, "other");
    await soon(() => expect(faithful.seen).toEqual(upTo(3)));
    const switching = tab(
      {},
      {
        token: () => tokens[0] ?? "",
        fetch: (request) => {
          if (!refuse) return fetch(request);
          refuse = false;
          tokens.shift();
          return new Response("{}", { status: 401 });
        },
      },
    );
    await ready(switching);
    const before = switching.seen.length;
    // What it misses it asks for by itself, as whoever it is now.
    refuse = true;
    const missed = (switching.seen.at(-1) as number) + 1;
    browser.state.lose = (said) => typeof said === "object" && "seq" in said && said.seq === missed;
    await server.write(2);
    await soon(() => expect(tokens).toHaveLength(1));
    await soon(async () => expect(await server.open()).toBe(2));
    const head = await server.amused.seller("other").events.list();
    await server.write(4);
    await server.write(1, "other");
    await soon(() => expect(switching.seen.length).toBeGreaterThan(before));
    await new Promise((resolve) => setTimeout(resolve, 200));
    expect(switching.seen.slice(before)).toEqual(["stream.reset", head.items.length + 1]);
    expect(await server.open()).toBe(2);
  });
});

describe("a page", () => {
  test.each([
    ["pagehide", "pageshow"],
    ["freeze", "resume"],
  ])("that is put away (%s) lets go of everything, and goes on (%s) where it was", async (away, back) => {
    const one = tab({ from: "start" });
    await server.write(2);
    await soon(() => expect(one.seen).toEqual([1, 2]));
    await soon(async () => expect(await server.open()).toBe(1));
    browser.happens(away);
    await soon(async () => expect(await server.open()).toBe(0));
    expect(browser.held()).toMatchObject({ channels: 0, timers: 0 });
    await soon(async () => expect(await locks()).toEqual({ held: 0, pending: 0 }));
    await server.write(2);
    browser.happens(back);
    await soon(() => expect(one.seen).toEqual(upTo(4)));
  });

  test("whose last subscription ends keeps nothing", async () => {
    const one = tab();
    const two = follow(one.shop, { from: "start" });
    await ready(one, two);
    expect(browser.held()).toMatchObject({ listeners: 4, timers: 1 });
    await one.close();
    await two.close();
    await soon(async () => {
      expect(browser.held()).toEqual({ listeners: 0, channels: 0, timers: 0 });
      expect(await locks()).toEqual({ held: 0, pending: 0 });
      expect(await server.open()).toBe(0);
    });
    const again = follow(one.shop, { from: "start" });
    await ready(again);
  });
});

describe("a tail", () => {
  const reset = (cursor: string): Said => ({ type: "stream.reset", payload: { reason: "ahead", cursor } });
  const taken = (tail: ReturnType<typeof createTail>) => {
    const seen: number[] = [];
    for (let one = tail.take(); one; one = tail.take()) seen.push(one.seq);
    return seen;
  };

  test("goes on from a position only where nothing lies between", () => {
    const tail = createTail(() => true);
    expect(tail.continues("e.4")).toBe(false);
    for (const seq of [5, 6, 7]) tail.hear(eventOf(seq));
    expect(tail.continues("e.3")).toBe(false);
    expect(tail.continues("f.5")).toBe(false);
    expect(tail.continues("start")).toBe(false);
    expect(tail.continues("e.5")).toBe(true);
    expect(taken(tail)).toEqual([6, 7]);
  });

  test("does not go on from beyond a reset, whose events come again under the same numbers", () => {
    const tail = createTail(() => true);
    for (const seq of [7, 8, 9]) tail.hear(eventOf(seq));
    expect(tail.continues("e.9")).toBe(true);
    tail.hear(reset("e.5"));
    expect(tail.continues("e.9")).toBe(false);
    for (const seq of [6, 7]) tail.hear(eventOf(seq));
    expect(tail.continues("e.9")).toBe(false);
    expect(tail.continues("e.5")).toBe(true);
    expect(taken(tail)).toEqual([6, 7]);
  });

  test("drops doubles and what a leader says that is behind", () => {
    const tail = createTail(() => true);
    for (const said of [eventOf(1), eventOf(1), eventOf(2), "e.1", eventOf(2), "", eventOf(3)])
      tail.hear(said);
    expect(tail.continues("e.0")).toBe(true);
    expect(taken(tail)).toEqual([1, 2, 3]);
  });

  test.each([
    ["a jump", eventOf(9), "e.8"],
    ["another epoch", eventOf(9, "f"), "f.8"],
    ["a leader that is further", "e.9", "e.9"],
    ["a reset, also backwards", reset("e.1"), "e.1"],
  ])("begins anew after %s", (_, said, base) => {
    const tail = createTail(() => true);
    for (const seq of [1, 2, 3]) tail.hear(eventOf(seq));
    tail.hear(said);
    expect(tail.base).toBe(base);
    expect(tail.continues("e.0")).toBe(false);
  });

  test("does not grow with what nobody takes", () => {
    const tail = createTail(() => true);
    for (const seq of upTo(10_000)) tail.hear(eventOf(seq));
    expect(taken(tail).length).toBeLessThanOrEqual(256);
    expect(tail.end).toBe("e.10000");
  });
});

describe("the name of a share", () => {
  const jwt = (claims: object) => `x.${btoa(JSON.stringify(claims)).replaceAll("=", "")}.y`;
  const named = (seller?: string, credential?: string) => shareName("https://a", seller, credential);

  test("is the seller's, whoever says so", async () => {
    const token = `ams_${btoa(JSON.stringify({ s: "acme", e: 1 })).replaceAll("=", "")}.sig`;
    const names = await Promise.all([
      named("acme", "k"),
      named(undefined, token),
      named(undefined, jwt({ seller_id: "acme" })),
    ]);
    expect(new Set(names).size).toBe(1);
    expect(await named("other")).not.toBe(names[0]);
    expect(await shareName("https://b", "acme", "k")).not.toBe(names[0]);
  });

  test("is made of the credential where that says nothing, and does not tell it", async () => {
    const keys = ["amk_secret", "amk_other", jwt({ sub: "acme" }), "a.b.c", "ams_x.y"];
    const names = await Promise.all(keys.map((key) => named(undefined, key)));
    expect(new Set(names).size).toBe(keys.length);
    expect(names[0]).toMatch(/^amused 1 https:\/\/a credential [\d-]+$/);
  });

  test("is none where nothing says who it is", async () => {
    expect(await named()).toBeUndefined();
  });
});

import { createAmused, memoryStore } from "@amused/core";
import { createApp } from "@amused/server";
import type { BrowserContext, Page } from "playwright-core";
import { afterAll, beforeAll, expect, inject, onTestFinished, vi } from "vitest";
import { folder, request, startServer } from "../../packages/server/test/support/process.ts";
import { browserTest, type Chromium, launch } from "./support/browser.ts";
import { listen } from "./support/listen.ts";
import { servePages } from "./support/pages.ts";

const adminKey = "an-admin-key-of-at-least-32-characters";
const slow = { timeout: 180_000 };
const soon = <T>(assertion: () => T | Promise<T>) =>
  vi.waitFor(assertion, { timeout: 60_000, interval: 100 });
const upTo = (last: number, first = 1) => Array.from({ length: last - first + 1 }, (_, i) => first + i);

let chromium: Chromium;
beforeAll(async () => {
  if (inject("chromium") !== null) chromium = await launch();
});
afterAll(() => chromium?.close());

/** A server in this process: it starts at once. */
async function inProcess(corsOrigins: string[]) {
  const amused = await createAmused({ store: memoryStore() });
  const url = await listen(createApp(amused, { adminKey, corsOrigins }).fetch);
  onTestFinished(() => amused.close());
  return url;
}

/** A host's site, a server, and a browser that visits them. */
async function visit({ serve = inProcess, own = false } = {}) {
  let url = "";
  const ask = (path: string, body?: unknown) =>
    request(`${url}${path}`, adminKey, body === undefined ? "GET" : "POST", body);
  const site = await servePages(async (seller) => {
    const made = await ask(`/v1/stream-tokens?sellerId=${seller}`, {});
    return ((await made.json()) as { token: string }).token;
  });
  url = await serve([site.url]);
  const context: BrowserContext = own ? chromium.own : await chromium.browser.newContext();
  context.setDefaultTimeout(90_000);
  const pages: Page[] = [];
  onTestFinished(async () => {
    for (const page of pages) await page.close();
    if (!own) await context.close();
  });
  return {
    context,
    site,
    ask,
    async open(seller = "acme", more = ""): Promise<Page> {
      const page = await context.newPage();
      pages.push(page);
      await page.goto(`${site.url}/?api=${encodeURIComponent(url)}&seller=${seller}${more}`);
      return page;
    },
    async write(count: number, seller = "acme") {
      for (let i = 0; i < count; i++) {
        const made = await ask(`/v1/events?sellerId=${seller}`, { type: "acme.counted", payload: { i } });
        expect(made.status).toBe(201);
      }
    },
    async streams() {
      const text = await (await ask("/metrics")).text();
      return Number(/^amused_streams_open (\d+)$/m.exec(text)?.[1]);
    },
  };
}

const seenBy = (pages: Page[]) => Promise.all(pages.map((page) => page.evaluate(() => globalThis.seen)));

browserTest("ten tabs have one stream, and the next takes it over when one closes", slow, async () => {
  const { open, write, streams } = await visit();
  const tabs: Page[] = [];
  for (let i = 0; i < 10; i++) tabs.push(await open());
  const other = await open("other");
  await write(3);
  await write(2, "other");
  // One for the ten, and one for the tab of another seller.
  await soon(async () => expect(await streams()).toBe(2));
  await write(3);
  await soon(async () => {
    for (const seen of await seenBy(tabs)) expect(seen).toEqual(upTo(6));
    expect(await seenBy([other])).toEqual([upTo(2)]);
  });
  expect(await streams()).toBe(2);

  // Written all the while, so that something falls between the two leaders.
  const writing = write(60);
  await tabs.shift()?.close();
  await tabs.shift()?.close({ runBeforeUnload: true });
  await writing;
  await soon(async () => {
    for (const seen of await seenBy(tabs)) expect(seen).toEqual(upTo(66));
  });
  await soon(async () => expect(await streams()).toBe(2));
});

browserTest("tabs go on where they were when the server was killed and is back", slow, async () => {
  const data = await folder();
  const start = async (origins: string[], port = "0") => {
    const env = { AMUSED_ADMIN_KEY: adminKey, AMUSED_CORS_ORIGINS: origins.join(",") };
    return startServer(["--data", data, "--port", port], env);
  };
  let run: Awaited<ReturnType<typeof start>> | undefined;
  const { open, write, streams, site } = await visit({
    serve: async (origins) => {
      run = await start(origins);
      return run.ready.url;
    },
  });
  const tabs = [await open(), await open(), await open()];
  await write(3);
  await soon(async () => {
    for (const seen of await seenBy(tabs)) expect(seen).toEqual(upTo(3));
  });
  run?.child.kill("SIGKILL");
  await run?.ended;
  await start([site.url], new URL(run?.ready.url ?? "").port);
  await write(3);
  await soon(async () => {
    for (const seen of await seenBy(tabs)) expect(seen).toEqual(upTo(6));
    expect(await streams()).toBe(1);
  });
});

browserTest("a page that is loaded again goes on from the position it kept", slow, async () => {
  const { open, write } = await visit();
  const [leader, other] = [await open("acme", "&keep"), await open("acme", "&keep")];
  await write(2);
  await soon(async () => expect(await seenBy([leader, other])).toEqual([upTo(2), upTo(2)]));
  // Between the going and the coming of a page there is always something to miss.
  const writing = write(10);
  await leader.reload();
  await writing;
  await write(1);
  await soon(async () => {
    const [[first, ...rest] = [], all] = await seenBy([leader, other]);
    expect(first).toBeGreaterThan(2);
    expect([first, ...rest]).toEqual(upTo(13, first as number));
    expect(all).toEqual(upTo(13));
    expect(await leader.evaluate(() => sessionStorage.getItem("cursor"))).toMatch(/\.13$/);
  });
});

browserTest("a tab that the browser freezes holds up nobody, and goes on when it thaws", slow, async () => {
  const { context, open, write, streams } = await visit({ own: true });
  const [leader, other] = [await open(), await open()];
  await write(2);
  await soon(async () => expect(await seenBy([leader, other])).toEqual([upTo(2), upTo(2)]));
  const devtools = await context.newCDPSession(leader);
  await devtools.send("Page.setWebLifecycleState", { state: "frozen" });
  await write(3);
  await soon(async () => expect(await seenBy([other])).toEqual([upTo(5)]));
  expect(await seenBy([leader])).toEqual([upTo(2)]);
  await devtools.send("Page.setWebLifecycleState", { state: "active" });
  await soon(async () => expect(await seenBy([leader, other])).toEqual([upTo(5), upTo(5)]));
  expect(await streams()).toBe(1);
});

browserTest("a page that is left and comes back from the browser's memory goes on", slow, async () => {
  const { open, write, streams, site } = await visit({ own: true });
  const [leader, other] = [await open(), await open()];
  await write(2);
  await soon(async () => expect(await seenBy([leader, other])).toEqual([upTo(2), upTo(2)]));
  await leader.evaluate(() => {
    globalThis.seen.push("kept");
  });
  await leader.goto(`${site.url}/elsewhere`);
  await write(3);
  await soon(async () => expect(await seenBy([other])).toEqual([upTo(5)]));
  await leader.goBack({ waitUntil: "commit" });
  await soon(async () => expect(await seenBy([leader])).toEqual([[1, 2, "kept", 3, 4, 5]]));
  await soon(async () => expect(await streams()).toBe(1));
});

browserTest("a leader whose script hangs is robbed of the stream", slow, async () => {
  const { open, write, site } = await visit();
  const [leader, other] = [await open("acme", "&watchdog=2000"), await open("acme", "&watchdog=2000")];
  await write(2);
  await soon(async () => expect(await seenBy([leader, other])).toEqual([upTo(2), upTo(2)]));
  // A request that a page waits for with everything it does.
  const hangs = leader.evaluate(() => {
    const request = new XMLHttpRequest();
    request.open("GET", "/hold", false);
    request.send();
  });
  await site.held;
  await write(3);
  await soon(async () => expect(await seenBy([other])).toEqual([upTo(5)]));
  site.release();
  await hangs;
  await write(1);
  await soon(async () => expect(await seenBy([leader, other])).toEqual([upTo(6), upTo(6)]));
});

browserTest("a page of another origin reads what it may", slow, async () => {
  const { open, ask } = await visit();
  const made = await ask("/v1/keys", { sellerId: "acme", scopes: ["read", "write"] });
  const { key } = (await made.json()) as { key: string };
  for (const name of ["Green tea", "Black tea"]) await ask("/v1/products?sellerId=acme", { name });
  const page = await open("acme", `&key=${key}`);
  expect((await page.evaluate(() => globalThis.names())).sort()).toEqual(["Black tea", "Green tea"]);
});

browserTest("a page uses a key that names it, and none that names others", slow, async () => {
  const { open, ask, site } = await visit({ serve: () => inProcess([]) });
  const keyFor = async (origin: string) => {
    const made = await ask("/v1/keys", { sellerId: "acme", scopes: ["read"], origins: [origin] });
    return ((await made.json()) as { key: string }).key;
  };
  const [own, foreign] = [await keyFor(site.url), await keyFor("https://other.example")];
  await ask("/v1/products?sellerId=acme", { name: "Green tea" });
  const page = await open("acme", `&key=${own}`);
  expect(await page.evaluate(() => globalThis.names())).toEqual(["Green tea"]);
  const other = await open("acme", `&key=${foreign}`);
  await expect(other.evaluate(() => globalThis.names())).rejects.toThrow(/pages of other origins/);
});

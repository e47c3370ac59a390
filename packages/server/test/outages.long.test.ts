import { setTimeout as sleep } from "node:timers/promises";
import { createClient } from "@amused/client";
import { type FaultyProxy, faultyProxy } from "@amused/testkit";
import pg from "pg";
import { afterAll, beforeAll, describe, expect, inject, onTestFinished, test } from "vitest";
import { createDatabase } from "../../../scripts/services/database.ts";
import {
  type OwnPostgres,
  ownPostgres,
  postgresBinaries,
} from "../../../scripts/services/postgres-server.ts";
import { type Answered, ask, type Traffic, traffic } from "./support/outage.ts";
import { folder, request, startServer } from "./support/process.ts";
import { keyFor } from "./support/storm/connect.ts";

const adminKey = "an-admin-key-of-at-least-32-characters";
/** What an answer may take: the wait for a turn, for a connection, and for a statement and its silence, some of it twice. */
const boundMs = 8_000;
const stock = 100_000;

/** A server of ours on a database, a shop with one product in it, and somebody who reads its log. */
async function openShop(databaseUrl: string, env: Record<string, string> = {}) {
  const run = await startServer(["--data", await folder()], {
    DATABASE_URL: databaseUrl,
    AMUSED_ADMIN_KEY: adminKey,
    AMUSED_CONNECT_TIMEOUT: "1s",
    AMUSED_STATEMENT_TIMEOUT: "1s",
    AMUSED_HEARTBEAT: "500ms",
    RATE_LIMIT: "off",
    LOG_LEVEL: "error",
    ...env,
  });
  const { url } = run.ready;
  const key = await keyFor(url, adminKey, "acme");
  const made = await request(`${url}/v1/products`, key, "POST", { name: "Tea", quantity: stock });
  const { id } = (await made.json()) as { id: number };

  const seen: { seq: number; type: string; orderId: string | undefined }[] = [];
  const stop = new AbortController();
  const shop = createClient({ baseUrl: url, apiKey: key, reconnect: { minDelay: 20, maxDelay: 200 } });
  const reading = (async () => {
    for await (const event of shop.events.subscribe({ from: "start", signal: stop.signal })) {
      if (event.type === "stream.reset") throw new Error("The log was lost on the way.");
      const { orderId } = event.payload as { orderId?: string };
      seen.push({ seq: event.seq, type: event.type, orderId });
    }
  })().catch((error) => {
    if (!stop.signal.aborted) throw error;
  });
  onTestFinished(async () => {
    stop.abort();
    await reading;
  });
  return { run, url, key, id, seen };
}

/** Customers of a shop, once they are at it. */
async function busyWith({ url, key, id }: Shop): Promise<Traffic> {
  const customers = traffic(url, key, id);
  const sold = () => customers.sales.filter(({ acknowledged }) => acknowledged).length;
  await expect.poll(sold, { timeout: 20_000 }).toBeGreaterThan(20);
  return customers;
}

type Shop = Awaited<ReturnType<typeof openShop>>;

/** Waits until sales are answered well; says how long that took. */
async function recovered({ url, key, id }: Shop): Promise<number> {
  const from = performance.now();
  for (;;) {
    const { status } = await ask(`${url}/v1/sales`, key, "POST", { lines: [{ productId: id, quantity: 1 }] });
    if (status === 201) return performance.now() - from;
    await sleep(50);
  }
}

function refusals(answers: Answered[]): Answered[] {
  return answers.filter(({ status }) => status === 503);
}

/** What must hold whatever befell the database. */
async function check(shop: Shop, { answers, sales }: Traffic): Promise<void> {
  expect(answers.filter(({ status }) => ![200, 201, 503].includes(status))).toEqual([]);
  const saysLittle = ({ code, retryAfter, detail }: Answered) =>
    code !== "unavailable" || !(Number(retryAfter) > 0) || !/try again/i.test(detail ?? "");
  expect(refusals(answers).filter(saysLittle)).toEqual([]);
  expect(Math.max(...answers.map(({ ms }) => ms))).toBeLessThan(boundMs);

  // Each order has one effect, and the log no hole.
  const orders = () => shop.seen.flatMap(({ orderId }) => orderId ?? []);
  await expect.poll(() => new Set(orders()).size, { timeout: 10_000 }).toBe(sales.length);
  expect(orders()).toHaveLength(sales.length);
  expect(shop.seen.map(({ seq }) => seq)).toEqual(shop.seen.map((_, n) => n + 1));
  const units = shop.seen.filter(({ type }) => type === "sale.recorded").length;
  const product = await request(`${shop.url}/v1/products/${shop.id}`, shop.key);
  expect(await product.json()).toMatchObject({ quantity: stock - units });

  expect(shop.run.child.exitCode).toBeNull();
  expect(shop.run.stderr()).not.toMatch(/A request failed|nobody looked|Nobody caught/);
}

describe("while PostgreSQL is away", { timeout: 120_000 }, () => {
  const binaries = postgresBinaries(15);
  let postgres: OwnPostgres;
  beforeAll(async () => {
    if (binaries === undefined) return;
    postgres = await ownPostgres(binaries);
    await postgres.start();
  });
  afterAll(() => postgres?.remove());

  test.each(["SIGINT", "SIGKILL"] as const)(
    "by %s, everything is refused in time, and goes on when it is back",
    async (signal) => {
      if (binaries === undefined) throw new Error("There are no programs of PostgreSQL 15 or newer here.");
      const { url: databaseUrl } = await createDatabase(postgres.url);
      const shop = await openShop(databaseUrl);
      const customers = await busyWith(shop);

      await postgres.stop(signal);
      await sleep(300);
      const before = customers.answers.length;
      await sleep(1_000);
      const during = customers.answers.slice(before);
      expect(during.length).toBeGreaterThan(0);
      expect(during.filter(({ status }) => status !== 503)).toEqual([]);
      expect((await fetch(`${shop.url}/health/live`)).status).toBe(200);
      const ready = await fetch(`${shop.url}/health/ready`);
      expect([ready.status, await ready.json()]).toEqual([
        503,
        { status: "degraded", checks: { store: "unavailable" } },
      ]);

      await postgres.start();
      expect(await recovered(shop)).toBeLessThan(10_000);
      await customers.settle();
      expect((await fetch(`${shop.url}/health/ready`)).status).toBe(200);
      await check(shop, customers);
    },
  );
});

const databaseUrl = inject("databaseUrl");

describe.skipIf(databaseUrl === null)("while the way to PostgreSQL", { timeout: 120_000 }, () => {
  async function through(): Promise<{ proxy: FaultyProxy; shop: Shop; customers: Traffic }> {
    const database = await createDatabase(databaseUrl as string);
    const url = new URL(database.url);
    const proxy = await faultyProxy({ port: Number(url.port || 5432) });
    onTestFinished(async () => {
      await proxy.close();
      await database.drop();
    });
    url.host = `127.0.0.1:${proxy.port}`;
    const shop = await openShop(url.href);
    return { proxy, shop, customers: await busyWith(shop) };
  }

  test("is cut and refused", async () => {
    const { proxy, shop, customers } = await through();
    for (let i = 0; i < 5; i++) {
      proxy.inject({ kind: "cut", way: i % 2 === 0 ? "up" : "down", after: 0 });
      await sleep(200);
    }
    proxy.refuse(true);
    proxy.cut();
    await sleep(2_000);
    proxy.heal();
    expect(await recovered(shop)).toBeLessThan(10_000);
    await customers.settle();
    expect(proxy.hits.cut).toBeGreaterThan(4);
    expect(proxy.hits.refuse).toBeGreaterThan(0);
    expect(refusals(customers.answers).length).toBeGreaterThan(0);
    // A write whose answer was cut off may have happened; the retry has found out.
    expect(customers.sales.filter((sale) => sale.wasUnknown).length).toBeGreaterThan(0);
    await check(shop, customers);
  });

  test.each(["up", "down"] as const)("stands still (%s)", async (way) => {
    const { proxy, shop, customers } = await through();
    const stall = { kind: "stall", way, after: 0, ms: 60_000 } as const;
    proxy.weather(() => [stall]);
    proxy.inject(stall);
    await sleep(6_000);
    const from = performance.now();
    expect((await fetch(`${shop.url}/health/ready`)).status).toBe(503);
    expect(performance.now() - from).toBeLessThan(4_000);
    expect((await fetch(`${shop.url}/health/live`)).status).toBe(200);
    proxy.heal();
    expect(await recovered(shop)).toBeLessThan(10_000);
    await customers.settle();
    expect(proxy.hits.stall).toBeGreaterThan(0);
    expect(refusals(customers.answers).length).toBeGreaterThan(0);
    await check(shop, customers);
  });

  test("is gone without a word", async () => {
    const { proxy, shop, customers } = await through();
    const before = proxy.open;
    proxy.inject({ kind: "halfOpen", way: "down", after: 0 });
    await expect.poll(() => proxy.hits.halfOpen).toBeGreaterThan(0);
    expect(before).toBeGreaterThan(1);
    expect(await recovered(shop)).toBeLessThan(10_000);
    await customers.settle();
    await check(shop, customers);
  });

  test("lets bytes through one after the other", async () => {
    const { proxy, shop, customers } = await through();
    const trickle = { kind: "trickle", way: "down", after: 0, bytes: 300 } as const;
    for (let i = 0; i < 5; i++) {
      proxy.inject(trickle);
      await sleep(300);
    }
    await customers.settle();
    expect(proxy.hits.trickle).toBeGreaterThan(0);
    await check(shop, customers);
  });
});

describe.skipIf(databaseUrl === null)("while all connections are taken", { timeout: 60_000 }, () => {
  test("requests wait a bounded time, are refused, and have changed nothing", async () => {
    const database = await createDatabase(databaseUrl as string);
    onTestFinished(database.drop);
    const shop = await openShop(database.url, { AMUSED_DATABASE_CONNECTIONS: "3" });
    const other = new pg.Client({ connectionString: database.url });
    await other.connect();
    onTestFinished(() => other.end());
    await other.query("begin");
    await other.query("lock table amused.products in access exclusive mode");

    const listing = () => ask(`${shop.url}/v1/products`, shop.key);
    const selling = () =>
      ask(`${shop.url}/v1/sales`, shop.key, "POST", { lines: [{ productId: shop.id, quantity: 1 }] });
    const answers = await Promise.all(
      Array.from({ length: 40 }, (_, n) => (n % 2 === 0 ? listing() : selling())),
    );
    expect(new Set(answers.map(({ status }) => status))).toEqual(new Set([503]));
    for (const { detail, ms, retryAfter } of answers) {
      expect(detail).toContain("Nothing was changed; try again.");
      expect(Number(retryAfter)).toBeGreaterThan(0);
      expect(ms).toBeLessThan(boundMs);
    }
    await other.query("rollback");
    expect((await selling()).status).toBe(201);
    const product = await request(`${shop.url}/v1/products/${shop.id}`, shop.key);
    expect(await product.json()).toMatchObject({ quantity: stock - 1 });
  });
});

import { spawn } from "node:child_process";
import { randomUUID } from "node:crypto";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { createAmused, isAmusedError } from "@amused/core";
import { storeConformance } from "@amused/testkit";
import { PGlite } from "@electric-sql/pglite";
import { afterAll, describe, expect, test } from "vitest";
import { commandOf, createProduct } from "../../testkit/src/commands.ts";
import { predictionRow } from "../../testkit/src/predicting.ts";
import { pgliteStore } from "../src/pglite.ts";

const folders: string[] = [];
function newFolder(): string {
  const folder = mkdtempSync(join(tmpdir(), "amused-embedded-"));
  folders.push(folder);
  return folder;
}
afterAll(() => {
  for (const folder of folders) rmSync(folder, { recursive: true, force: true });
});

const writer = (folder: string) => ({
  command: process.execPath,
  args: [
    "--conditions=@amused/source",
    fileURLToPath(new URL("./writer.ts", import.meta.url)),
    "pglite",
    folder,
  ],
});

const folder = newFolder();
const crashed = newFolder();

async function open(folder: string) {
  const store = await pgliteStore(folder);
  await store.migrate();
  return store;
}

storeConformance({
  name: "pgliteStore",
  open: () => open(folder),
  reopen: () => open(folder),
  crash: () => ({ ...writer(crashed), open: () => open(crashed) }),
  // One connection does all, some ten times slower than a server does it.
  sizes: { rounds: 4, buyers: 120, runs: 4, steps: 10 },
});

describe("a folder of pgliteStore", () => {
  test("has one holder: a second one is refused at once and told who has it", async () => {
    const folder = newFolder();
    const store = await open(folder);
    const refused = await pgliteStore(folder).catch((error: unknown) => error);
    expect(isAmusedError(refused, "unavailable")).toBe(true);
    expect(String(refused)).toContain(`pid ${process.pid}`);
    await store.close();
    await (await open(folder)).close();
  });

  test("is refused to a second process, and taken over from a killed one", async () => {
    const folder = newFolder();
    const { command, args } = writer(folder);
    const other = spawn(command, args, { stdio: ["pipe", "pipe", "inherit"] });
    await new Promise((written) => other.stdout.once("data", written));
    await expect(pgliteStore(folder)).rejects.toThrow(`process ${other.pid}`);
    other.kill("SIGKILL");
    await new Promise((gone) => other.once("exit", gone));
    await (await open(folder)).close();
  });

  test("is not held by a process that only has the pid of a dead holder", async () => {
    const folder = newFolder();
    // The own pid too: in a container, every start has the same.
    for (const pid of [process.ppid, process.pid]) {
      writeFileSync(join(folder, "pg.lock"), JSON.stringify({ pid, began: "1" }));
      await (await open(folder)).close();
    }
  });

  test("goes into a backup whole and comes back from it, with positions of its own", async () => {
    const store = await pgliteStore(newFolder());
    const amused = await createAmused({ store });
    const shop = amused.seller("acme");
    const { id } = await shop.products.create({ name: "Tea", quantity: 5 });
    const { nextCursor } = await shop.events.list();
    const [backup] = await Promise.all([
      store.backup(),
      shop.stock.adjust(id, { adjust: 1, reason: "meanwhile" }),
    ]);
    await amused.close();

    const restored = await createAmused({ store: pgliteStore(newFolder(), { restore: backup }) });
    const again = restored.seller("acme");
    expect([5, 6]).toContain((await again.products.get(id)).quantity);
    await expect(again.events.list({ after: nextCursor })).rejects.toMatchObject({
      code: "cursor_expired",
      reason: "epoch",
    });
    await again.products.create({ name: "Cup" });
    await restored.close();
    await expect(pgliteStore(folder, { restore: backup })).rejects.toMatchObject({ code: "conflict" });
  });

  test("that comes back from a backup has its consumers go on where they were in it", async () => {
    const store = await pgliteStore(newFolder());
    const amused = await createAmused({ store });
    const seen: string[] = [];
    const handler = ({ payload }: { payload: { product: { name: string } } }) =>
      seen.push(payload.product.name);
    const { stop } = amused.events.consume("mails", ["product.created"], handler);
    await amused.seller("acme").products.create({ name: "Tea" });
    await expect.poll(() => seen).toEqual(["Tea"]);
    await stop();
    await amused.seller("acme").products.create({ name: "Pot" });
    const backup = await store.backup();
    await amused.close();

    const restored = await createAmused({ store: pgliteStore(newFolder(), { restore: backup }) });
    restored.events.consume("mails", ["product.created"], handler);
    await restored.seller("acme").products.create({ name: "Cup" });
    await expect.poll(() => seen, { timeout: 10_000 }).toContain("Cup");
    expect(seen).toEqual(["Tea", "Pot", "Cup"]);
    expect((await restored.events.deadLetters.list()).items).toEqual([]);
    await restored.close();
  });

  test("knows how large its tables have become though they were filled a little at a time", async () => {
    const folder = newFolder();
    const store = await open(folder);
    const ids: number[] = [];
    for (let n = 0; n < 10; n++) ids.push((await createProduct(store, "acme", { name: `Tea ${n}` })).id);
    const both = ["forecast", "stockout"] as const;
    const rows = ids.flatMap((id) => both.map((type) => predictionRow(id, { type })));
    for (let pass = 0; pass < 10; pass++) await store.predictions.save(commandOf("acme"), rows);
    await store.close();
    const database = await PGlite.create(join(folder, "pg"));
    const known = await database.query<{ reltuples: number }>(
      "select reltuples from pg_class where oid = 'amused.ai_predictions'::regclass",
    );
    await database.close();
    expect(known.rows[0]?.reltuples).toBeGreaterThanOrEqual(rows.length);
  });

  test("knows of a seller's sales though others have many more", async () => {
    const folder = newFolder();
    const store = await open(folder);
    for (const [sellerId, count] of [
      ["first", 1_000],
      ["second", 300],
    ] as const) {
      const { id: productId } = await createProduct(store, sellerId);
      const sale = { productId, quantity: 1, price: "1.00", soldAt: "2025-06-01T00:00:00.000Z" };
      const lines = Array.from({ length: count }, (_, n) => ({ ...sale, orderId: `o-${n}` }));
      await store.sales.import(commandOf(sellerId), randomUUID(), lines, false);
    }
    await store.close();
    const database = await PGlite.create(join(folder, "pg"));
    const known = await database.query<{ sellers: string }>(
      "select most_common_vals::text as sellers from pg_stats where tablename = 'sales_history' and attname = 'seller_id'",
    );
    await database.close();
    expect(known.rows[0]?.sellers).toBe("{first,second}");
  });

  test("leaves others a turn of the event loop after each statement", async () => {
    const store = await open(newFolder());
    let turns = 0;
    const count = () => {
      turns++;
      counting = setImmediate(count);
    };
    let counting = setImmediate(count);
    for (let n = 0; n < 50; n++) await store.ping();
    clearImmediate(counting);
    expect(turns).toBeGreaterThanOrEqual(50);
    await store.close();
  });

  test("vacuums what has grown, and nothing else", async () => {
    const folder = newFolder();
    const store = await open(folder);
    const { id: productId } = await createProduct(store, "acme");
    const sale = { productId, orderId: null, quantity: 1, price: "1.00", soldAt: "2025-06-01T00:00:00.000Z" };
    for (let n = 0; n < 8; n++)
      await store.sales.import(commandOf("acme"), randomUUID(), Array(1_000).fill(sale), false);
    await store.prune(new Date(0));
    await store.close();
    const database = await PGlite.create(join(folder, "pg"));
    const { rows } = await database.query<{ relname: string; unseen: number; known: boolean }>(
      `select relname, relpages - relallvisible as unseen, reltuples >= 0 as known from pg_class
       where oid in ('amused.sales_history'::regclass, 'amused.alerts'::regclass) order by relname`,
    );
    await database.close();
    expect(rows).toEqual([
      { relname: "alerts", unseen: 0, known: false },
      { relname: "sales_history", unseen: 0, known: true },
    ]);
  });

  test("reads the demand of many days and products in their order", async () => {
    const store = await open(newFolder());
    const productIds: number[] = [];
    for (let n = 0; n < 5; n++)
      productIds.push((await createProduct(store, "acme", { name: `Tea ${n}`, quantity: n })).id);
    const read = await store.demand.read("acme", { productIds, from: "2023-06-17", to: "2025-06-15" });
    expect(read.products.map(({ productId, units }) => [productId, units.length])).toEqual(
      productIds.map((id) => [id, 730]),
    );
    await store.close();
  });

  test("leaves its lock to nobody when it is closed", async () => {
    const folder = newFolder();
    await (await open(folder)).close();
    expect(() => readFileSync(join(folder, "pg.lock"))).toThrow("ENOENT");
  });
});

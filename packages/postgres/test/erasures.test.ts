import { spawn } from "node:child_process";
import { once } from "node:events";
import { fileURLToPath } from "node:url";
import { createAmused } from "@amused/core";
import type { Pool } from "pg";
import { expect, inject, test } from "vitest";
import { describePostgres, freshStore } from "./database.ts";

/** Tables whose rows belong to no seller. */
const nobodys = ["consumers", "migrations"];

/** How many rows a seller has in each table that has sellers, those without any left out. */
async function rowsOf(pool: Pool, schema: string, sellerId: string): Promise<Record<string, number>> {
  const { rows } = await pool.query(
    "select table_name from information_schema.columns where table_schema = $1 and column_name = 'seller_id'",
    [schema],
  );
  const counts: [string, number][] = [];
  for (const { table_name: name } of rows) {
    const { rows } = await pool.query(
      `select count(*)::int as n from ${schema}.${name} where seller_id = $1`,
      [sellerId],
    );
    if (rows[0].n > 0) counts.push([name, rows[0].n]);
  }
  return Object.fromEntries(counts);
}

describePostgres("erasing a seller on PostgreSQL", () => {
  test("finds every table: one has sellers, or is known to have none", async () => {
    const { pool, schema, close } = await freshStore();
    const { rows } = await pool.query(
      `select table_name from information_schema.tables t where table_schema = $1 and not exists (
         select from information_schema.columns c
         where c.table_schema = $1 and c.table_name = t.table_name and column_name = 'seller_id')
       order by 1`,
      [schema],
    );
    expect(rows.map(({ table_name }) => table_name)).toEqual(nobodys);
    await close();
  });

  test("takes rows of a table that nobody told it of", async () => {
    const { pool, schema, store, close } = await freshStore();
    await pool.query(`create table ${schema}.added_later (seller_id text primary key)`);
    await pool.query(`insert into ${schema}.added_later values ('acme'), ('bonsai')`);
    const at = new Date();
    await store.erasures.begin("acme", { at, epoch: "e", requestedBy: null });
    expect((await store.erasures.finish("acme", at))?.state, "it is not empty").toBe("erasing");
    expect(await store.erasures.step("acme", 10)).toBe(1);
    expect((await store.erasures.finish("acme", at))?.state).toBe("erased");
    expect(await rowsOf(pool, schema, "acme")).toEqual({ erasures: 1 });
    expect(await rowsOf(pool, schema, "bonsai")).toEqual({ added_later: 1 });
    await close();
  });

  test("goes on after kill -9 in the middle, until one row is left, while others sell and background work goes on", {
    timeout: 120_000,
  }, async () => {
    const { pool, schema, store, close } = await freshStore();
    const amused = await createAmused({ store });
    for (const id of ["acme", "bonsai"]) {
      const shop = amused.seller(id);
      const products = Array.from({ length: 3_000 }, (_, n) => `T-${n},Tea ${n},6\n`).join("");
      await shop.products.import(`sku,name,quantity\n${products}`);
      const sales = Array.from({ length: 3_000 }, (_, n) => `T-${n},2,2026-01-0${1 + (n % 9)}\n`).join("");
      await shop.sales.import(`sku,quantity,soldAt\n${sales}`);
      await shop.settings.update({ packSize: 2 });
      await amused.keys.create({ sellerId: id });
      const [tea] = (await shop.products.list({ limit: 1 })).items;
      await shop.sales.record(
        { lines: [{ productId: tea?.id as number, quantity: 1 }] },
        { idempotencyKey: "k" },
      );
    }
    const whole = await rowsOf(pool, schema, "bonsai");

    const script = fileURLToPath(new URL("./eraser.ts", import.meta.url));
    const args = ["--conditions=@amused/source", script, inject("databaseUrl") as string, schema, "acme"];
    const child = spawn(process.execPath, args, { stdio: ["pipe", "pipe", "inherit"] });
    const closed = once(child, "close");
    await once(child.stdout, "data");
    for (;;) if ((await amused.sellers.erasure("acme")).rows > 2_000) break;
    child.kill("SIGKILL");
    expect(await closed).toEqual([null, "SIGKILL"]);
    const { state, rows } = await amused.sellers.erasure("acme");
    expect(state).toBe("erasing");
    const left = Object.keys(await rowsOf(pool, schema, "acme"));
    expect(left, "it was cut off in the middle").toEqual(
      expect.arrayContaining(["products", "event_streams"]),
    );

    await amused.start();
    await expect
      .poll(async () => (await amused.sellers.erasure("acme")).state, { timeout: 60_000, interval: 250 })
      .toBe("erased");
    expect(await rowsOf(pool, schema, "acme")).toEqual({ erasures: 1 });
    expect((await amused.sellers.erasure("acme")).rows).toBeGreaterThan(rows);
    const after = await rowsOf(pool, schema, "bonsai");
    for (const [name, count] of Object.entries(whole))
      expect(after[name], name).toBeGreaterThanOrEqual(count);
    await amused.close();
    await close();
  });
});

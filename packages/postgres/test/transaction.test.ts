import { createAmused } from "@amused/core";
import { afterAll, beforeAll, expect, test } from "vitest";
import { postgresStore } from "../src/index.ts";
import { describePostgres, freshPool, freshStore } from "./database.ts";

describePostgres("a host's own transaction", () => {
  let house: Awaited<ReturnType<typeof freshStore>>;
  let amused: Awaited<ReturnType<typeof createAmused>>;
  beforeAll(async () => {
    house = await freshStore();
    amused = await createAmused({ store: house.store });
    await house.pool.query(`create table ${house.schema}.orders (id int primary key)`);
  });
  afterAll(() => house.close());

  const orders = async () => (await house.pool.query(`select id from ${house.schema}.orders`)).rows.length;

  test("commits the host's rows, stock, ledger and event together", async () => {
    const { id } = await amused.seller("a").products.create({ name: "Tea", quantity: 5 });
    const client = await house.pool.connect();
    await client.query("begin");
    await client.query(`insert into ${house.schema}.orders values (1)`);
    const joined = amused.withTransaction(client);
    await joined.seller("a").sales.record({ orderId: "1", lines: [{ productId: id, quantity: 2 }] });
    expect((await amused.seller("a").products.get(id)).quantity).toBe(5);
    await client.query("commit");
    joined.committed();
    client.release();
    expect([await orders(), (await amused.seller("a").products.get(id)).quantity]).toEqual([1, 3]);
    expect((await amused.seller("a").events.list()).items.map(({ type }) => type)).toEqual([
      "product.created",
      "sale.recorded",
    ]);
  });

  test("reads what engines know on the host's connection alone: there may be no other", async () => {
    const pool = freshPool(1);
    const narrow = await createAmused({ store: postgresStore({ pool, schema: house.schema }) });
    const { id } = await narrow.seller("narrow").products.create({ name: "Tea", quantity: 5 });
    await narrow.seller("narrow").products.create({ name: "Green tea", quantity: 5 });
    const soldAt = `${new Date().toISOString().slice(0, 10)}T00:00:01.000Z`;
    await narrow.seller("narrow").sales.record({ lines: [{ productId: id, quantity: 1 }], soldAt });
    const client = await pool.connect();
    await client.query("begin");
    const shop = narrow.withTransaction(client).seller("narrow");
    expect(await shop.predictions.forecast(id, { horizon: 60 })).toMatchObject({
      verdict: "not_enough_history",
    });
    expect((await shop.predictions.explain(id)).history.sales, "up to yesterday, in UTC").toEqual([]);
    expect((await shop.recommendations.similar(id)).items).toHaveLength(1);
    await client.query("rollback");
    client.release();
    await narrow.close();
    await pool.end();
  });

  test("takes all of it back with a rollback, also the place in the log", async () => {
    const shop = amused.seller("b");
    const { id } = await shop.products.create({ name: "Tea", quantity: 5 });
    const client = await house.pool.connect();
    await client.query("begin");
    await client.query(`insert into ${house.schema}.orders values (2)`);
    await amused
      .withTransaction(client)
      .seller("b")
      .sales.record({ lines: [{ productId: id, quantity: 2 }] });
    await client.query("rollback");
    client.release();
    expect([await orders(), (await shop.products.get(id)).quantity]).toEqual([1, 5]);
    await shop.stock.adjust(id, { adjust: 1, reason: "next" });
    expect((await shop.events.list()).items.map(({ seq }) => seq)).toEqual([1, 2]);
  });

  test("stays usable when a command in it is refused", async () => {
    const shop = amused.seller("c");
    const { id } = await shop.products.create({ name: "Tea", sku: "T", quantity: 1 });
    const client = await house.pool.connect();
    await client.query("begin");
    const joined = amused.withTransaction(client).seller("c");
    await expect(joined.products.create({ name: "Tea", sku: "T" })).rejects.toMatchObject({
      code: "conflict",
    });
    await expect(joined.sales.record({ lines: [{ productId: id, quantity: 2 }] })).rejects.toMatchObject({
      code: "insufficient_stock",
    });
    await joined.sales.record({ lines: [{ productId: id, quantity: 1 }] });
    await client.query("commit");
    client.release();
    expect((await shop.products.get(id)).quantity).toBe(0);
  });

  test("takes several calls at once one after the other", async () => {
    const shop = amused.seller("d");
    const { id } = await shop.products.create({ name: "Tea", quantity: 5 });
    const client = await house.pool.connect();
    await client.query("begin");
    const sell = (quantity: number) =>
      amused
        .withTransaction(client)
        .seller("d")
        .sales.record({ lines: [{ productId: id, quantity }] });
    const sold = await Promise.allSettled([sell(1), sell(9), sell(2)]);
    await client.query("commit");
    client.release();
    expect(sold.map(({ status }) => status)).toEqual(["fulfilled", "rejected", "fulfilled"]);
    expect((await shop.products.get(id)).quantity).toBe(2);
  });

  test("of an outdated version is not deleted, whatever number is said", async () => {
    const shop = amused.seller("e");
    const { id } = await shop.products.create({ name: "Tea" });
    for (const ifVersion of [2, 3_000_000_000, 1.5])
      await expect(shop.products.delete(id, { ifVersion })).rejects.toMatchObject({
        code: "precondition_failed",
      });
  });

  test("is not a pool's, nor anything else's", () => {
    for (const wrong of [house.pool, { totalCount: 1, query() {} }, undefined, {}])
      expect(() => amused.withTransaction(wrong)).toThrow(/^transaction: must be the client/);
  });
});

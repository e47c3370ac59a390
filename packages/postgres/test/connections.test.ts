import { createAmused, type Seller } from "@amused/core";
import pg from "pg";
import { afterAll, beforeAll, expect, inject, test } from "vitest";
import { pooled } from "../src/database.ts";
import { postgresStore } from "../src/index.ts";
import { everySeller, rowSecurity } from "../src/row-security.ts";
import { sellerTurns } from "../src/turns.ts";
import { describePostgres, freshStore } from "./database.ts";

describePostgres("a connection", () => {
  let house: Awaited<ReturnType<typeof freshStore>>;
  let shop: Seller;
  let id: number;
  beforeAll(async () => {
    house = await freshStore();
    shop = (await createAmused({ store: house.store })).seller("acme");
    id = (await shop.products.create({ name: "Tea", quantity: 5 })).id;
  });
  afterAll(() => house.close());

  /** Runs work while another transaction holds the product's row. */
  async function whileLocked(work: () => Promise<void>) {
    const other = await house.pool.connect();
    await other.query("begin");
    await other.query(`select from ${house.schema}.products for update`);
    try {
      await work();
    } finally {
      await other.query("rollback");
      other.release();
    }
  }

  async function withPool(config: pg.PoolConfig, work: (shop: Seller, pool: pg.Pool) => Promise<void>) {
    const pool = new pg.Pool({ connectionString: inject("databaseUrl") as string, max: 1, ...config });
    pool.on("error", () => {});
    const amused = await createAmused({ store: postgresStore({ pool, schema: house.schema }) });
    try {
      await work(amused.seller("acme"), pool);
    } finally {
      await pool.end();
    }
  }

  const adjust = (shop: Seller) => shop.stock.adjust(id, { adjust: 1, reason: "found" });
  /** A command of several statements in a transaction. */
  const count = (shop: Seller) =>
    shop.stock.count(id, { count: 5, countedAt: "2020-01-01T00:00:00Z", reason: "counted" });

  test.each([
    ["a single statement", adjust],
    ["a transaction", count],
  ])("that breaks in %s fails that work alone, not the process", async (_, work) => {
    await withPool({ application_name: "breaks" }, async (shop) => {
      await whileLocked(async () => {
        const failed = expect(work(shop)).rejects.toMatchObject({ code: "unavailable" });
        const waiting = "application_name = 'breaks' and wait_event_type = 'Lock'";
        const kill = `select pg_terminate_backend(pid) from pg_stat_activity where ${waiting}`;
        while ((await house.pool.query(kill)).rowCount === 0);
        await failed;
      });
      await shop.products.get(id);
    });
  });

  test("of the host's that breaks in its transaction is unavailable", async () => {
    const client = await house.pool.connect();
    client.on("error", () => {});
    await client.query("begin");
    const joined = postgresStore({ pool: house.pool, schema: house.schema }).join(client);
    const { rows } = await client.query("select pg_backend_pid() as pid");
    await house.pool.query("select pg_terminate_backend($1)", [rows[0].pid]);
    for (let i = 0; i < 2; i++)
      await expect(joined.products.find("acme", id)).rejects.toMatchObject({ code: "unavailable" });
    client.release(true);
  });

  test("on which the driver gave up waiting takes no more work, which would never be committed", async () => {
    await withPool({ query_timeout: 200 }, async (shop) => {
      await whileLocked(() => expect(count(shop)).rejects.toMatchObject({ code: "unavailable" }));
      const { movement } = await adjust(shop);
      const stored = `select from ${house.schema}.stock_movements where id = $1`;
      expect((await house.pool.query(stored, [movement.id])).rowCount).toBe(1);
    });
  });

  test.each(["statement_timeout", "lock_timeout"])("whose %s runs out is unavailable", async (limit) => {
    await withPool({ options: `-c ${limit}=200` }, async (shop) => {
      await whileLocked(async () => {
        await expect(adjust(shop)).rejects.toMatchObject({ code: "unavailable" });
        await expect(count(shop)).rejects.toMatchObject({ code: "unavailable" });
      });
      await adjust(shop);
    });
  });

  test("gives a batch more time than others have", async () => {
    const pool = new pg.Pool({
      ...{ connectionString: inject("databaseUrl") as string, max: 1 },
      options: "-c statement_timeout=200",
      query_timeout: 400,
    });
    const open = rowSecurity("amused", false);
    const slow = "select pg_sleep(0.8)";
    const canceled = { code: "unavailable", message: expect.stringContaining("Nothing was changed") };
    try {
      await expect(pooled(pool, open).runAnew(everySeller, slow)).rejects.toMatchObject(canceled);
      const database = pooled(pool, open, { batch: 5_000 });
      await database.runAnew(everySeller, slow);
      await expect(pooled(pool, open, { batch: 500 }).runAnew(everySeller, slow)).rejects.toMatchObject(
        canceled,
      );
      // That was for the batch alone.
      await expect(database.run(everySeller, slow)).rejects.toMatchObject(canceled);
    } finally {
      await pool.end();
    }
  });

  test("is not waited for in line without an end, and who left the line has done nothing", async () => {
    const inTurn = sellerTurns(50);
    const ends: (() => void)[] = [];
    const held = () => inTurn("acme", () => new Promise<void>((end) => ends.push(end)));
    const holders = [held(), held()];
    let done = 0;
    const late = inTurn("acme", async () => done++);
    await expect(late).rejects.toMatchObject({ code: "unavailable", retryAfter: 1 });
    await inTurn("other", async () => {});
    for (const end of ends) end();
    await Promise.all(holders);
    await inTurn("acme", async () => done++);
    expect(done).toBe(1);
  });

  test("that always loses its races is unavailable in the end", async () => {
    const lost = Object.assign(new Error("could not serialize access"), { code: "40001" });
    const connect = async () => ({ query: () => Promise.reject(lost), release: () => {} });
    const store = postgresStore({ pool: { query: () => Promise.reject(lost), connect } });
    await expect(store.ping()).rejects.toMatchObject({ code: "unavailable", cause: lost });
  });
});

describePostgres("a cursor made by hand", () => {
  test("is refused when it holds no value of its list", async () => {
    const { store, close } = await freshStore();
    const shop = (await createAmused({ store })).seller("acme");
    for (const name of ["Tea", "Cup"]) await shop.products.create({ name, quantity: 1 });
    for (const sort of ["name", "price", "quantity", "createdAt", "updatedAt"] as const) {
      const { nextCursor } = await shop.products.list({ sort, limit: 1 });
      const [list, , last] = JSON.parse(Buffer.from(nextCursor as string, "base64url").toString());
      for (const key of sort === "name" ? ["\0"] : ["abc", "", "\0", "9".repeat(1000), "0000-01-01"]) {
        const cursor = Buffer.from(JSON.stringify([list, key, last])).toString("base64url");
        const answer = await shop.products.list({ sort, limit: 1, cursor }).then(
          () => "answered",
          (error) => error.errors?.[0].path ?? error,
        );
        // A price may be that large a number.
        expect([sort, key.slice(0, 9), answer]).toEqual([
          ...[sort, key.slice(0, 9), sort === "price" && key.startsWith("9") ? "answered" : "cursor"],
        ]);
      }
    }
    await close();
  });
});

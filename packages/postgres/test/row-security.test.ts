import { randomBytes } from "node:crypto";
import { createAmused, type Store } from "@amused/core";
import { storePromises } from "@amused/testkit";
import pg from "pg";
import { afterAll, beforeAll, expect, inject, test } from "vitest";
import { postgresStore } from "../src/index.ts";
import { describePostgres, freshPool } from "./database.ts";
import { storeWithoutFilters } from "./without-filters.ts";

const tenants = storePromises.find(({ about }) => about === "a seller neither sees nor changes another's");
const random = (name: string) => `${name}_${randomBytes(4).toString("hex")}`;

/** Does what the promises about tenants do. */
async function keepTenantsApart(store: Store): Promise<void> {
  let sellers = 0;
  for (const { keep } of tenants?.promises ?? [])
    await keep({
      ...{ store, stores: [store], seed: 1, reopen: undefined, crash: undefined },
      sizes: { runs: 2, steps: 10, contenders: 2, parallel: 2 } as never,
      seller: () => `seller-${String(++sellers).padStart(5, "0")}`,
    });
}

/** Erases one of two sellers, who have the same. */
async function keepOthersWhole(store: Store): Promise<void> {
  for (const sellerId of ["goes", "stays"]) {
    const command = { sellerId, actor: null, at: new Date(), epoch: `of ${sellerId}`, idempotency: null };
    await store.settings.update(command, { packSize: 3 });
  }
  const at = new Date();
  await store.erasures.begin("goes", { at, epoch: "e", requestedBy: null });
  while ((await store.erasures.step("goes", 1)) > 0);
  expect((await store.erasures.finish("goes", at))?.state).toBe("erased");
  expect((await store.settings.find("goes")).body.value).toEqual({});
  expect((await store.settings.find("stays")).body.value).toEqual({ packSize: 3 });
}

describePostgres("row-level security", () => {
  const schema = random("secured");
  const pool = freshPool(4);
  const store = postgresStore({ pool, schema, rowSecurity: true });
  const pools = [pool];
  const another = () => {
    const made = freshPool(2);
    pools.push(made);
    return made;
  };
  let tables: string[] = [];

  beforeAll(async () => {
    await store.migrate();
    await store.events.open("acme", "e1");
    await store.events.open("bonsai", "e2");
    const { rows } = await pool.query(
      "select table_name from information_schema.columns where table_schema = $1 and column_name = 'seller_id'",
      [schema],
    );
    tables = rows.map(({ table_name }) => table_name as string).sort();
  });
  afterAll(async () => {
    await another().query(`drop schema ${schema} cascade`);
    await Promise.all(pools.map((pool) => pool.end()));
  });

  /** With a schema and a pool of its owner's, who is nothing more. */
  async function asOwner(work: (own: pg.Pool, owned: string, user: string) => Promise<void>): Promise<void> {
    const [user, owned] = [random("owner"), random("owned")];
    await pool.query(`reset role; create role ${user} login; create schema ${owned} authorization ${user}`);
    const url = new URL(inject("databaseUrl") as string);
    url.username = user;
    const own = new pg.Pool({ connectionString: url.href, max: 2 });
    try {
      await work(own, owned, user);
    } finally {
      await own.end();
      await pool.query(`reset role; drop schema ${owned} cascade; drop role ${user}`);
    }
  }

  test("holds where the filters in our statements are left out, and nothing else would", async () => {
    const [walled, open] = [random("walled"), random("open")];
    for (const [name, secured] of [
      [walled, true],
      [open, false],
    ] as const) {
      const { store, leftOut } = storeWithoutFilters(name, secured);
      try {
        await store.migrate();
        if (secured) {
          await keepTenantsApart(store);
          await keepOthersWhole(store);
        } else await expect(keepTenantsApart(store)).rejects.toThrow();
        expect(leftOut()).toBeGreaterThan(10);
      } finally {
        await store.close();
        await pool.query(`reset role; drop schema ${name} cascade`);
      }
    }
  });

  test("holds for every table with sellers' rows: whoever says no seller sees none, and one sees its own", async () => {
    expect(tables.length).toBeGreaterThan(10);
    const client = await another().connect();
    await client.query("set role amused_rows");
    for (const table of tables) {
      const count = async () =>
        Number((await client.query(`select count(*) from ${schema}.${table}`)).rows[0].count);
      await client.query(`reset ${schema}.seller`);
      expect(await count(), table).toBe(0);
    }
    const sellers = async () =>
      (await client.query(`select seller_id from ${schema}.event_streams order by 1`)).rows.map(
        ({ seller_id }) => seller_id,
      );
    await client.query(`set ${schema}.seller = 'acme'`);
    expect(await sellers()).toEqual(["acme"]);
    await client.query(`set ${schema}.seller = 'every seller'`);
    expect(await sellers()).toEqual(["acme", "bonsai"]);
    client.release(true);
  });

  test("lets nobody write a row of another's", async () => {
    const client = await another().connect();
    await client.query(`set role amused_rows; set ${schema}.seller = 'acme'`);
    await expect(
      client.query(`insert into ${schema}.event_streams (seller_id, epoch, seq) values ('cactus', 'e', 0)`),
    ).rejects.toThrow("row-level security");
    const { rowCount } = await client.query(`update ${schema}.event_streams set seq = 99`);
    expect(rowCount).toBe(1);
    await client.query(`update ${schema}.event_streams set seq = 0`);
    client.release(true);
  });

  test("lets through whatever statements need beside the rows: lists expire by the next number", async () => {
    await store.recommendations.expire("acme", "similar");
    await store.predictions.expire("acme");
  });

  test("holds the owner of the tables too, who needs no other role", () =>
    asOwner(async (own, owned, user) => {
      const store = postgresStore({ pool: own, schema: owned, rowSecurity: true });
      await store.migrate();
      await store.events.open("acme", "e1");
      await store.events.open("bonsai", "e2");
      const client = await own.connect();
      const { rows } = await client.query("select current_user as name");
      expect(rows[0].name).toBe(user);
      await client.query(`set ${owned}.seller = 'acme'`);
      expect((await client.query(`select seller_id from ${owned}.event_streams`)).rows).toEqual([
        { seller_id: "acme" },
      ]);
      client.release(true);
    }));

  test("holds from when it comes, for a store that was used before", () =>
    asOwner(async (own, owned) => {
      await postgresStore({ pool: own, schema: owned }).migrate();
      const store = postgresStore({ pool: own, schema: owned, rowSecurity: true });
      // On both connections.
      const heads = () => Promise.all([store.events.heads(["acme"]), store.events.heads(["acme"])]);
      await store.events.open("acme", "e1");
      await heads();
      await store.migrate();
      expect((await heads()).map(({ size }) => size)).toEqual([1, 1]);
    }));

  test("serves a superuser where it came with a user who is none", () =>
    asOwner(async (own, owned) => {
      await postgresStore({ pool: own, schema: owned, rowSecurity: true }).migrate();
      const store = postgresStore({ pool: another(), schema: owned, rowSecurity: true });
      await store.migrate();
      expect(await store.events.open("acme", "e1")).toEqual({ epoch: "e1", seq: 0 });
    }));

  test("lets a migration fill what it makes from the rows that are there", () =>
    asOwner(async (own, owned) => {
      const store = postgresStore({ pool: own, schema: owned, rowSecurity: true });
      const amused = await createAmused({ store });
      await amused.seller("acme").products.create({ name: "Tea" });
      // As it was before there were claims to files.
      await pool.query(`
        reset role;
        update ${owned}.products set image_url = '/v1/files/a.png';
        drop table ${owned}.erasures, ${owned}.file_claims;
        alter table ${owned}.event_streams drop column erasing;
        delete from ${owned}.migrations where name = '0012-erasures'`);
      // As on a connection on which nothing was said.
      await Promise.all([own, own].map((pool) => pool.query(`reset ${owned}.seller`)));
      await store.migrate();
      const { rows } = await pool.query(`select seller_id, key from ${owned}.file_claims`);
      await amused.close();
      expect(rows).toEqual([{ seller_id: "acme", key: "a.png" }]);
    }));

  test("is followed by a store that does not ask for it, and taken away by one that refuses it", async () => {
    const follower = postgresStore({ pool: another(), schema });
    expect(await follower.events.heads(["acme"])).toEqual(new Map([["acme", { epoch: "e1", seq: 0 }]]));
    await follower.migrate();
    const other = random("changed");
    const on = postgresStore({ pool: another(), schema: other, rowSecurity: true });
    await on.migrate();
    const off = postgresStore({ pool: another(), schema: other, rowSecurity: false });
    await off.migrate();
    const secured = "select count(*) from pg_class where relnamespace = $1::regnamespace and relrowsecurity";
    expect((await pool.query(secured, [other])).rows[0].count).toBe("0");
    expect((await pool.query(secured, [schema])).rows[0].count).toBe(String(tables.length));
    await pool.query(`reset role; drop schema ${other} cascade`);
  });

  test("says within a transaction of the host's whose its statements are, and leaves the connection as it was", async () => {
    const host = await another().connect();
    await host.query("begin");
    await store.join(host).events.open("cactus", "e3");
    await host.query("commit");
    expect((await host.query("select current_user = session_user as same")).rows).toEqual([{ same: true }]);
    expect((await host.query(`select current_setting('${schema}.seller', true) as seller`)).rows).toEqual([
      { seller: "" },
    ]);
    host.release(true);
    expect((await store.events.heads(["cactus"])).size).toBe(1);
  });
});

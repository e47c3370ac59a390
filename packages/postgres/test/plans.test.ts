import { afterAll, beforeAll, expect, test } from "vitest";
import type { Queryable } from "../src/queryable.ts";
import { postgresStore } from "../src/store.ts";
import { describePostgres, freshStore } from "./database.ts";

/** A node of a plan that was run. */
interface Node {
  "Actual Rows": number;
  "Actual Loops": number;
  "Rows Removed by Filter"?: number;
  Plans?: Node[];
}

const read = (node: Node): number =>
  (node["Actual Rows"] + (node["Rows Removed by Filter"] ?? 0)) * node["Actual Loops"] +
  (node.Plans ?? []).reduce((sum, one) => sum + read(one), 0);

const [lines, limit] = [6_000, 200];

describePostgres("what recommendations read of a shop's orders is bounded", () => {
  let house: Awaited<ReturnType<typeof freshStore>>;
  let sales: string;
  beforeAll(async () => {
    house = await freshStore();
    sales = `${house.schema}.sales_history`;
    await house.pool.query(`alter table ${sales} set (autovacuum_enabled = off)`);
  });
  afterAll(() => house.close());

  const fill = (sellerId: string, count: number) =>
    house.pool.query(
      `insert into ${sales} (seller_id, product_id, order_id, quantity, price, sold_at, created_at)
       select $1, n % 97, 'o-' || n / 3, 1, 1, now(), now() from generate_series(1, $2::int) n`,
      [sellerId, count],
    );

  /** How many rows all steps of the plan handle for one page of orders, so many sales before the seller's last one. */
  async function rowsRead(sellerId: string, fromEnd = 2_000): Promise<number> {
    const { rows } = await house.pool.query(`select max(id) as last from ${sales} where seller_id = $1`, [
      sellerId,
    ]);
    const client = await house.pool.connect();
    let handled = 0;
    const explaining: Queryable = {
      async query({ text, values = [] }) {
        if (!text.includes(sales)) return client.query(text, values);
        const { rows } = await client.query(`explain (analyze, format json) ${text}`, values);
        handled += read(rows[0]["QUERY PLAN"][0].Plan);
        return client.query(text, values);
      },
    };
    const connection = { query: explaining.query, release() {} };
    const { sales: explained } = postgresStore({
      pool: { query: explaining.query, connect: async () => connection },
      schema: house.schema,
    });
    const after = Number(rows[0].last) - fromEnd;
    const { orders } = await explained.orders(sellerId, { after, before: null, limit });
    // A connection that has said whose it is does not go back to who says nothing.
    client.release(true);
    expect(orders.length).toBeGreaterThan(Math.min(limit, fromEnd / 4) - 1);
    return handled;
  }

  test("where the planner knows nothing of the table", async () => {
    await fill("first", lines);
    expect(await rowsRead("first")).toBeLessThan(limit * 100);
  });

  test("where it takes a large seller for nobody, as that one came since it looked", async () => {
    await fill("zoo", lines);
    await house.pool.query(`analyze ${sales}`);
    await fill("new", lines);
    expect(await rowsRead("new")).toBeLessThan(limit * 100);
  });

  test("where a wall hides the sales of all who come after the seller", async () => {
    await postgresStore({ pool: house.pool, schema: house.schema, rowSecurity: true }).migrate();
    expect(await rowsRead("first", 30)).toBeLessThan(limit * 50);
  });
});

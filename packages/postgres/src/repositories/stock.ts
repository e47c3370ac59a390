import type { StockChanged, StockRepository } from "@amused/core";
import { insufficientStock, notFound, otherQuantity } from "@amused/core/errors";
import type { Database } from "../database.ts";
import { commandStatement } from "../sql/command.ts";
import { alive, bare, movementJson, object, productJson, revision, text } from "../sql/json.ts";
import { listPage } from "../sql/page.ts";

/** Quantities and their ledger. */
export function stockRepository(schema: string): (database: Database) => StockRepository {
  const products = `${schema}.products`;
  const change = commandStatement(schema, {
    parameters: 6,
    sql: `
      had as materialized (
        select p.id, p.quantity from ${products} p
        where p.seller_id = $1::text and p.id = $5::bigint and ${alive("p")} for no key update),
      wanted as materialized (
        select had.id, had.quantity, coalesce($6::bigint, $7::bigint - had.quantity + case when $8::timestamptz is null then 0 else (
          select coalesce(sum(m.delta), 0) from ${schema}.stock_movements m
          where m.seller_id = $1::text and m.product_id = had.id and m.created_at > $8::timestamptz) end)::bigint as delta
        from had),
      moved as (
        update ${products} as p set quantity = p.quantity + wanted.delta, stock_revision = p.stock_revision + 1, updated_at = $3::timestamptz
        from wanted where p.seller_id = $1::text and p.id = $5::bigint
          and wanted.quantity + wanted.delta >= 0 and ($10::bigint is null or wanted.quantity = $10::bigint)
        returning p.id, p.quantity, wanted.delta, ${productJson("p")} as body, ${revision("p")} as revision),
      ledger as (
        insert into ${schema}.stock_movements as m (seller_id, product_id, delta, quantity, reason, actor, created_at)
        select $1::text, id, delta, quantity, $9::text, $2::text, $3::timestamptz from moved
        returning ${movementJson("m")} as body),
      facts as (
        select 1 as ord, id as product_id, 'stock.adjusted' as type,
          ${object({ delta: bare("delta"), quantity: bare("quantity"), reason: text("$9::text"), actor: text("$2::text") })} as payload
        from moved)`,
    outcome: `select ${object({ product: "moved.body", movement: "ledger.body" })} as body, moved.revision from moved, ledger`,
    first: ["ledger"],
    refusal: "(select json_build_object('quantity', quantity, 'delta', delta) from wanted)",
  });
  const lock = `select from ${products} where seller_id = $1::text and id = $2::bigint for no key update`;
  const exists = `select from ${products} where seller_id = $1::text and id = $2::bigint`;

  return (database) => ({
    async change(command, { productId, change: by, reason, expected }) {
      const amounts = "delta" in by ? [by.delta, null, null] : [null, by.count, by.countedAt];
      const values = [productId, ...amounts, reason, expected];
      const since = "countedAt" in by && by.countedAt !== null;
      // What moved since the count is summed in the statement's snapshot, which must be younger than the lock.
      const { written, refusal } = since
        ? await database.transaction(command.sellerId, async (locked) => {
            await locked.run(command.sellerId, lock, [command.sellerId, productId]);
            return change<StockChanged>(locked, command, values);
          })
        : await change<StockChanged>(database, command, values);
      if (written !== null) return written;
      if (refusal === null) throw notFound("product", productId);
      const { quantity, delta } = refusal as { quantity: number; delta: number };
      if (expected !== null && expected !== quantity) throw otherQuantity(productId, { quantity, expected });
      throw insufficientStock([{ productId, requested: -delta, available: quantity }]);
    },

    async movements(sellerId, productId, { limit, after }) {
      const rows = await listPage<never>(database, schema, sellerId, {
        from: `${schema}.stock_movements`,
        where: ["x.seller_id = $1::text", "x.product_id = $2::bigint"],
        values: [productId],
        sort: { column: "id", type: "bigint" },
        descending: true,
        json: movementJson("x"),
        after,
        limit,
      });
      const known =
        rows.body.text !== "[]" || (await database.run(sellerId, exists, [sellerId, productId])).length > 0;
      return known ? rows : null;
    },
  });
}

import { type Alert, type AlertRepository, encodedText, type Rows, type WatchedProduct } from "@amused/core";
import { notFound } from "@amused/core/errors";
import type { Database } from "../database.ts";
import { everySeller } from "../row-security.ts";
import { alertJson, alive, bare, list, object } from "../sql/json.ts";
import { headColumns, headOf, listPage } from "../sql/page.ts";
import { writeAlerts } from "./alert-write.ts";

/** What asks for somebody. */
export function alertRepository(schema: string): (database: Database) => AlertRepository {
  const [table, products] = [`${schema}.alerts`, `${schema}.products`];
  const write = writeAlerts(schema);
  const exists = `select from ${products} where seller_id = $1::text and id = $2::bigint`;

  const watch = `
    select ${object({
      product: bare(`(
        select ${object({
          quantity: bare("p.quantity"),
          reorderPoint: bare("p.reorder_point"),
          stocked: bare(`p.quantity > 0 or exists (
            select from ${schema}.stock_movements m where m.seller_id = $1::text and m.product_id = $2::bigint)`),
        })}
        from ${products} p where p.seller_id = $1::text and p.id = $2::bigint and ${alive("p")})`),
      stockout: bare(`(
        select ${object({ id: bare("a.id"), data: bare("a.data") })} from ${schema}.ai_predictions a
        where a.seller_id = $1::text and a.product_id = $2::bigint and a.type = 'stockout' and a.current)`),
      alerts: `(
        select ${list(alertJson("a"), "a.id")} from ${table} a
        where a.seller_id = $1::text and a.product_id = $2::bigint and a.current)`,
    })} as body`;

  const observe = `
    with sight as materialized (
      select id, version, evidence, "clearSince" from json_to_recordset($2::json) as
        (id bigint, version bigint, evidence json, "clearSince" timestamptz)),
    noted as (
      update ${table} a set evidence = s.evidence, clear_since = s."clearSince" from sight s
      where a.seller_id = $1::text and a.id = s.id and a.version = s.version returning 1)
    select (select count(*) from noted) = (select count(*) from sight) as all`;

  const told = `
    update ${table} set told_at = $3::timestamptz, version = version + 1
    where seller_id = $1::text and id = $2::bigint and state = 'open' and told_at is null returning 1`;

  const find = `
    select ${alertJson("a")} as body, ${headColumns(schema)} from ${table} a
    where a.seller_id = $1::text and a.id = $2::bigint`;

  const after = "(a.seller_id, a.product_id) > ($3::text, $4::bigint)";
  const due = `
    select * from (
      (select distinct a.seller_id, a.product_id from ${table} a
        where a.snoozed_until is not null and a.snoozed_until <= $1::timestamptz and ${after}
        order by a.seller_id, a.product_id limit $5::int)
      union
      (select distinct a.seller_id, a.product_id from ${table} a
        where a.current and a.clear_since is not null and a.clear_since <= $2::timestamptz and ${after}
        order by a.seller_id, a.product_id limit $5::int)) a
    order by seller_id, product_id limit $5::int`;

  return (database) => ({
    async watch(sellerId, productId) {
      const [row] = await database.run(sellerId, watch, [sellerId, productId]);
      return JSON.parse(row?.body as string) as WatchedProduct;
    },

    write: (command, steps) => write(database, command, steps),

    async observe(sellerId, sights) {
      const [row] = await database.run(sellerId, observe, [sellerId, JSON.stringify(sights)]);
      return row?.all as boolean;
    },

    async told(sellerId, id, at) {
      return (await database.run(sellerId, told, [sellerId, id, at])).length > 0;
    },

    async find(sellerId, id) {
      const [row] = await database.run(sellerId, find, [sellerId, id]);
      return row === undefined ? null : { body: encodedText<Alert>(row.body as string), head: headOf(row) };
    },

    async list(sellerId, { states, kind, productId, ids, limit, after }): Promise<Rows<Alert>> {
      if (productId !== null && (await database.run(sellerId, exists, [sellerId, productId])).length === 0)
        throw notFound("product", productId);
      const where = ["x.seller_id = $1::text"];
      const values: unknown[] = [];
      const parameter = (value: unknown) => `$${values.push(value) + 1}`;
      if (productId !== null) where.push(`x.product_id = ${parameter(productId)}::bigint`);
      if (ids !== undefined) where.push(`x.id = any(${parameter(ids)}::bigint[])`);
      if (kind !== null) where.push(`x.kind = ${parameter(kind)}::text`);
      // In words, being few and ours: only so does the planner see that the index of active ones has them.
      if (states !== null) where.push(`x.state in (${states.map((state) => `'${state}'`).join(", ")})`);
      return listPage<Alert>(database, schema, sellerId, {
        from: table,
        ...{ where, values, after, limit },
        sort: { column: "id", type: "bigint" },
        descending: true,
        json: alertJson("x"),
      });
    },

    async due({ now, clearSince, limit, after }) {
      const from = [after?.sellerId ?? "", after?.productId ?? 0];
      const rows = await database.run(everySeller, due, [now, clearSince, ...from, limit]);
      return rows.map((row) => ({
        sellerId: row.seller_id as string,
        productId: Number(row.product_id),
      }));
    },
  });
}

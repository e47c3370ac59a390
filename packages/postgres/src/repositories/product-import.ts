import type { Command, ProductImport, Written } from "@amused/core";
import type { Database } from "../database.ts";
import { commandStatement } from "../sql/command.ts";
import { bare, object, productJson, text } from "../sql/json.ts";

/** The fields of a description as an import's JSON names them, and their columns and types. */
const fields = [
  ["sku", "sku", "text"],
  ["name", "name", "text"],
  ["description", "description", "text"],
  ["price", "price", "numeric"],
  ["currency", "currency", "text"],
  ["decimals", "decimals", "smallint"],
  ["category", "category", "text"],
  ["attributes", "attributes", "jsonb"],
  ["reorderPoint", "reorder_point", "bigint"],
  ["leadTimeDays", "lead_time_days", "integer"],
  ["serviceLevel", "service_level", "double precision"],
  ["packSize", "pack_size", "bigint"],
  ["minimumOrder", "minimum_order", "bigint"],
  ["search", "search", "text"],
] as const;

const columns = fields.map(([, column]) => column);
const names = fields.map(([name]) => `"${name}"`);
const record = fields.map(([name, , type]) => `"${name}" ${type}`).join(", ");

/** Writes a batch of an import as one statement: new products, edits and counts, with their ledger lines and events. */
export function productImport(schema: string) {
  const products = `${schema}.products`;
  const run = commandStatement(schema, {
    parameters: 2,
    sql: `
      change as materialized (
        select * from jsonb_to_recordset($6::jsonb) as r (id bigint, version integer, edited boolean, changed jsonb, count bigint, ${record})),
      had as materialized (
        select p.id, p.version, p.quantity from ${products} p
        where p.seller_id = $1::text and p.deleted_at is null and p.id in (select id from change)
        order by p.id for no key update),
      ok as materialized (
        select from change left join had using (id)
        having count(*) = count(had.id) and coalesce(bool_and(not change.edited or had.version = change.version), true)),
      made as (
        insert into ${products} as p (seller_id, ${columns.join(", ")}, quantity, created_at, updated_at)
        select $1::text, ${names.map((name) => `r.${name}`).join(", ")}, r.quantity, $3::timestamptz, $3::timestamptz
        from ok, rows from (jsonb_to_recordset($5::jsonb) as (quantity bigint, ${record})) with ordinality as r (quantity, ${names.join(", ")}, ord)
        order by r.ord
        returning p.id, p.quantity, ${productJson("p")} as body),
      moved as (
        update ${products} as p set
          ${columns.map((column, index) => `${column} = case when c.edited then c.${names[index]} else p.${column} end`).join(", ")},
          quantity = coalesce(c.count, p.quantity), version = p.version + case when c.edited then 1 else 0 end,
          stock_revision = p.stock_revision + case when c.count is null then 0 else 1 end, updated_at = $3::timestamptz
        from change c, ok where p.seller_id = $1::text and p.id = c.id
        returning p.id, p.quantity, ${productJson("p")} as body),
      changed as (
        select moved.*, moved.quantity - had.quantity as delta, c.edited,
          coalesce(c.changed, '[]') || case when moved.quantity <> had.quantity then '["quantity"]'::jsonb else '[]' end as names
        from moved join had using (id) join change c using (id)),
      ledger as (
        insert into ${schema}.stock_movements (seller_id, product_id, delta, quantity, reason, actor, created_at)
        select $1::text, id, quantity, quantity, 'initial', $2::text, $3::timestamptz from made where quantity <> 0
        union all
        select $1::text, id, delta, quantity, 'import', $2::text, $3::timestamptz from changed where delta <> 0
        returning id),
      facts as (
        select row_number() over (order by id) as ord, id as product_id, type, payload from (
          select id, 'product.created' as type, ${object({ product: "body" })} as payload from made
          union all
          select id, 'product.updated', ${object({ product: "body", changed: bare("names") })} from changed where edited
          union all
          select id, 'stock.adjusted', ${object({ delta: bare("delta"), quantity: bare("quantity"), reason: `'"import"'`, actor: text("$2::text") })}
          from changed where not edited and delta <> 0) as f)`,
    outcome: "select 'null' as body, null::text as revision from ok",
    first: ["ledger"],
  });

  return async (
    database: Database,
    command: Command,
    { create, update }: ProductImport,
  ): Promise<Written<null> | null> => {
    const changes = update.map(({ id, edit, count }) => ({
      id,
      count,
      edited: edit !== null,
      version: edit?.version,
      changed: edit?.changed,
      ...edit?.row,
    }));
    return (await run<null>(database, command, [JSON.stringify(create), JSON.stringify(changes)])).written;
  };
}

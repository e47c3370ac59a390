import { encodedText, type RecommendationRepository } from "@amused/core";
import type { Database } from "../database.ts";
import { commandStatement } from "../sql/command.ts";
import { alive, bare, isoTime, object } from "../sql/json.ts";
import { headColumns, headOf } from "../sql/page.ts";

/** Which products go with which. */
export function recommendationRepository(schema: string): (database: Database) => RecommendationRepository {
  const [table, products] = [`${schema}.ai_recommendations`, `${schema}.products`];

  const save = commandStatement(schema, {
    parameters: 1,
    sql: `
      entry as materialized (
        select r.*, a.data::text is distinct from r.data::text as changed
        from rows from (json_to_recordset($5::json) as (
          "productId" bigint, kind text, data json, count int, model text, "basedOn" bigint, "expiresAt" timestamptz))
          with ordinality as r (product_id, kind, data, count, model, based_on, expires_at, ord)
        join ${products} p on p.seller_id = $1::text and p.id = r.product_id and ${alive("p")}
        left join ${table} a on a.seller_id = $1::text and a.product_id = r.product_id and a.kind = r.kind),
      made as (
        insert into ${table} (seller_id, product_id, kind, data, model, based_on, created_at, expires_at)
        select $1::text, product_id, kind, data, model, based_on, $3::timestamptz, expires_at from entry order by product_id, kind
        on conflict (seller_id, product_id, kind) do update set data = excluded.data, model = excluded.model,
          based_on = excluded.based_on, created_at = excluded.created_at, expires_at = excluded.expires_at
        returning 1),
      done as materialized (select count(*) as made from made),
      facts as (
        select row_number() over (order by ord) as ord, product_id, 'recommendations.updated' as type,
          ${object({ count: bare("count") })} as payload
        from entry, done where changed)`,
    outcome: "select 'null' as body, null::text as revision",
  });

  const find = `
    select a.data::text as body, a.model, a.based_on, ${isoTime("a.created_at")} as created_at, ${isoTime("a.expires_at")} as expires_at,
      ${headColumns(schema)}
    from ${table} a join ${products} p on p.seller_id = $1::text and p.id = a.product_id and ${alive("p")}
    where a.seller_id = $1::text and a.product_id = $2::bigint and a.kind = $3::text`;

  return (database) => ({
    async save(command, rows) {
      const anew = { ...database, run: database.runAnew };
      const { written } = await save<null>(anew, command, [JSON.stringify(rows)]);
      return written as NonNullable<typeof written>;
    },

    async find(sellerId, productId, kind) {
      const [row] = await database.run(find, [sellerId, productId, kind]);
      if (row === undefined) return null;
      return {
        body: encodedText<unknown>(row.body as string),
        model: row.model as string,
        basedOn: Number(row.based_on),
        createdAt: row.created_at as string,
        expiresAt: row.expires_at as string,
        head: headOf(row),
      };
    },
  });
}

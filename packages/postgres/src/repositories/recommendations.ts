import {
  encodedText,
  mostBehind,
  type ProductKey,
  type RecommendationKind,
  type RecommendationRepository,
  recommendationKinds,
} from "@amused/core";
import type { Database, Row } from "../database.ts";
import { everySeller } from "../row-security.ts";
import { commandStatement } from "../sql/command.ts";
import { alive, bare, isoTime, object } from "../sql/json.ts";
import { isOpen } from "../sql/open.ts";
import { headColumns, headOf } from "../sql/page.ts";

/** How many products one call looks at. */
const lookedAt = 500;

/** Which products go with which. */
export function recommendationRepository(schema: string): (database: Database) => RecommendationRepository {
  const [table, products, expiries] = [
    `${schema}.ai_recommendations`,
    `${schema}.products`,
    `${schema}.recommendation_expiries`,
  ];

  const save = commandStatement(schema, {
    parameters: 1,
    sql: `
      entry as materialized (
        select r.*, a.data::text is distinct from r.data::text and (r.count > 0 or a.data is not null) as changed
        from rows from (json_to_recordset($5::json) as (
          "productId" bigint, kind text, data json, count int, model text, "basedOn" bigint, "expiresAt" timestamptz))
          with ordinality as r (product_id, kind, data, count, model, based_on, expires_at, ord)
        join ${products} p on p.seller_id = $1::text and p.id = r.product_id and ${alive("p")}
        left join ${table} a on a.seller_id = $1::text and a.product_id = r.product_id and a.kind = r.kind
        where a.based_on is null or a.based_on <= r.based_on),
      made as (
        insert into ${table} as a (seller_id, product_id, kind, data, model, based_on, created_at, expires_at)
        select $1::text, product_id, kind, data, model, based_on, $3::timestamptz, expires_at from entry order by product_id, kind
        on conflict (seller_id, product_id, kind) do update set data = excluded.data, model = excluded.model,
          based_on = excluded.based_on, created_at = excluded.created_at, expires_at = excluded.expires_at, version = default
        where a.based_on <= excluded.based_on
        returning a.product_id, a.kind),
      facts as (
        select row_number() over (order by ord) as ord, product_id, 'recommendations.updated' as type,
          ${object({ count: bare("count") })} as payload
        from entry join made using (product_id, kind) where changed)`,
    outcome: "select 'null' as body, null::text as revision",
  });

  const expiredUpTo = (sellerId: string, kind: string) =>
    `coalesce((select e.up_to from ${expiries} e where e.seller_id = ${sellerId} and e.kind = ${kind}), 0)`;

  const find = `
    select a.data::text as body, a.model, a.based_on, ${isoTime("a.created_at")} as created_at, 
      ${isoTime(`case when a.version <= ${expiredUpTo("$1::text", "$3::text")} then 'epoch' else a.expires_at end`)} as expires_at,
      ${headColumns(schema)}, (select count(*) from (
        select from ${schema}.events e
        where e.seller_id = $1::text and e.product_id = $2::bigint and e.seq > a.based_on
          and (e.type = 'product.updated' or (e.type = 'sale.recorded' and $3::text = 'bought_together'))
        limit ${mostBehind}) e) as behind
    from ${table} a join ${products} p on p.seller_id = $1::text and p.id = a.product_id and ${alive("p")}
    where a.seller_id = $1::text and a.product_id = $2::bigint and a.kind = $3::text`;

  const expire = `
    insert into ${expiries} as e (seller_id, kind, up_to)
    select $1::text, $2::text, nextval(pg_get_serial_sequence('${table}', 'version')) where ${isOpen(schema)}
    on conflict (seller_id, kind) do update set up_to = greatest(e.up_to, excluded.up_to)`;

  const fresh = (kind: RecommendationKind) => `exists (
    select from ${table} a where a.seller_id = reach.seller_id and a.product_id = reach.id
      and a.kind = '${kind}' and a.expires_at > $1::timestamptz
      and a.version > ${expiredUpTo("reach.seller_id", `'${kind}'`)})`;
  const stale = `
    with reach as materialized (
      select p.*, row_number() over () as n from (
        select p.seller_id, p.id, p.deleted_at from ${products} p where (p.seller_id, p.id) > ($2::text, $3::bigint)
        order by p.seller_id, p.id limit ${lookedAt}) p),
    found as (
      select reach.seller_id, reach.id, reach.n = ${lookedAt} as more, reach.deleted_at is null as alive,
        ${recommendationKinds.map((kind) => `not ${fresh(kind)} as "${kind}"`).join(", ")}
      from reach)
    select * from (select found.*, alive and (${recommendationKinds.map((kind) => `"${kind}"`).join(" or ")}) as stale from found) r
    where stale or more order by seller_id, id limit $4::int + 1`;

  return (database) => ({
    async save(command, rows) {
      const anew = { ...database, run: database.runAnew };
      const { written } = await save<null>(anew, command, [JSON.stringify(rows)]);
      return written as NonNullable<typeof written>;
    },

    async find(sellerId, productId, kind) {
      const [row] = await database.run(sellerId, find, [sellerId, productId, kind]);
      if (row === undefined) return null;
      return {
        body: encodedText<unknown>(row.body as string),
        model: row.model as string,
        basedOn: Number(row.based_on),
        createdAt: row.created_at as string,
        expiresAt: row.expires_at as string,
        behind: Number(row.behind),
        head: headOf(row),
      };
    },

    async expire(sellerId, kind) {
      await database.run(sellerId, expire, [sellerId, kind]);
    },

    async stale({ now, limit, after }) {
      const from = [after?.sellerId ?? "", after?.productId ?? 0];
      const rows = await database.runAnew(everySeller, stale, [now, ...from, limit]);
      const found = rows.filter((row) => row.stale === true);
      const last = found.length > limit ? found[limit - 1] : rows.find(({ more }) => more === true);
      const products = found.slice(0, limit).map((row) => ({
        ...keyOf(row),
        kinds: recommendationKinds.filter((kind) => row[kind] === true),
      }));
      return { products, next: last === undefined ? null : keyOf(last) };
    },
  });
}

function keyOf(row: Row): ProductKey {
  return { sellerId: row.seller_id as string, productId: Number(row.id) };
}

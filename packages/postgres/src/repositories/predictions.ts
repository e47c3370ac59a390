import {
  type AtRiskRow,
  type DuePrediction,
  encodedText,
  mostBehind,
  type PredictionRepository,
  type PredictionType,
  type ScoredPrediction,
  type ScoreSums,
  type StoredPrediction,
} from "@amused/core";
import { notFound } from "@amused/core/errors";
import type { Database, Row } from "../database.ts";
import { everySeller } from "../row-security.ts";
import {
  alive,
  bare,
  isoDate,
  isoTime,
  object,
  predictionJson,
  productJson,
  quoted,
  scoreJson,
  text,
} from "../sql/json.ts";
import { headColumns, headOf, listPage } from "../sql/page.ts";
import { savePredictions } from "./prediction-save.ts";

/** How many products one call looks at. */
const lookedAt = 500;

/** What was predicted, and how right it was. */
export function predictionRepository(schema: string): (database: Database) => PredictionRepository {
  const [table, products, expiries] = [
    `${schema}.ai_predictions`,
    `${schema}.products`,
    `${schema}.prediction_expiries`,
  ];
  const save = savePredictions(schema);
  const exists = `select from ${products} where seller_id = $1::text and id = $2::bigint`;

  /** How many events a prediction does not know. */
  const behind = (productId: string, basedOn: string) => `
    (select count(*) from (
      select from ${schema}.events e
      where e.seller_id = $1::text and e.product_id = ${productId} and e.seq > ${basedOn}
        and (e.type like 'sale.%' or e.type like 'incoming.%' or e.type in ('stock.adjusted', 'product.updated'))
      limit ${mostBehind}) e)`;

  const expiredUpTo = `select coalesce(max(up_to), 0) from ${expiries} where seller_id = $1::text`;

  const find = `
    select ${predictionJson("a")} as body, a.model, a.based_on, ${headColumns(schema)},
      ${isoTime(`case when a.id <= (${expiredUpTo}) then 'epoch' else a.expires_at end`)} as expires_at,
      ${behind("$2::bigint", "a.based_on")} as behind
    from ${table} a join ${products} p on p.seller_id = $1::text and p.id = a.product_id and ${alive("p")}
    where a.seller_id = $1::text and a.product_id = $2::bigint and a.type = $3::text and a.current`;

  const expire = `
    insert into ${expiries} as e (seller_id, up_to)
    select $1::text, a.id from ${table} a where a.seller_id = $1::text order by a.id desc limit 1
    on conflict (seller_id) do update set up_to = greatest(e.up_to, excluded.up_to)`;

  const stale = `
    with reach as materialized (
      select p.*, row_number() over () as n from (
        select p.seller_id, p.id, p.deleted_at from ${products} p where (p.seller_id, p.id) > ($2::text, $3::bigint)
        order by p.seller_id, p.id limit ${lookedAt}) p)
    select * from (
      select reach.seller_id, reach.id, reach.n = ${lookedAt} as more, reach.deleted_at is null and not exists (
        select from ${table} a where a.seller_id = reach.seller_id and a.product_id = reach.id
          and a.type = 'forecast' and a.current and a.expires_at > $1::timestamptz and a.id > coalesce(e.up_to, 0)
          and a.created_at <= $1::timestamptz + interval '5 minutes') as stale
      from reach left join ${expiries} e on e.seller_id = reach.seller_id) r
    where stale or more order by seller_id, id limit $4::int + 1`;

  const due = `
    select ${object({
      sellerId: text("a.seller_id"),
      prediction: predictionJson("a"),
      model: text("a.model"),
      basedOn: bare("a.based_on"),
      dueOn: quoted(isoDate("a.due_on")),
    })} as json
    from ${table} a where a.scored_at is null and a.due_on < $1::date order by a.due_on, a.seller_id, a.id limit $2::int`;

  const score = `
    update ${table} set score = $3::json, scored_at = $4::timestamptz
    where seller_id = $1::text and id = $2::bigint and scored_at is null returning 1`;

  const lastScores = `
    select s.json from unnest($2::bigint[]) as wanted (id), lateral (
      select ${scoreJson("a")} as json, a.scored_at, a.id from ${table} a
      where a.seller_id = $1::text and a.product_id = wanted.id and a.type = $3::text and a.score is not null
        and a.scored_at >= $4::timestamptz
      order by a.scored_at desc, a.id desc limit $5::int) s
    order by s.scored_at desc, s.id desc`;

  // One statement for a product and one for all: a plan for both would read all scores of the seller for either.
  const sumsOf = (product: string) => `
    with scored as materialized (
      select a.type, a.score from ${table} a
      where a.seller_id = $1::text ${product} and a.score is not null and a.scored_at >= $2::timestamptz),
    summed as (
      select type, f.key, sum(f.value::text::float8) as value
      from scored, json_each(scored.score) f where json_typeof(f.value) = 'number' group by type, f.key)
    select coalesce(json_agg(json_build_object('type', t.type, 'scored', t.scored, 'sums', coalesce(t.sums, '{}'::json)) order by t.type), '[]')::text as body,
      ${headColumns(schema)}
    from (
      select type, count(*) as scored,
        (select json_object_agg(s.key, s.value) from summed s where s.type = scored.type) as sums
      from scored group by type) t`;
  const [sums, productSums] = [sumsOf(""), sumsOf("and a.product_id = $3::bigint")];

  /** Those of one product and type, or of all. */
  async function chosen(
    database: Database,
    sellerId: string,
    productId: number | null,
    type: PredictionType | null,
  ): Promise<{ where: string[]; values: unknown[] }> {
    if (productId !== null && (await database.run(sellerId, exists, [sellerId, productId])).length === 0)
      throw notFound("product", productId);
    const where = ["x.seller_id = $1::text"];
    const values: unknown[] = [];
    const parameter = (value: unknown) => `$${values.push(value) + 1}`;
    if (productId !== null) where.push(`x.product_id = ${parameter(productId)}::bigint`);
    if (type !== null) where.push(`x.type = ${parameter(type)}::text`);
    return { where, values };
  }

  return (database) => ({
    save: (command, rows) => save(database, command, rows),

    async find(sellerId, productId, type) {
      const [row] = await database.run(sellerId, find, [sellerId, productId, type]);
      if (row === undefined) return null;
      return {
        body: encodedText<StoredPrediction>(row.body as string),
        model: row.model as string,
        basedOn: Number(row.based_on),
        expiresAt: row.expires_at as string,
        behind: Number(row.behind),
        head: headOf(row),
      };
    },

    async expire(sellerId) {
      await database.run(sellerId, expire, [sellerId]);
    },

    async list(sellerId, { productId, type, limit, after }) {
      const { where, values } = await chosen(database, sellerId, productId, type);
      return listPage(database, schema, sellerId, {
        from: table,
        where,
        values,
        sort: { column: "id", type: "bigint" },
        descending: true,
        json: predictionJson("x"),
        after,
        limit,
      });
    },

    // Each product by a look-up of its own: the planner thinks that a join leaves few rows, and would sort all of them.
    atRisk: (sellerId, { until, limit, after }) =>
      listPage<AtRiskRow>(database, schema, sellerId, {
        from: `(
          select a.seller_id, a.product_id as id, a.run_out_on, a.data as stockout, a.based_on, p.product from ${table} a, lateral (
            select ${productJson("p")} as product from ${products} p
            where p.seller_id = $1::text and p.id = a.product_id and ${alive("p")} limit 1) p
          where a.current and a.type = 'stockout' and a.run_out_on is not null)`,
        where: ["x.seller_id = $1::text", "x.run_out_on <= $2::date"],
        values: [until],
        sort: { column: "run_out_on", type: "date", text: isoDate("x.run_out_on") },
        descending: false,
        json: object({
          product: "x.product",
          stockout: bare("x.stockout"),
          behind: bare(behind("x.id", "x.based_on")),
        }),
        after,
        limit,
      }),

    async stale({ now, limit, after }) {
      const from = [after?.sellerId ?? "", after?.productId ?? 0];
      const rows = await database.runAnew(everySeller, stale, [now, ...from, limit]);
      const found = rows.filter((row) => row.stale === true);
      const last = found.length > limit ? found[limit - 1] : rows.find(({ more }) => more === true);
      return { products: found.slice(0, limit).map(keyOf), next: last === undefined ? null : keyOf(last) };
    },

    async due({ today, limit }) {
      const rows = await database.run(everySeller, due, [today, limit]);
      return rows.map(({ json }): DuePrediction => {
        const { prediction, ...rest } = JSON.parse(json as string);
        return { ...prediction, ...rest };
      });
    },

    async score(sellerId, id, value, at) {
      const json = value === null ? null : JSON.stringify(value);
      return (await database.run(sellerId, score, [sellerId, id, json, at])).length > 0;
    },

    async scores(sellerId, { productId, type, limit, after }) {
      const { where, values } = await chosen(database, sellerId, productId, type);
      return listPage(database, schema, sellerId, {
        from: table,
        where: [...where, "x.score is not null"],
        values,
        sort: { column: "scored_at", type: "timestamptz", text: isoTime("x.scored_at") },
        descending: true,
        json: scoreJson("x"),
        after,
        limit,
      });
    },

    async lastScores(sellerId, { productIds, type, since, each }) {
      const rows = await database.run(sellerId, lastScores, [sellerId, productIds, type, since, each]);
      return rows.map(({ json }) => JSON.parse(json as string) as ScoredPrediction);
    },

    async sums(sellerId, { productId, since }) {
      const rows =
        productId === null
          ? await database.run(sellerId, sums, [sellerId, since])
          : await database.run(sellerId, productSums, [sellerId, since, productId]);
      const [row] = rows as [Row];
      return { body: encodedText<ScoreSums[]>(row.body as string), head: headOf(row) };
    },
  });
}

function keyOf(row: Row): { sellerId: string; productId: number } {
  return { sellerId: row.seller_id as string, productId: Number(row.id) };
}

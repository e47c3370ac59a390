import {
  type CategorizedProduct,
  type CategoryAccuracy,
  type CategoryCount,
  type CategoryRepository,
  type CategoryReview,
  encodedText,
  type PickCount,
  type Product,
} from "@amused/core";
import type { Database, Row } from "../database.ts";
import { commandStatement } from "../sql/command.ts";
import { alive, bare, isoTime, list, object, productJson, quoted, text } from "../sql/json.ts";
import { headColumns, headOf, listPage } from "../sql/page.ts";
import { accuracyQuery } from "./category-accuracy.ts";
import { settleCategory, suggestCategories } from "./category-writes.ts";

/** The categories that products have, and those that were suggested for them. */
export function categoryRepository(schema: string): (database: Database) => CategoryRepository {
  const [table, products] = [`${schema}.category_suggestions`, `${schema}.products`];
  const suggest = commandStatement(schema, suggestCategories(schema));
  const settle = commandStatement(schema, settleCategory(schema));
  const accuracy = accuracyQuery(schema);

  const inUse = `
    select c.category from unnest($2::text[]) c (category) where exists (
      select from ${products} p where p.seller_id = $1::text and p.category = c.category and p.deleted_at is null)`;

  const suggestionJson = object({
    state: quoted("s.state"),
    suggestions: bare("s.suggestions"),
    model: text("s.model"),
    basedOn: bare("s.based_on"),
    productVersion: bare("s.product_version"),
    chosen: text("s.chosen"),
    createdAt: quoted(isoTime("s.created_at")),
    settledAt: quoted(isoTime("s.settled_at")),
  });
  const found = object({
    product: productJson("p"),
    suggestion: `case when s.product_id is null then 'null' else ${suggestionJson} end`,
  });
  const find = `
    select (select ${list(found, "p.id")} from ${products} p
        left join ${table} s on s.seller_id = $1::text and s.product_id = p.id
        where p.seller_id = $1::text and p.id = any ($2::bigint[]) and ${alive("p")}) as body,
      ${headColumns(schema)}`;

  const picks = `
    select (r.reason ->> 'agreed') = 'true' as agreed, count(*)::int as settled,
      (count(*) filter (where s.chosen = r.pick))::int as accepted
    from (
      select suggestions, chosen from ${table}
      where seller_id = $1::text and settled_at is not null and strpos(model, ' + ' || $2::text) > 0
      order by settled_at desc, product_id desc limit 1000) s,
    lateral (
      select reason, one ->> 'category' as pick from json_array_elements(s.suggestions) one, json_array_elements(one -> 'because') reason
      where reason ->> 'kind' = 'language_model' and reason ->> 'model' = $2::text limit 1) r
    group by 1`;

  return (database) => ({
    counts: (sellerId, page) =>
      listPage<CategoryCount>(database, schema, sellerId, {
        ...{ from: countsOf(products), where: ["x.seller_id = $1::text"], values: [] },
        ...{ sort: { column: "category", type: "text" }, descending: false },
        json: object({ category: text("x.category"), count: bare("x.count") }),
        ...page,
      }),

    async inUse(sellerId, categories) {
      return (await database.run(sellerId, inUse, [sellerId, categories])).map(
        ({ category }) => category as string,
      );
    },

    examples: (sellerId, page) =>
      listPage<Product>(database, schema, sellerId, {
        ...{ from: products, values: [] },
        where: [
          ...["x.seller_id = $1::text", "x.category is not null", alive("x")],
          `not exists (
            select from ${table} s where s.seller_id = $1::text and s.product_id = x.id and s.state = 'applied')`,
        ],
        ...{ sort: { column: "id", type: "bigint" }, descending: true },
        json: productJson("x"),
        ...page,
      }),

    async find(sellerId, productIds) {
      const [row] = (await database.runAnew(sellerId, find, [sellerId, productIds])) as [Row];
      return { body: encodedText<CategorizedProduct[]>(row.body as string), head: headOf(row) };
    },

    async suggest(command, rows) {
      const anew = { ...database, run: database.runAnew };
      const { written } = await suggest<null>(anew, command, [JSON.stringify(rows)]);
      return written as NonNullable<typeof written>;
    },

    reviews: (sellerId, page) =>
      listPage<CategoryReview>(database, schema, sellerId, {
        from: `(
          select s.seller_id, s.product_id as id, s.confidence, s.suggestions, s.created_at, p.product from ${table} s, lateral (
            select ${productJson("p")} as product from ${products} p
            where p.seller_id = $1::text and p.id = s.product_id and p.category is null and ${alive("p")} limit 1) p
          where s.state = 'open')`,
        ...{ where: ["x.seller_id = $1::text"], values: [] },
        ...{ sort: { column: "confidence", type: "double precision" }, descending: true },
        json: object({
          product: "x.product",
          suggestions: bare("x.suggestions"),
          createdAt: quoted(isoTime("x.created_at")),
        }),
        ...page,
      }),

    async settle(command, { productId, version, category, state }) {
      return (await settle<Product>(database, command, [productId, version, category, state])).written;
    },

    async picks(sellerId, model) {
      const rows = await database.run(sellerId, picks, [sellerId, model]);
      const countOf = (agreed: boolean): PickCount => {
        const row = rows.find((one) => one.agreed === agreed);
        return { settled: Number(row?.settled ?? 0), accepted: Number(row?.accepted ?? 0) };
      };
      return { agreed: countOf(true), alone: countOf(false) };
    },

    async accuracy(sellerId) {
      const [row] = (await database.run(sellerId, accuracy, [sellerId])) as [Row];
      return { body: encodedText<CategoryAccuracy>(row.body as string), head: headOf(row) };
    },
  });
}

/** The categories in use; `id` is there because a page asks for it. */
function countsOf(products: string): string {
  return `(
    select seller_id, category, count(*) as count, 0::bigint as id from ${products}
    where seller_id = $1::text and category is not null and deleted_at is null group by seller_id, category)`;
}

import {
  encodedText,
  type Product,
  type ProductFilter,
  type ProductRepository,
  type ProductRow,
} from "@amused/core";
import { skuTaken } from "@amused/core/errors";
import type { Database } from "../database.ts";
import { databaseError } from "../errors.ts";
import { commandStatement } from "../sql/command.ts";
import { alive, isoTime, object, productJson, revision } from "../sql/json.ts";
import { headColumns, headOf, listPage } from "../sql/page.ts";
import { productImport } from "./product-import.ts";

/** What each sort goes by: the column, its type, and its text in a cursor. */
const sorts = {
  id: { column: "id", type: "bigint" },
  name: { column: "search", type: "text" },
  price: { column: "price", type: "numeric" },
  quantity: { column: "quantity", type: "bigint" },
  createdAt: { column: "created_at", type: "timestamptz", text: isoTime("x.created_at") },
  updatedAt: { column: "updated_at", type: "timestamptz", text: isoTime("x.updated_at") },
};

const isSkuTaken = (error: unknown) => {
  const { code, constraint } = databaseError(error);
  return code === "23505" && constraint === "products_sku";
};

/** The catalogue's rows. Statements are written out once, here, and prepared by each connection. */
export function productRepository(schema: string): (database: Database) => ProductRepository {
  const statements = statementsOf(schema);
  return (database) => ({
    async create(command, row) {
      try {
        const { written } = await statements.create<Product>(database, command, [
          ...descriptionOf(row),
          row.quantity,
        ]);
        return written as NonNullable<typeof written>;
      } catch (error) {
        if (isSkuTaken(error)) throw skuTaken(row.sku ?? "", error);
        throw error;
      }
    },

    async find(sellerId, id) {
      const [row] = await database.run(sellerId, statements.find, [sellerId, id]);
      if (row === undefined) return null;
      return { body: encodedText(row.body as string), revision: row.revision as string, head: headOf(row) };
    },

    list: (sellerId, filter) => listPage(database, schema, sellerId, pageStatement(schema, filter)),

    async update(command, { id, version, row, changed }) {
      try {
        const values = [id, version, ...descriptionOf(row), row.imageUrl, JSON.stringify(changed)];
        return (await statements.update<Product>(database, command, values)).written;
      } catch (error) {
        if (isSkuTaken(error)) throw skuTaken(row.sku ?? "", error);
        throw error;
      }
    },

    async delete(command, id, version) {
      return (await statements.delete<null>(database, command, [id, version])).written;
    },

    async lookup(sellerId, { skus, names, ids }) {
      const rows = await database.run(sellerId, statements.lookup, [sellerId, skus, names, ids]);
      return rows.map(({ body }) => JSON.parse(body as string) as Product);
    },

    async import(command, batch) {
      try {
        return await statements.import(database, command, batch);
      } catch (error) {
        if (isSkuTaken(error)) return null;
        throw error;
      }
    },

    async attributeNames(sellerId) {
      return (await database.run(sellerId, statements.attributeNames, [sellerId])).map(
        ({ name }) => name as string,
      );
    },
  });
}

/** The columns of a product's description, in the order of `descriptionOf`. */
export const descriptionColumns = [
  ...[
    "sku",
    "name",
    "description",
    "price",
    "currency",
    "decimals",
    "category",
    "attributes",
    "reorder_point",
    "lead_time_days",
    "service_level",
    "pack_size",
    "minimum_order",
    "search",
  ],
] as const;
const types = [
  "text",
  "text",
  "text",
  "numeric",
  "text",
  "smallint",
  "text",
  "jsonb",
  "bigint",
  "integer",
  "double precision",
  "bigint",
  "bigint",
  "text",
];

function descriptionOf(row: Omit<ProductRow, "quantity">): unknown[] {
  const {
    sku,
    name,
    description,
    price,
    currency,
    decimals,
    category,
    attributes,
    reorderPoint,
    leadTimeDays,
    serviceLevel,
    packSize,
    minimumOrder,
    search,
  } = row;
  return [
    sku,
    name,
    description,
    price,
    currency,
    decimals,
    category,
    JSON.stringify(attributes),
    reorderPoint,
    leadTimeDays,
    serviceLevel,
    packSize,
    minimumOrder,
    search,
  ];
}

function pageStatement(
  schema: string,
  { category, words, maxQuantity, runsOutBy, sort, descending, after, limit }: ProductFilter,
) {
  // Sorted by name, the partial index is the list itself; otherwise the primary key is.
  const where = ["x.seller_id = $1::text", sort === "name" ? "x.deleted_at is null" : alive("x")];
  const values: unknown[] = [];
  const parameter = (value: unknown) => `$${values.push(value) + 1}`;
  if (category !== null) where.push(`x.category = ${parameter(category)}::text`);
  if (maxQuantity !== null) where.push(`x.quantity <= ${parameter(maxQuantity)}::bigint`);
  if (runsOutBy !== null)
    where.push(`exists (
      select from ${schema}.ai_predictions a where a.seller_id = $1::text and a.product_id = x.id
        and a.type = 'stockout' and a.current and a.run_out_on <= ${parameter(runsOutBy)}::date)`);
  if (words.length > 0)
    where.push(
      `x.search like all (${parameter(words.map((word) => `%${word.replace(/[\\%_]/g, "\\$&")}%`))}::text[])`,
    );
  return {
    from: `${schema}.products`,
    where,
    values,
    sort: sorts[sort],
    descending,
    json: productJson("x"),
    after,
    limit,
  };
}

function statementsOf(schema: string) {
  const products = `${schema}.products`;
  const numbered = (from: number) =>
    descriptionColumns.map((_, index) => `$${from + index}::${types[index]}`);
  const fact = (type: string, more: Record<string, string> = {}) => `
    facts as (select 1 as ord, id as product_id, '${type}' as type, ${object({ product: "body", ...more })} as payload from made)`;
  const made = "select body, revision from made";

  return {
    create: commandStatement(schema, {
      parameters: descriptionColumns.length + 1,
      sql: `
        made as (
          insert into ${products} as p (seller_id, ${descriptionColumns.join(", ")}, quantity, created_at, updated_at)
          select $1::text, ${numbered(5).join(", ")}, $${5 + descriptionColumns.length}::bigint, $3::timestamptz, $3::timestamptz
          returning p.id, p.quantity, ${productJson("p")} as body, ${revision("p")} as revision),
        ledger as (
          insert into ${schema}.stock_movements (seller_id, product_id, delta, quantity, reason, actor, created_at)
          select $1::text, id, quantity, quantity, 'initial', $2::text, $3::timestamptz from made where quantity <> 0 returning id),
        ${fact("product.created")}`,
      outcome: made,
      first: ["ledger"],
    }),

    update: commandStatement(schema, {
      parameters: descriptionColumns.length + 4,
      sql: `
        made as (
          update ${products} as p set (${descriptionColumns.join(", ")}, image_url, version, updated_at)
            = (${numbered(7).join(", ")}, $${7 + descriptionColumns.length}::text, p.version + 1, $3::timestamptz)
          where p.seller_id = $1::text and p.id = $5::bigint and p.version = $6::integer and ${alive("p")}
          returning p.id, ${productJson("p")} as body, ${revision("p")} as revision),
        ${fact("product.updated", { changed: `$${8 + descriptionColumns.length}::text` })}`,
      outcome: made,
    }),

    delete: commandStatement(schema, {
      parameters: 2,
      sql: `
        made as (
          update ${products} as p set deleted_at = $3::timestamptz
          where p.seller_id = $1::text and p.id = $5::bigint and ${alive("p")}
            and ($6::numeric is null or p.version = $6::numeric)
          returning p.id, ${productJson("p")} as body),
        ${fact("product.deleted")}`,
      outcome: "select 'null' as body, null::text as revision from made",
    }),

    find: `select ${productJson("p")} as body, ${revision("p")} as revision, ${headColumns(schema)}
      from ${products} p where p.seller_id = $1::text and p.id = $2::bigint and ${alive("p")}`,

    // Each way to a product by its own index; an "or" of them would read the whole catalogue.
    lookup: `select ${productJson("p")} as body from (
        select p.* from ${products} p where p.seller_id = $1::text and p.deleted_at is null and p.sku = any ($2::text[])
        union select p.* from ${products} p
          where p.seller_id = $1::text and p.deleted_at is null and p.sku is null and p.name = any ($3::text[])
        union select p.* from ${products} p where p.seller_id = $1::text and p.id = any ($4::bigint[]) and ${alive("p")}) p
      order by p.id`,

    import: productImport(schema),

    attributeNames: `select distinct attribute collate "C" as name from ${products} p, jsonb_object_keys(p.attributes) as attribute
      where p.seller_id = $1::text and p.deleted_at is null order by 1 limit 1000`,
  };
}

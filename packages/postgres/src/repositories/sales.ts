import { encodedText, type SaleRepository, type SalesDay } from "@amused/core";
import { notFound } from "@amused/core/errors";
import type { Database } from "../database.ts";
import { emptySpans, startOf } from "../sql/empty-spans.ts";
import { bare, isoTime, list, object, quoted, saleJson } from "../sql/json.ts";
import { isOpen } from "../sql/open.ts";
import { headColumns, headOf, listPage } from "../sql/page.ts";
import { baskets } from "./baskets.ts";
import { recordSale } from "./sale-record.ts";
import { sharedOrders } from "./shared-orders.ts";

/** What was sold and what came back. */
export function saleRepository(schema: string): (database: Database) => SaleRepository {
  const products = `${schema}.products`;
  const sales = `${schema}.sales_history`;

  const known = `s.seller_id = $1::text and s.order_id = line.order_id and s.product_id = line.product_id and s.import_id is distinct from $2::uuid`;
  const unknownLines = `
    with line as (
      select * from unnest($3::bigint[], $4::text[], $5::bigint[], $6::numeric[], $7::timestamptz[])
        with ordinality as l (product_id, order_id, quantity, price, sold_at, ord)),
    fresh as (select * from line where order_id is null or not exists (select from ${sales} s where ${known}))`;
  const count = `${unknownLines} select count(*) as created from fresh`;
  const insert = `${unknownLines},
    made as (
      insert into ${sales} (seller_id, product_id, order_id, quantity, price, sold_at, created_at, import_id)
      select $1::text, product_id, order_id, quantity, price, sold_at, $8::timestamptz, $2::uuid from fresh where ${isOpen(schema)} order by ord returning 1)
    select count(*) as created, (
      select min(product_id) from line where not exists (
        select from ${products} p where p.seller_id = $1::text and p.id = line.product_id)) as unknown
    from made`;

  const record = recordSale(schema);
  const orders = baskets(schema);
  const together = sharedOrders(schema);
  const exists = `select from ${products} where seller_id = $1::text and id = $2::bigint`;
  const daily = dailyStatement(schema);

  return (database) => ({
    record: (command, sale) => record(database, command, sale),

    async list(sellerId, { productId, from, before, after, limit }) {
      if (productId !== null && (await database.run(sellerId, exists, [sellerId, productId])).length === 0)
        throw notFound("product", productId);
      const where = ["x.seller_id = $1::text"];
      const values: unknown[] = [];
      const parameter = (value: unknown) => `$${values.push(value) + 1}`;
      if (productId !== null) where.push(`x.product_id = ${parameter(productId)}::bigint`);
      if (from !== null) where.push(`x.sold_at >= ${parameter(from)}::timestamptz`);
      if (before !== null) where.push(`x.sold_at < ${parameter(before)}::timestamptz`);
      const sort = { column: "sold_at", type: "timestamptz", text: isoTime("x.sold_at") };
      return listPage(database, schema, sellerId, {
        from: sales,
        where,
        values,
        sort,
        descending: true,
        json: saleJson("x"),
        after,
        limit,
      });
    },

    async daily(sellerId, productId, from, to) {
      const [row] = await database.run(sellerId, daily, [sellerId, productId, from, to]);
      return row === undefined
        ? null
        : { body: encodedText<SalesDay[]>(row.body as string), head: headOf(row) };
    },

    orders: (sellerId, request) => orders(database)(sellerId, request),
    together: (sellerId, request) => together(database)(sellerId, request),

    async import(command, importId, lines, dryRun) {
      const values = [
        command.sellerId,
        importId,
        lines.map(({ productId }) => productId),
        lines.map(({ orderId }) => orderId),
        lines.map(({ quantity }) => quantity),
        lines.map(({ price }) => price),
        lines.map(({ soldAt }) => soldAt),
      ];
      const rows = dryRun
        ? await database.run(command.sellerId, count, values)
        : await database.transaction(command.sellerId, async (locked) => {
            // Two imports of one file would each find its lines unknown; they take turns.
            await locked.run(
              command.sellerId,
              "select pg_advisory_xact_lock(hashtextextended($1::text, 20101201))",
              [`${schema} ${command.sellerId}`],
            );
            const written = await locked.run(command.sellerId, insert, [...values, command.at]);
            const [{ unknown } = { unknown: null }] = written;
            if (unknown !== null) throw notFound("product", Number(unknown));
            return written;
          });
      const created = Number(rows[0]?.created);
      return { created, skipped: lines.length - created };
    },
  });
}

/** Every day of a span: units, revenue, and whether the ledger knows a moment of the day without stock. */
function dailyStatement(schema: string): string {
  return `
    with days as (select day::date from generate_series($3::date, $4::date, interval '1 day') as day),
    sold as (
      select (sold_at at time zone 'UTC')::date as day, sum(quantity)::bigint as quantity, sum(quantity * price) as revenue
      from ${schema}.sales_history where seller_id = $1::text and product_id = $2::bigint
        and sold_at >= ${startOf("$3")} and sold_at < ${startOf("$4", 1)}
      group by 1),
    empty as materialized (${emptySpans(schema, "$2::bigint")})
    select ${list(
      object({
        date: quoted("to_char(days.day, 'YYYY-MM-DD')"),
        quantity: bare("coalesce(sold.quantity, 0)"),
        revenue: quoted("round(coalesce(sold.revenue, 0), p.decimals)"),
        stockedOut: bare("exists (select from empty where days.day between empty.since and empty.until)"),
      }),
      "days.day",
    )} as body,
      ${headColumns(schema)}
    from ${schema}.products p, days left join sold using (day)
    where p.seller_id = $1::text and p.id = $2::bigint
    group by p.id, p.decimals`;
}

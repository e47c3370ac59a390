import type { DemandRepository, ProductDemand } from "@amused/core";
import type { Database, Row } from "../database.ts";
import { everySeller } from "../row-security.ts";
import { emptySpans, startOf } from "../sql/empty-spans.ts";
import { alive, isoDate } from "../sql/json.ts";

/** What passes over catalogues read: bounded batches, each in one statement. */
export function demandRepository(schema: string): (database: Database) => DemandRepository {
  const [products, sales] = [`${schema}.products`, `${schema}.sales_history`];
  const sold = `s.seller_id = $1::text and s.product_id = p.id and s.quantity > 0`;

  // Most days have no sale, and most products are never out of stock: only what there is is told, and filled in here.
  const read = `
    select coalesce((select seq from ${schema}.event_streams where seller_id = $1::text), 0) as based_on, p.*
    from (select) as one left join lateral (
      select p.id, p.quantity, p.price, p.reorder_point, p.category,
        p.lead_time_days, p.service_level, p.pack_size, p.minimum_order,
        to_char(least(
          (select m.created_at from ${schema}.stock_movements m where m.seller_id = $1::text and m.product_id = p.id order by m.id limit 1),
          (select s.sold_at from ${sales} s where ${sold} order by s.sold_at limit 1)) at time zone 'UTC', 'YYYY-MM-DD') as first_day,
        (select '[' || array_to_json(array_agg(day)) || ',' || array_to_json(array_agg(units)) || ']' from (
          select (s.sold_at at time zone 'UTC')::date - $3::date as day, sum(s.quantity)::bigint as units from ${sales} s
          where ${sold} and s.sold_at >= ${startOf("$3")} and s.sold_at < ${startOf("$4", 1)} group by 1) d) as sold,
        (select '[' || string_agg('[' || since - $3::date || ',' || until - $3::date || ']', ',') || ']'
          from (${emptySpans(schema, "p.id")}) e) as empty,
        (select '[' || string_agg('["' || ${isoDate("day")} || '",' || units || ']', ',' order by day) || ']' from (
          select i.expected_on as day, sum(i.quantity - i.received) as units from ${schema}.incoming_stock i
          where i.seller_id = $1::text and i.product_id = p.id and i.state = 'open' group by 1 order by 1 limit 500) o) as incoming
      from ${products} p where p.seller_id = $1::text and p.id = any ($2::bigint[]) and ${alive("p")}) p on true
    order by p.id`;

  const active = `
    select p.id from ${products} p where p.seller_id = $1::text and p.id > $2::bigint and ${alive("p")}
    order by p.id limit $3::int`;

  // Whoever made a product has a log.
  const sellers = `
    select s.seller_id from ${schema}.event_streams s
    where s.seller_id > $1::text and exists (
      select from ${products} p where p.seller_id = s.seller_id and p.deleted_at is null)
    order by s.seller_id limit $2::int`;

  return (database) => ({
    async read(sellerId, { productIds, from, to }) {
      const rows = await database.runAnew(sellerId, read, [sellerId, productIds, from, to]);
      const days = (Date.parse(to) - Date.parse(from)) / 86_400_000 + 1;
      return {
        basedOn: Number(rows[0]?.based_on),
        products: rows.filter(({ id }) => id !== null).map((row) => demandOf(row, days)),
      };
    },

    async active(sellerId, { after, limit }) {
      return (await database.run(sellerId, active, [sellerId, after, limit])).map(({ id }) => Number(id));
    },

    async sellers({ after, limit }) {
      return (await database.run(everySeller, sellers, [after, limit])).map((row) => row.seller_id as string);
    },
  });
}

function demandOf(row: Row, days: number): ProductDemand {
  const units = new Array<number>(days).fill(0);
  const [soldOn = [], sold = []] = listsOf(row.sold);
  for (const [n, day] of soldOn.entries()) units[day] = sold[n] as number;
  const stockedOut = new Array<boolean>(days).fill(false);
  for (const [since, until] of listsOf(row.empty))
    stockedOut.fill(true, Math.max(0, since as number), (until as number) + 1);
  return {
    productId: Number(row.id),
    firstDay: row.first_day as string | null,
    units,
    stockedOut,
    quantity: Number(row.quantity),
    price: row.price as string,
    reorderPoint: numberOf(row.reorder_point),
    category: row.category as string | null,
    leadTimeDays: numberOf(row.lead_time_days),
    serviceLevel: numberOf(row.service_level),
    packSize: numberOf(row.pack_size),
    minimumOrder: numberOf(row.minimum_order),
    incoming: JSON.parse((row.incoming as string | null) ?? "[]").map(
      ([expectedOn, quantity]: [string, number]) => ({ expectedOn, quantity }),
    ),
  };
}

/** A number of whatever type the driver makes of its column. */
function numberOf(value: unknown): number | null {
  return value === null ? null : Number(value);
}

function listsOf(text: unknown): number[][] {
  return text === null ? [] : (JSON.parse(text as string) as number[][]);
}

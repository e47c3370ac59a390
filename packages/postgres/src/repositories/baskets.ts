import type { SaleRepository } from "@amused/core";
import type { Database } from "../database.ts";

/** How many sales one call looks at for each basket asked for, and how many products a basket has at most. */
const [each, most] = [4, 1_000];

/** What was bought together, by orders. */
export function baskets(schema: string): (database: Database) => SaleRepository["orders"] {
  const sales = `${schema}.sales_history`;
  const ofOrder = `${sales} s where s.seller_id = $1::text and s.order_id = begun.order_id and s.quantity > 0`;
  const statement = `
    with seen as materialized (
      select s.id, s.order_id, s.quantity, s.created_at from ${sales} s
      where s.seller_id = $1::text and s.id > $2::bigint order by s.id limit $4::int * ${each}),
    stop as materialized (select min(id) as id from seen where created_at >= $3::timestamptz),
    begun as materialized (
      select seen.order_id, min(seen.id) as id from seen, stop
      where seen.order_id is not null and seen.quantity > 0 and (stop.id is null or seen.id < stop.id) group by seen.order_id),
    basket as (
      select begun.id, begun.order_id, bought.products from begun cross join lateral (
        select '[' || string_agg(product_id::text, ',' order by product_id) || ']' as products
        from (select distinct s.product_id from ${ofOrder} order by s.product_id limit ${most}) s having count(*) > 1) bought
      where not exists (select from ${ofOrder} and s.id < begun.id)
      order by begun.id limit $4::int + 1)
    select basket.*, ends.last, ends.more
    from (
      select max(seen.id) as last, count(*) = $4::int * ${each} and (select id from stop) is null as more
      from seen, stop where stop.id is null or seen.id < stop.id) ends
    left join basket on true order by basket.id`;

  return (database) =>
    async (sellerId, { after, before, limit }) => {
      const rows = await database.runAnew(sellerId, statement, [sellerId, after, before, limit]);
      const found = rows.filter(({ id }) => id !== null);
      const page = found.slice(0, limit);
      const [ends] = rows;
      const orders = page.map((row) => ({
        orderId: row.order_id as string,
        productIds: JSON.parse(row.products as string) as number[],
      }));
      if (found.length > limit) return { orders, last: Number(page.at(-1)?.id), more: true };
      return { orders, last: Number(ends?.last ?? after), more: ends?.more === true };
    };
}

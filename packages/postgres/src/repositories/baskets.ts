import type { SaleRepository } from "@amused/core";
import type { Database } from "../database.ts";
import { everySeller } from "../row-security.ts";

/** How many sales one call looks at for each basket asked for, and how many products a basket has at most. */
const [each, most] = [4, 1_000];

/** What was bought together, by orders. */
export function baskets(schema: string): (database: Database) => SaleRepository["orders"] {
  const sales = `${schema}.sales_history`;
  // Whatever the planner knows or thinks of a seller, it reads a bounded number of sales: the next ones of all sellers, and
  // those of each order. That one's seller comes from its row: of a seller who is named the planner may think that there is
  // nothing, and read all of it for each order; of one it can not name it thinks as of all others.
  const statement = `
    with next as materialized (
      select s.seller_id, s.id, s.order_id, s.quantity, s.created_at from ${sales} s
      where (s.seller_id, s.id) > ($1::text, $2::bigint) order by s.seller_id, s.id limit $4::int * ${each}),
    seen as (select * from next where seller_id = $1::text),
    stop as materialized (select min(id) as id from seen where created_at >= $3::timestamptz),
    begun as materialized (
      select seen.seller_id, seen.order_id, min(seen.id) as id from seen, stop
      where seen.order_id is not null and seen.quantity > 0 and (stop.id is null or seen.id < stop.id) group by seen.seller_id, seen.order_id),
    basket as (
      select begun.id, begun.order_id, array_to_json(bought.products)::text as products from begun cross join lateral (
        select min(o.id) as first, (array_agg(distinct o.product_id))[1:${most}] as products
        from (
          select s.id, s.product_id from ${sales} s
          where s.seller_id = begun.seller_id and s.order_id = begun.order_id and s.quantity > 0) o) bought
      where bought.first = begun.id and cardinality(bought.products) > 1
      order by begun.id limit $4::int + 1)
    select basket.*, ends.last, ends.more
    from (
      select max(seen.id) as last, count(*) = $4::int * ${each} and (select id from stop) is null as more
      from seen, stop where stop.id is null or seen.id < stop.id) ends
    left join basket on true order by basket.id`;

  return (database) =>
    async (sellerId, { after, before, limit }) => {
      // Behind a wall it would read on through the sales of all others, in search of another one of this seller.
      const rows = await database.runAnew(everySeller, statement, [sellerId, after, before, limit]);
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

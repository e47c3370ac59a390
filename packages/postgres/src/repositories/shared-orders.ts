import type { SaleRepository, SharedOrder } from "@amused/core";
import type { Database } from "../database.ts";
import { isoTime, list, object, quoted, text } from "../sql/json.ts";

/** How many sales of the first product one call looks at. */
const lookedAt = 5_000;

/** Orders that sold both of two products. */
export function sharedOrders(schema: string): (database: Database) => SaleRepository["together"] {
  const sales = `${schema}.sales_history`;
  // Through the index of orders, for each order by itself: a join would read all sales of the other product.
  const ofOrder = (order: string, product: string) =>
    `${sales} o where o.seller_id = $1::text and o.order_id = ${order} and o.product_id ${product} and o.quantity > 0`;
  const statement = `
    with own as materialized (
      select s.order_id, s.sold_at, s.id, s.quantity from ${sales} s
      where s.seller_id = $1::text and s.product_id = $2::bigint order by s.sold_at desc, s.id desc limit ${lookedAt}),
    shared as materialized (
      select own.order_id, max(own.sold_at) as sold_at, max(own.id) as id from own
      where own.order_id is not null and own.quantity > 0 and exists (select from ${ofOrder("own.order_id", "= $3::bigint")})
      group by own.order_id order by 2 desc, 3 desc limit $4::int)
    select ${object({
      orderId: text("shared.order_id"),
      soldAt: quoted(isoTime("shared.sold_at")),
      saleIds: `(select ${list("o.id::text", "o.id")} from ${ofOrder("shared.order_id", "in ($2::bigint, $3::bigint)")})`,
    })} as json
    from shared order by shared.sold_at desc, shared.id desc`;

  return (database) =>
    async (sellerId, { productIds, limit }) => {
      const rows = await database.runAnew(sellerId, statement, [sellerId, ...productIds, limit]);
      return rows.map(({ json }) => JSON.parse(json as string) as SharedOrder);
    };
}

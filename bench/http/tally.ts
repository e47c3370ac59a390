import type pg from "pg";
import { shops } from "../shop.ts";

/** What a server has stored for a shop, in words that all three can be held to. */
export interface Tally {
  sellerId: string;
  products: number;
  stock: number;
  movements: number;
  /** The sum of the ledger: the stock, if nothing went wrong. */
  ledger: number;
  sales: number;
  events: number;
}

/** Counts in a schema, shop by shop; all have the same names of tables and columns. */
export async function tallies(pool: pg.Pool, schema: string): Promise<Tally[]> {
  const { rows } = await pool.query<Tally>(
    `select seller_id as "sellerId",
       (select count(*)::int from ${schema}.products p where p.seller_id = s.seller_id) as products,
       (select sum(quantity)::float from ${schema}.products p where p.seller_id = s.seller_id) as stock,
       (select count(*)::int from ${schema}.stock_movements m where m.seller_id = s.seller_id) as movements,
       (select sum(delta)::float from ${schema}.stock_movements m where m.seller_id = s.seller_id) as ledger,
       (select count(*)::int from ${schema}.sales_history h where h.seller_id = s.seller_id) as sales,
       (select count(*)::int from ${schema}.events e
        where e.seller_id = s.seller_id and type in ('product.created', 'sale.recorded')) as events
     from unnest($1::text[]) with ordinality as s (seller_id, shop) order by shop`,
    [shops],
  );
  return rows;
}

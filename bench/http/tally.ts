import type pg from "pg";

/** What a server has stored, in words that all three can be held to. */
export interface Tally {
  products: number;
  stock: number;
  movements: number;
  /** The sum of the ledger: the stock, if nothing went wrong. */
  ledger: number;
  sales: number;
  events: number;
}

/** Counts in a schema; all have the same names of tables and columns. */
export async function tally(pool: pg.Pool, schema: string): Promise<Tally> {
  const { rows } = await pool.query<Record<keyof Tally, string>>(`
    select (select count(*) from ${schema}.products) as products,
      (select sum(quantity) from ${schema}.products) as stock,
      (select count(*) from ${schema}.stock_movements) as movements,
      (select sum(delta) from ${schema}.stock_movements) as ledger,
      (select count(*) from ${schema}.sales_history) as sales,
      (select count(*) from ${schema}.events where type in ('product.created', 'sale.recorded')) as events`);
  return Object.fromEntries(
    Object.entries(rows[0] ?? {}).map(([name, value]) => [name, Number(value)]),
  ) as unknown as Tally;
}

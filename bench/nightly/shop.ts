import { postgresStore } from "@amused/postgres";
import { pgliteStore } from "@amused/postgres/pglite";
import { PGlite } from "@electric-sql/pglite";
import { steadyPool } from "../measure/database.ts";
import { productNumber } from "../shop.ts";

export type StoreKind = "postgres" | "embedded";
export const sellerId = "acme";

/** A catalogue, and what it sold on so many days before today. */
export interface Catalogue {
  products: number;
  days: number;
}

/** Lays the tables of a database, or of an empty folder, and fills them. */
export async function fill(kind: StoreKind, place: string, catalogue: Catalogue): Promise<void> {
  if (kind === "postgres") {
    const pool = steadyPool(place, 2);
    const store = postgresStore({ pool });
    await store.migrate();
    await store.consumers.register("amused.forecasts", "now", new Date());
    for (const statement of statements(catalogue)) await pool.query(statement);
    await pool.query("vacuum analyze");
    await pool.end();
    return;
  }
  const store = await pgliteStore(place);
  await store.migrate();
  await store.consumers.register("amused.forecasts", "now", new Date());
  await store.close();
  // The store's own connection is not handed out; the folder is free for another now.
  const database = await PGlite.create(`${place}/pg`);
  for (const statement of statements(catalogue)) await database.exec(statement);
  await database.exec("vacuum analyze");
  await database.close();
}

/**
 * By the database itself, or millions of sales would take an hour. Products sell from half a unit to eight a day, with
 * weekdays and chance, so that most days of most products have a sale; the ledger holds what each began with.
 */
function statements({ products, days }: Catalogue): string[] {
  const { description } = productNumber(1);
  const chance = (of: string) => `(abs(hashint8(${of})) % 1000) / 1000.0`;
  const wanted = `(0.5 + 7.5 * ${chance("p")}) * (0.7 + 0.1 * (d % 7)) * 2 * ${chance("p * 10007 + d")}`;
  const day = "date_trunc('day', now() at time zone 'UTC') at time zone 'UTC'";
  return [
    `insert into amused.products (seller_id, sku, name, description, price, currency, decimals, quantity, category, attributes, search, created_at, updated_at)
     select '${sellerId}', 'SKU-' || n, 'Product ' || n, '${description}', 4.90, 'USD', 2, 1000000, 'Category ' || n % 40, '{}', 'product ' || n || chr(10) || 'sku-' || n, now() - interval '${days} days', now()
     from generate_series(1, ${products}) n`,
    `insert into amused.stock_movements (seller_id, product_id, delta, quantity, reason, created_at)
     select seller_id, id, quantity, quantity, 'initial', created_at from amused.products`,
    ...Array.from(
      { length: Math.ceil(products / 500) },
      (_, n) =>
        `insert into amused.sales_history (seller_id, product_id, quantity, price, sold_at, created_at)
         select '${sellerId}', p, units, 4.90, ${day} - d * interval '1 day' + interval '9 hours', now()
         from generate_series(${days}, 1, -1) d, generate_series(${n * 500 + 1}, ${Math.min(products, (n + 1) * 500)}) p,
           lateral (select round(${wanted})::bigint as units) u where units > 0`,
    ),
  ];
}

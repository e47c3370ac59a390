import type { Command, Sale, SaleLines, Written } from "@amused/core";
import {
  type AmusedError,
  type Fault,
  insufficientStock,
  invalidRequest,
  notFound,
} from "@amused/core/errors";
import type { Database } from "../database.ts";
import { commandStatement } from "../sql/command.ts";
import { alive, bare, isoTime, list, object, quoted, saleJson, text } from "../sql/json.ts";

/** Takes the lines of a sale out of stock, or those of a return back in: all of them or none. */
export function recordSale(
  schema: string,
): (database: Database, command: Command, sale: SaleLines) => Promise<Written<{ sales: Sale[] }>> {
  const products = `${schema}.products`;
  const sales = `${schema}.sales_history`;

  // $5 is 1 for a sale and -1 for a return; $6 the order, $7 the time of sale.
  const written = {
    sql: `
      sold as (
        insert into ${sales} as s (seller_id, product_id, order_id, quantity, price, sold_at, created_at)
        select $1::text, product_id, $6::text, quantity, price, $7::timestamptz, $3::timestamptz from entry order by ord
        returning s.id, ${saleJson("s")} as body),
      ledger as (
        insert into ${schema}.stock_movements (seller_id, product_id, delta, quantity, reason, actor, cause, created_at)
        select $1::text, product_id, -quantity, remaining, case when $5::int > 0 then 'sale' else 'return' end, $2::text, $6::text, $3::timestamptz
        from entry order by ord returning id),
      facts as (
        select ord, product_id, case when $5::int > 0 then 'sale.recorded' else 'sale.returned' end as type, ${object(
          {
            orderId: text("$6::text"),
            quantity: bare("abs(quantity)"),
            price: quoted("price"),
            remaining: bare("remaining"),
            soldAt: quoted(isoTime("$7::timestamptz")),
          },
        )} as payload
        from entry)`,
    outcome: `select ${object({ sales: list("body", "id") })} as body, null::text as revision
      from sold having count(*) > 0`,
    first: ["sold", "ledger"],
  };

  // An order of one line, as most are: one guarded update. Where it finds nothing to update, the other statement says why.
  const recordOne = commandStatement(schema, {
    ...written,
    parameters: 6,
    sql: `
      moved as (
        update ${products} as p set quantity = p.quantity - $5::int * $9::bigint, stock_revision = p.stock_revision + 1, updated_at = $3::timestamptz
        where p.seller_id = $1::text and p.id = $8::bigint and ${alive("p")} and p.quantity >= $5::int * $9::bigint
          and coalesce(scale($10::numeric), 0) <= p.decimals
        returning p.id, p.quantity, p.price, p.decimals),
      entry as materialized (
        select 1 as ord, id as product_id, $5::int * $9::bigint as quantity, quantity as remaining,
          coalesce(round($10::numeric, decimals), price) as price
        from moved),
      ${written.sql}`,
  });

  // The lines are JSON, not arrays: whatever an array holds, the planner guesses its length from it, takes the guess for
  // worth a new plan each time, and plans longer than it runs.
  const recordMany = commandStatement(schema, {
    ...written,
    parameters: 4,
    sql: `
      line as materialized (
        select ord, product_id, quantity, price, sum(quantity) over (partition by product_id order by ord)::bigint as taken
        from rows from (json_to_recordset($8::json) as (product_id bigint, quantity bigint, price numeric))
          with ordinality as l (product_id, quantity, price, ord)),
      had as materialized (
        select p.* from (select product_id from line group by product_id order by product_id) n, lateral (
          select * from ${products} p where p.seller_id = $1::text and p.id = n.product_id and ${alive("p")}
          for no key update) p),
      need as materialized (
        select line.product_id, sum(line.quantity)::bigint as quantity, had.id is not null as found,
          had.quantity as available, had.decimals, coalesce(bool_and(scale(line.price) <= had.decimals), true) as exact
        from line left join had on had.id = line.product_id group by line.product_id, had.id, had.quantity, had.decimals),
      ok as materialized (
        select from need having bool_and(found and exact and ($5::int < 0 or available >= quantity))),
      moved as (
        ${updateByKey(products, "had.quantity - $5::int * need.quantity", "need join had on had.id = need.product_id, ok")}
        returning p.id),
      entry as materialized (
        select line.ord, line.product_id, $5::int * line.quantity as quantity, had.quantity - $5::int * line.taken as remaining,
          coalesce(round(line.price, had.decimals), had.price) as price
        from line join had on had.id = line.product_id, ok, (select count(*) from moved) as done),
      ${written.sql}`,
    refusal:
      "(select json_agg(json_build_object('productId', product_id, 'requested', quantity, 'available', available, 'decimals', decimals, 'exact', exact) order by product_id) from need)",
  });

  return async (database: Database, command: Command, { kind, orderId, soldAt, lines }: SaleLines) => {
    const sale = [kind === "sale" ? 1 : -1, orderId, soldAt];
    const [line] = lines;
    if (line !== undefined && lines.length === 1) {
      const values = [...sale, line.productId, line.quantity, line.price];
      const { written } = await recordOne<{ sales: Sale[] }>(database, command, values);
      if (written !== null) return written;
    }
    const json = lines.map(({ productId, quantity, price }) => ({
      product_id: productId,
      quantity,
      price,
    }));
    const { written, refusal } = await recordMany<{ sales: Sale[] }>(database, command, [
      ...sale,
      JSON.stringify(json),
    ]);
    if (written === null) throw refusedSale(refusal as Refused[], lines, kind);
    return written;
  };
}

interface Refused {
  productId: number;
  requested: number;
  available: number | null;
  decimals: number | null;
  exact: boolean;
}

/** All columns of a product, for the row that is proposed to be replaced. */
const columns =
  "seller_id id sku name description price currency decimals quantity category attributes image_url reorder_point lead_time_days version stock_revision search created_at updated_at".split(
    " ",
  );

/**
 * Sets the quantities of locked products (`had`) by their keys. An update that joins would be planned by the size of the
 * table on the day, and a plan from its first day reads the whole catalogue ever after; a conflict is found by the key.
 */
function updateByKey(products: string, quantity: string, from: string): string {
  const changed: Record<string, string> = {
    quantity,
    stock_revision: "had.stock_revision + 1",
    updated_at: "$3::timestamptz",
  };
  return `insert into ${products} as p (${columns.join(", ")}) overriding system value
        select ${columns.map((column) => changed[column] ?? `had.${column}`).join(", ")} from ${from}
        on conflict (seller_id, id) do update
          set quantity = excluded.quantity, stock_revision = excluded.stock_revision, updated_at = excluded.updated_at`;
}

/** Why a sale was refused: an unknown product before a price, a price before a lack of stock. */
function refusedSale(
  products: Refused[],
  lines: { productId: number; price: string | null }[],
  kind: "sale" | "return",
): AmusedError {
  const unknown = products.find(({ available }) => available === null);
  if (unknown !== undefined) return notFound("product", unknown.productId);
  const decimals = new Map(products.map((product) => [product.productId, product.decimals ?? 0]));
  const faults = lines.flatMap(({ productId, price }, index): Fault[] => {
    const most = decimals.get(productId) ?? 0;
    const given = price?.split(".")[1]?.length ?? 0;
    return given <= most
      ? []
      : [
          {
            path: `lines.${index}.price`,
            message: `must have at most ${most} decimals in the product's currency`,
          },
        ];
  });
  if (faults.length > 0) return invalidRequest(faults);
  const short = products.filter(
    ({ requested, available }) => kind === "sale" && (available ?? 0) < requested,
  );
  return insufficientStock(
    short.map(({ productId, requested, available }) => ({
      ...{ productId, requested, available: available ?? 0 },
    })),
  );
}

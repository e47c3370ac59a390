import {
  encodedText,
  type IncomingReceived,
  type IncomingRepository,
  type IncomingState,
  type IncomingStock,
  type Written,
} from "@amused/core";
import { AmusedError, notFound, notOpen } from "@amused/core/errors";
import type { Database } from "../database.ts";
import { commandStatement } from "../sql/command.ts";
import { alive, bare, incomingJson, movementJson, object, productJson, revision, text } from "../sql/json.ts";
import { headColumns, headOf, listPage } from "../sql/page.ts";

/** Goods on their way. */
export function incomingRepository(schema: string): (database: Database) => IncomingRepository {
  const [table, products] = [`${schema}.incoming_stock`, `${schema}.products`];
  const body = `${incomingJson("i")} as body`;
  /** The row as it is once nobody else changes it. */
  const had = `had as materialized (select i.* from ${table} i where i.seller_id = $1::text and i.id = $5::bigint for update)`;
  const itself = "i.seller_id = $1::text and i.id = $5::bigint";
  const fact = (type: string, ord = 1) =>
    `select ${ord} as ord, made.product_id, 'incoming.${type}' as type, ${object({ incoming: "made.body" })} as payload from made`;
  const refusal =
    "(select json_build_object('state', had.state, 'received', had.received, 'productId', had.product_id) from had)";

  const create = commandStatement(schema, {
    parameters: 4,
    sql: `
      made as (
        insert into ${table} as i (seller_id, product_id, quantity, expected_on, reference, created_at, updated_at)
        select $1::text, p.id, $6::bigint, $7::date, $8::text, $3::timestamptz, $3::timestamptz
        from ${products} p where p.seller_id = $1::text and p.id = $5::bigint and ${alive("p")}
        returning i.product_id, ${body}),
      facts as (${fact("created")})`,
    outcome: "select body, null::text as revision from made",
  });

  const update = commandStatement(schema, {
    parameters: 5,
    sql: `
      ${had},
      wanted as materialized (
        select coalesce($6::bigint, had.quantity) as quantity, coalesce($7::date, had.expected_on) as expected_on,
          case when $8::boolean then $9::text else had.reference end as reference
        from had where had.state = 'open' and coalesce($6::bigint, had.quantity) > had.received),
      made as (
        update ${table} as i set quantity = wanted.quantity, expected_on = wanted.expected_on, reference = wanted.reference,
          updated_at = $3::timestamptz
        from wanted, had where ${itself} and (wanted.quantity, wanted.expected_on, wanted.reference)
          is distinct from (had.quantity, had.expected_on, had.reference)
        returning i.product_id, ${body}),
      facts as (${fact("updated")})`,
    outcome: `
      select coalesce((select made.body from made), (select ${incomingJson("had")} from had)) as body, null::text as revision
      from wanted`,
    refusal,
  });

  const receive = commandStatement(schema, {
    parameters: 2,
    sql: `
      ${had},
      moved as (
        update ${products} as p set quantity = p.quantity + coalesce($6::bigint, had.quantity - had.received),
          stock_revision = p.stock_revision + 1, updated_at = $3::timestamptz
        from had where had.state = 'open' and p.seller_id = $1::text and p.id = had.product_id and ${alive("p")}
        returning p.id, p.quantity, coalesce($6::bigint, had.quantity - had.received) as delta,
          coalesce(had.reference, 'incoming:' || had.id) as cause, ${productJson("p")} as body, ${revision("p")} as revision),
      made as (
        update ${table} as i set received = i.received + moved.delta, updated_at = $3::timestamptz,
          state = case when i.received + moved.delta >= i.quantity then 'received' else 'open' end
        from moved where ${itself}
        returning i.product_id, ${body}),
      ledger as (
        insert into ${schema}.stock_movements as m (seller_id, product_id, delta, quantity, reason, actor, cause, created_at)
        select $1::text, id, delta, quantity, 'received', $2::text, cause, $3::timestamptz from moved
        returning ${movementJson("m")} as body),
      facts as (
        select 1 as ord, id as product_id, 'stock.adjusted' as type,
          ${object({ delta: bare("delta"), quantity: bare("quantity"), reason: `'"received"'`, actor: text("$2::text") })} as payload
        from moved
        union all ${fact("received", 2)})`,
    outcome: `
      select ${object({ incoming: "made.body", product: "moved.body", movement: "ledger.body" })} as body, moved.revision
      from moved, made, ledger`,
    first: ["ledger"],
    refusal,
  });

  const cancel = commandStatement(schema, {
    parameters: 1,
    sql: `
      ${had},
      made as (
        update ${table} as i set state = 'cancelled', updated_at = $3::timestamptz
        from had where ${itself} and had.state = 'open' returning i.product_id, ${body}),
      facts as (${fact("cancelled")})`,
    outcome: "select 'null' as body, null::text as revision from made",
    refusal,
  });

  const find = `select ${body}, ${headColumns(schema)} from ${table} i where i.seller_id = $1::text and i.id = $2::bigint`;
  const exists = `select from ${products} where seller_id = $1::text and id = $2::bigint`;

  return (database) => ({
    async create(command, { productId, quantity, expectedOn, reference }) {
      const values = [productId, quantity, expectedOn, reference];
      const { written } = await create<IncomingStock>(database, command, values);
      if (written === null) throw notFound("product", productId);
      return written;
    },

    async find(sellerId, id) {
      const [row] = await database.run(sellerId, find, [sellerId, id]);
      return row === undefined ? null : { body: encodedText(row.body as string), head: headOf(row) };
    },

    async list(sellerId, { productId, state, limit, after }) {
      const where = ["x.seller_id = $1::text"];
      const values: unknown[] = [];
      const parameter = (value: unknown) => `$${values.push(value) + 1}`;
      if (productId !== null) where.push(`x.product_id = ${parameter(productId)}::bigint`);
      if (state !== null) where.push(`x.state = ${parameter(state)}::text`);
      const rows = await listPage<IncomingStock>(database, schema, sellerId, {
        ...{ from: table, where, values, json: incomingJson("x"), after, limit },
        sort: { column: "place", type: "integer" },
        descending: false,
      });
      const known =
        productId === null ||
        rows.body.text !== "[]" ||
        (await database.run(sellerId, exists, [sellerId, productId])).length > 0;
      if (!known) throw notFound("product", productId);
      return rows;
    },

    async update(command, id, { quantity, expectedOn, reference }) {
      const values = [id, quantity ?? null, expectedOn ?? null, reference !== undefined, reference ?? null];
      const { written, refusal } = await update<IncomingStock>(database, command, values);
      if (written !== null) return written;
      const { state, received } = openOr(id, refusal);
      throw new AmusedError(
        "conflict",
        `Of these goods ${received} have come: ${quantity} is not more. Cancel what is still to come instead.`,
        { state, received },
      );
    },

    async receive(command, id, quantity) {
      const { written, refusal } = await receive<IncomingReceived>(database, command, [id, quantity]);
      if (written !== null) return written;
      throw notFound("product", openOr(id, refusal).productId);
    },

    async cancel(command, id) {
      const { written, refusal } = await cancel<null>(database, command, [id]);
      if (written === null) openOr(id, refusal);
      return written as Written<null>;
    },
  });
}

interface Refusal {
  state: IncomingState;
  received: number;
  productId: number;
}

/** What refused a change of goods that are open; that there are none, or that they are not, is thrown. */
function openOr(id: number, refusal: unknown): Refusal {
  if (refusal === null) throw notFound("incoming stock", id);
  const found = refusal as Refusal;
  if (found.state !== "open") throw notOpen(id, found.state);
  return found;
}

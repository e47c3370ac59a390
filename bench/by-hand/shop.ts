import type { Pool, PoolClient } from "pg";

/**
 * The shop as a competent team writes it by hand with node-postgres: a transaction for each command with a statement for
 * each row, rows read by select and shaped in JavaScript. It keeps what Amused keeps, save for the dense order of events.
 */
export interface NewProduct {
  sku: string;
  name: string;
  description: string;
  price: string;
  quantity: number;
  category: string;
  attributes: Record<string, string | number | boolean>;
}

export interface NewSale {
  orderId: string;
  lines: { productId: number; quantity: number }[];
}

/** Whose command it is, and under which key its answer is kept. */
export interface Caller {
  sellerId: string;
  actor: string;
  idempotency: { key: string; hash: string };
}

export interface Reply {
  status: number;
  body: unknown;
}

/** Refuses a request; the transaction rolls back. */
export class Refused extends Error {
  override readonly name = "Refused";
  readonly status: number;
  readonly code: string;
  constructor(status: number, code: string) {
    super(code);
    this.status = status;
    this.code = code;
  }
}

export async function createProduct(pool: Pool, caller: Caller, product: NewProduct): Promise<Reply> {
  return command(pool, caller, async (client) => {
    const { rows } = await client.query<ProductRow>(
      `insert into products (seller_id, sku, name, description, price, quantity, category, attributes)
       values ($1, $2, $3, $4, $5, $6, $7, $8) returning *`,
      [
        caller.sellerId,
        product.sku,
        product.name,
        product.description,
        product.price,
        product.quantity,
        product.category,
        JSON.stringify(product.attributes),
      ],
    );
    const body = productOf(rows[0] as ProductRow);
    await client.query(
      "insert into stock_movements (seller_id, product_id, delta, quantity, reason, actor) values ($1, $2, $3, $3, 'initial', $4)",
      [caller.sellerId, body.id, body.quantity, caller.actor],
    );
    await record(client, caller.sellerId, "product.created", body.id, { product: body });
    return { status: 201, body };
  });
}

export async function recordSale(pool: Pool, caller: Caller, sale: NewSale): Promise<Reply> {
  return command(pool, caller, async (client) => {
    const soldAt = new Date();
    const sales: unknown[] = [];
    // By id, so that two orders of the same products do not wait for each other in a circle.
    for (const { productId, quantity } of sale.lines.toSorted((a, b) => a.productId - b.productId)) {
      const { rows: moved } = await client.query<{ quantity: number; price: string }>(
        `update products set quantity = quantity - $3, updated_at = now()
         where seller_id = $1 and id = $2 and deleted_at is null and quantity >= $3 returning quantity, price`,
        [caller.sellerId, productId, quantity],
      );
      if (moved[0] === undefined) throw new Refused(409, "insufficient_stock");
      const { quantity: remaining, price } = moved[0];
      await client.query(
        `insert into stock_movements (seller_id, product_id, delta, quantity, reason, actor, cause)
         values ($1, $2, $3, $4, 'sale', $5, $6)`,
        [caller.sellerId, productId, -quantity, remaining, caller.actor, sale.orderId],
      );
      const { rows: sold } = await client.query<SaleRow>(
        `insert into sales_history (seller_id, product_id, order_id, quantity, price, sold_at)
         values ($1, $2, $3, $4, $5, $6) returning *`,
        [caller.sellerId, productId, sale.orderId, quantity, price, soldAt],
      );
      sales.push(saleOf(sold[0] as SaleRow));
      const payload = { orderId: sale.orderId, quantity, price, remaining, soldAt };
      await record(client, caller.sellerId, "sale.recorded", productId, payload);
    }
    return { status: 201, body: { sales } };
  });
}

export async function getProduct(pool: Pool, sellerId: string, id: number): Promise<Product> {
  const { rows } = await pool.query<ProductRow>(
    "select * from products where seller_id = $1 and id = $2 and deleted_at is null",
    [sellerId, id],
  );
  if (rows[0] === undefined) throw new Refused(404, "not_found");
  return productOf(rows[0]);
}

export interface Page {
  items: Product[];
  nextCursor: string | null;
}

export async function listProducts(
  pool: Pool,
  sellerId: string,
  limit: number,
  after: number,
): Promise<Page> {
  const { rows } = await pool.query<ProductRow>(
    "select * from products where seller_id = $1 and deleted_at is null and id > $2 order by id limit $3",
    [sellerId, after, limit + 1],
  );
  const items = rows.slice(0, limit).map(productOf);
  return { items, nextCursor: rows.length > limit ? String(items.at(-1)?.id) : null };
}

/** The effect and the kept answer in one transaction; a retry gets the answer that is kept. */
async function command(
  pool: Pool,
  { sellerId, idempotency: { key, hash } }: Caller,
  effect: (client: PoolClient) => Promise<Reply>,
): Promise<Reply> {
  const client = await pool.connect();
  try {
    await client.query("begin");
    const { rows } = await client.query<{ hash: string; status: number; response: unknown }>(
      "select hash, status, response from idempotency_keys where seller_id = $1 and key = $2",
      [sellerId, key],
    );
    const [kept] = rows;
    if (kept !== undefined && kept.hash !== hash) throw new Refused(422, "idempotency_mismatch");
    const reply = kept === undefined ? await effect(client) : { status: kept.status, body: kept.response };
    if (kept === undefined)
      await client.query(
        "insert into idempotency_keys (seller_id, key, hash, status, response) values ($1, $2, $3, $4, $5)",
        [sellerId, key, hash, reply.status, JSON.stringify(reply.body)],
      );
    await client.query("commit");
    return reply;
  } catch (error) {
    await client.query("rollback");
    throw error;
  } finally {
    client.release();
  }
}

async function record(
  client: PoolClient,
  sellerId: string,
  type: string,
  productId: number,
  payload: unknown,
) {
  await client.query("insert into events (seller_id, type, product_id, payload) values ($1, $2, $3, $4)", [
    sellerId,
    type,
    productId,
    JSON.stringify(payload),
  ]);
}

interface ProductRow {
  id: string;
  seller_id: string;
  sku: string | null;
  name: string;
  description: string;
  price: string;
  currency: string;
  quantity: number;
  category: string | null;
  attributes: unknown;
  image_url: string | null;
  reorder_point: number | null;
  lead_time_days: number | null;
  version: number;
  created_at: Date;
  updated_at: Date;
}

export type Product = ReturnType<typeof productOf>;

function productOf(row: ProductRow) {
  return {
    id: Number(row.id),
    sellerId: row.seller_id,
    sku: row.sku,
    name: row.name,
    description: row.description,
    price: row.price,
    currency: row.currency,
    quantity: row.quantity,
    category: row.category,
    attributes: row.attributes,
    imageUrl: row.image_url,
    reorderPoint: row.reorder_point,
    leadTimeDays: row.lead_time_days,
    version: row.version,
    createdAt: row.created_at,
    updatedAt: row.updated_at,
  };
}

interface SaleRow {
  id: string;
  product_id: string;
  order_id: string | null;
  quantity: number;
  price: string;
  sold_at: Date;
  created_at: Date;
}

function saleOf(row: SaleRow) {
  return {
    id: Number(row.id),
    productId: Number(row.product_id),
    orderId: row.order_id,
    quantity: row.quantity,
    price: row.price,
    soldAt: row.sold_at,
    createdAt: row.created_at,
  };
}

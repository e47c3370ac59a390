import { createHash } from "node:crypto";
import type { AddressInfo } from "node:net";
import express, { type NextFunction, type Request, type Response } from "express";
import pg from "pg";
import { z } from "zod";
import { connections } from "../shop.ts";
import { createProduct, getProduct, listProducts, Refused, recordSale } from "./shop.ts";

// Express 5 and node-postgres as a competent team writes them by hand: zod for bodies, a key in the database for each
// request, a transaction for each command.
const pool = new pg.Pool({ connectionString: process.env.DATABASE_URL, max: connections });

const productSchema = z.strictObject({
  sku: z.string().min(1).max(100),
  name: z.string().min(1).max(200),
  description: z.string().max(10_000).default(""),
  price: z.string().regex(/^\d{1,10}(\.\d{1,2})?$/),
  quantity: z.int().min(0).max(1_000_000_000).default(0),
  category: z.string().min(1).max(200),
  attributes: z
    .record(z.string().max(100), z.union([z.string().max(1000), z.number(), z.boolean()]))
    .default({}),
});
const saleSchema = z.strictObject({
  orderId: z.string().min(1).max(200),
  lines: z
    .array(z.strictObject({ productId: z.int().min(1), quantity: z.int().min(1) }))
    .min(1)
    .max(500),
});
const listSchema = z.strictObject({
  limit: z.coerce.number().int().min(1).max(200).default(50),
  cursor: z.coerce.number().int().min(0).default(0),
});
const idSchema = z.coerce.number().int().min(1);

interface Access {
  sellerId: string;
  actor: string;
}

const hash = (text: string) => createHash("sha256").update(text).digest("hex");

async function authenticate(request: Request, scope: string): Promise<Access> {
  const key = /^Bearer (\S+)$/.exec(request.headers.authorization ?? "")?.[1];
  if (key === undefined) throw new Refused(401, "unauthenticated");
  const { rows } = await pool.query<{ id: string; seller_id: string; scopes: string[] }>(
    `select id, seller_id, scopes from api_keys
     where hash = $1 and revoked_at is null and (expires_at is null or expires_at > now())`,
    [hash(key)],
  );
  const [found] = rows;
  if (found === undefined) throw new Refused(401, "unauthenticated");
  if (!found.scopes.includes(scope)) throw new Refused(403, "forbidden");
  return { sellerId: found.seller_id, actor: `key:${found.id}` };
}

/** Who commands what under which key; the hash tells whether a key comes again with another request. */
async function callerOf(request: Request) {
  const access = await authenticate(request, "write");
  const key = request.get("idempotency-key");
  if (key === undefined) throw new Refused(400, "idempotency_key_required");
  const what = `${request.method} ${request.originalUrl}\n${JSON.stringify(request.body)}`;
  return { ...access, idempotency: { key, hash: hash(what) } };
}

const app = express();
app.disable("x-powered-by");
app.use(express.json());

app.post("/v1/products", async (request, response) => {
  const caller = await callerOf(request);
  const { status, body } = await createProduct(pool, caller, productSchema.parse(request.body));
  response.status(status).json(body);
});

app.post("/v1/sales", async (request, response) => {
  const caller = await callerOf(request);
  const { status, body } = await recordSale(pool, caller, saleSchema.parse(request.body));
  response.status(status).json(body);
});

app.get("/v1/products", async (request, response) => {
  const { sellerId } = await authenticate(request, "read");
  const { limit, cursor } = listSchema.parse(request.query);
  response.json(await listProducts(pool, sellerId, limit, cursor));
});

app.get("/v1/products/:id", async (request, response) => {
  const { sellerId } = await authenticate(request, "read");
  response.json(await getProduct(pool, sellerId, idSchema.parse(request.params.id)));
});

app.use((error: unknown, _request: Request, response: Response, _next: NextFunction) => {
  if (error instanceof Refused) response.status(error.status).json({ code: error.code });
  else if (error instanceof z.ZodError)
    response.status(400).json({ code: "invalid_request", errors: error.issues });
  else {
    console.error(error);
    response.status(500).json({ code: "internal" });
  }
});

const server = app.listen(0, "127.0.0.1", () => {
  console.log(JSON.stringify({ url: `http://127.0.0.1:${(server.address() as AddressInfo).port}` }));
});

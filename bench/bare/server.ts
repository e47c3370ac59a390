import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { postgresStore } from "@amused/postgres";
import pg from "pg";
import { command, pageAfter, rowOf, saleOf } from "../amused/database.ts";
import type { NewProduct, NewSale } from "../by-hand/shop.ts";
import { connections } from "../shop.ts";

// What is left of Amused when all but its SQL is taken away: node:http, JSON.parse and the store. No router, validation,
// credentials or idempotency keys: the bearer is taken for the seller. The store is asked directly, so that the statements are always the same ones.
const store = postgresStore({
  pool: new pg.Pool({ connectionString: process.env.DATABASE_URL, max: connections }),
});

async function answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
  const { method, url = "" } = request;
  const sellerId = (request.headers.authorization ?? "").slice("Bearer ".length);
  if (method === "POST" && url === "/v1/products") {
    const { body } = await store.products.create(
      command(sellerId, null),
      rowOf(await read<NewProduct>(request)),
    );
    send(response, 201, body.text);
  } else if (method === "POST" && url === "/v1/sales") {
    const { body } = await store.sales.record(
      command(sellerId, null),
      saleOf(await read<NewSale>(request), new Date()),
    );
    send(response, 201, body.text);
  } else if (url.startsWith("/v1/products?")) {
    const cursor = /cursor=(\d+)/.exec(url)?.[1];
    const after = cursor === undefined ? null : { key: "", id: Number(cursor) };
    const { body, last } = await store.products.list(sellerId, pageAfter(after));
    send(response, 200, `{"items":${body.text},"nextCursor":${last === null ? null : `"${last.id}"`}}`);
  } else {
    const found = await store.products.find(sellerId, Number(url.slice(url.lastIndexOf("/") + 1)));
    if (found === null) send(response, 404, "{}");
    else send(response, 200, found.body.text);
  }
}

async function read<T>(request: IncomingMessage): Promise<T> {
  const pieces: Buffer[] = [];
  for await (const piece of request) pieces.push(piece as Buffer);
  return JSON.parse(Buffer.concat(pieces).toString()) as T;
}

function send(response: ServerResponse, status: number, text: string): void {
  const headers = { "content-type": "application/json", "content-length": Buffer.byteLength(text) };
  response.writeHead(status, headers).end(text);
}

const server = createServer((request, response) => {
  answer(request, response).catch((error: unknown) => {
    console.error(error);
    send(response, 500, "{}");
  });
});
server.listen(0, "127.0.0.1", () => {
  console.log(JSON.stringify({ url: `http://127.0.0.1:${(server.address() as AddressInfo).port}` }));
});

import { pageSize, productIdNumber, productNumber, productsInShop, saleNumber, sharedShop } from "../shop.ts";

/** A request, the same for every server. */
export interface HttpRequest {
  method: "GET" | "POST";
  path: string;
  /** A write's body, and the key that it is repeated under. */
  body?: string;
  key?: string;
  expected: number;
}

/** What the connections send, and to which shop each: the nth request of that shop. */
interface Kind {
  shopOf(connection: number): number;
  /** `cursor` is what the connection's last page ended with. */
  request(shop: number, n: number, cursor: string | null): HttpRequest;
}

const get = (path: string): HttpRequest => ({ method: "GET", path, expected: 200 });
const post = (path: string, key: string, body: unknown): HttpRequest => ({
  method: "POST",
  path,
  key,
  body: JSON.stringify(body),
  expected: 201,
});

const sale = (shop: number, n: number) => post("/v1/sales", `sale-${n}`, saleNumber(shop, n));
const create = (_shop: number, n: number) =>
  post("/v1/products", `create-${n}`, productNumber(productsInShop + n));

const ownShop = (request: Kind["request"]): Kind => ({ shopOf: (connection) => connection, request });
const oneShop = (request: Kind["request"]): Kind => ({ shopOf: () => sharedShop, request });

export const operations = {
  get: ownShop((shop, n) => get(`/v1/products/${productIdNumber(shop, n)}`)),
  list: ownShop((_shop, _n, cursor) =>
    get(`/v1/products?limit=${pageSize}${cursor === null ? "" : `&cursor=${cursor}`}`),
  ),
  sale: ownShop(sale),
  create: ownShop(create),
  "sale, one shop": oneShop(sale),
  "create, one shop": oneShop(create),
};

export type Operation = keyof typeof operations;
export const operationNames = Object.keys(operations) as Operation[];

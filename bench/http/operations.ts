import { pageSize, productIdNumber, productNumber, productsInShop, saleNumber } from "../shop.ts";

/** The nth request of an operation, the same for every server. */
export interface HttpRequest {
  method: "GET" | "POST";
  path: string;
  body?: string;
  expected: number;
}

const post = (path: string, body: unknown): HttpRequest => ({
  method: "POST",
  path,
  body: JSON.stringify(body),
  expected: 201,
});
const get = (path: string): HttpRequest => ({ method: "GET", path, expected: 200 });

/** `cursor` is what the connection's last page ended with. */
export const operations = {
  get: (n: number) => get(`/v1/products/${productIdNumber(n)}`),
  list: (_n: number, cursor: string | null) =>
    get(`/v1/products?limit=${pageSize}${cursor === null ? "" : `&cursor=${cursor}`}`),
  sale: (n: number) => post("/v1/sales", saleNumber(n)),
  create: (n: number) => post("/v1/products", productNumber(productsInShop + n)),
};

export type Operation = keyof typeof operations;
export const operationNames = Object.keys(operations) as Operation[];

import { auditColumns } from "../../domain/audit.ts";
import { type FileFormat, importColumns } from "../../domain/import.ts";
import type { Position } from "../../domain/page.ts";
import type { Product } from "../../domain/product.ts";
import { compareCodePoints } from "../../domain/text.ts";
import type { Repositories, Rows } from "../../ports/repositories.ts";
import { attributeCell, csvLine } from "./cells.ts";

const { needed, others } = importColumns.products;
const productColumns = [...needed.flat(), ...others];
const pageSize = 500;

/** The catalogue as the products import reads it, in pieces of a page each. */
export async function* exportProducts(
  repositories: Repositories,
  sellerId: string,
  format: FileFormat,
): AsyncIterable<string> {
  const names = format === "csv" ? await repositories.products.attributeNames(sellerId) : [];
  if (format === "csv") yield csvLine([...productColumns, ...names.map((name) => `attributes.${name}`)]);
  for await (const products of allPages((after) => listProducts(repositories, sellerId, after)))
    yield products
      .map((product) => (format === "csv" ? productLine(product, names) : productJson(product)))
      .join("");
}

function listProducts(repositories: Repositories, sellerId: string, after: Position | null) {
  const everything = {
    category: null,
    words: [],
    maxQuantity: null,
    runsOutBy: null,
    sort: "id",
    descending: false,
  } as const;
  return repositories.products.list(sellerId, { ...everything, words: [], limit: pageSize, after });
}

function productLine(product: Product, names: string[]): string {
  const attributes = new Map(Object.entries(product.attributes));
  const cells = names.map((attribute) => {
    const value = attributes.get(attribute);
    return value === undefined ? "" : attributeCell(value);
  });
  return csvLine([...productColumns.map((column) => product[column]), ...cells]);
}

function productJson(product: Product): string {
  const described = productColumns.map((column) => [column, product[column]]);
  // Stores keep attributes in orders of their own; a file has one.
  const attributes = Object.entries(product.attributes).sort(([a], [b]) => compareCodePoints(a, b));
  const fields = { ...Object.fromEntries(described), attributes: Object.fromEntries(attributes) };
  return `${JSON.stringify(fields)}\n`;
}

/** The sales as the sales import reads them, newest first; `productId` stands in where a product has no SKU. */
export async function* exportSales(
  repositories: Repositories,
  sellerId: string,
  format: FileFormat,
): AsyncIterable<string> {
  if (format === "csv") yield csvLine(["sku", "quantity", "price", "soldAt", "orderId", "productId"]);
  const listSales = (after: Position | null) =>
    repositories.sales.list(sellerId, { productId: null, from: null, before: null, limit: pageSize, after });
  for await (const sales of allPages(listSales)) {
    const ids = [...new Set(sales.map(({ productId }) => productId))];
    const products = await repositories.products.lookup(sellerId, { skus: [], names: [], ids });
    const skus = new Map(products.map(({ id, sku }) => [id, sku]));
    yield sales
      .map(({ productId, quantity, price, soldAt, orderId }) => {
        const sku = skus.get(productId) ?? null;
        if (format === "csv")
          return csvLine([sku, quantity, price, soldAt, orderId, sku === null ? productId : null]);
        return `${JSON.stringify({ ...(sku === null ? { productId } : { sku }), quantity, price, soldAt, orderId })}\n`;
      })
      .join("");
  }
}

/** The log with the origin of each event, newest first; in CSV the payload is JSON in a cell. */
export async function* exportAudit(
  repositories: Repositories,
  sellerId: string,
  format: FileFormat,
): AsyncIterable<string> {
  if (format === "csv") yield csvLine(auditColumns);
  const everything = { actor: null, types: null, productId: null, from: null, before: null };
  const list = (after: Position | null) =>
    repositories.audit.list(sellerId, { ...everything, limit: pageSize, after });
  for await (const entries of allPages(list))
    yield entries
      .map((entry) =>
        format === "csv"
          ? csvLine(
              auditColumns.map((column) =>
                column === "payload" ? JSON.stringify(entry.payload) : entry[column],
              ),
            )
          : `${JSON.stringify(entry)}\n`,
      )
      .join("");
}

async function* allPages<T>(list: (after: Position | null) => Promise<Rows<T>>): AsyncIterable<T[]> {
  for (let after: Position | null = null; ; ) {
    const rows: Rows<T> = await list(after);
    if (rows.body.value.length > 0) yield rows.body.value;
    if (rows.last === null) return;
    after = rows.last;
  }
}

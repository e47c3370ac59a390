import type { Command, ProductFilter, ProductRow, SaleLines, Store } from "@amused/core";
import { postgresStore } from "@amused/postgres";
import type { Pool } from "pg";
import type { NewProduct, NewSale } from "../by-hand/shop.ts";
import { pageSize, productNumber, productsInShop, shops } from "../shop.ts";

/** Lays Amused's tables and fills the shops through its store. */
export async function prepareAmused(pool: Pool): Promise<Store> {
  const store = postgresStore({ pool });
  await store.migrate();
  // With keys, as the others do it: a plan made for a table of keys that was analysed while empty reads all of it ever after.
  for (const sellerId of shops)
    for (let n = 1; n <= productsInShop; n++) {
      const seeding = command(sellerId, { key: `seed-${n}`, hash: "seed" });
      await store.products.create(seeding, rowOf(productNumber(n)));
    }
  await pool.query("vacuum analyze");
  return store;
}

export function command(sellerId: string, idempotency: Command["idempotency"]): Command {
  return { sellerId, actor: "key:1", at: new Date(), epoch: "bench", idempotency };
}

/** The row that Amused's service makes of a request for a product. */
export function rowOf(product: NewProduct): ProductRow {
  return {
    ...product,
    currency: "USD",
    decimals: 2,
    reorderPoint: null,
    leadTimeDays: null,
    serviceLevel: null,
    packSize: null,
    minimumOrder: null,
    search: `${product.name}\n${product.sku}`.toLowerCase(),
  };
}

export function saleOf(sale: NewSale, at: Date): SaleLines {
  const lines = sale.lines.map((line) => ({ ...line, price: null }));
  return { kind: "sale", orderId: sale.orderId, soldAt: at.toISOString(), lines };
}

export function pageAfter(after: ProductFilter["after"]): ProductFilter {
  return {
    limit: pageSize,
    after,
    category: null,
    words: [],
    maxQuantity: null,
    runsOutBy: null,
    sort: "id",
    descending: false,
  };
}

import { readFileSync } from "node:fs";
import type { Pool } from "pg";
import { productNumber, productsInShop, shops } from "../shop.ts";
import { createProduct } from "./shop.ts";

const schema = readFileSync(new URL("./schema.sql", import.meta.url), "utf8");

/** Lays the tables and fills the shops, by the same code that serves it. */
export async function prepareByHand(pool: Pool): Promise<void> {
  await pool.query(schema);
  for (const sellerId of shops)
    for (let n = 1; n <= productsInShop; n++) {
      const idempotency = { key: `seed-${n}`, hash: "seed" };
      await createProduct(pool, { sellerId, actor: "seed", idempotency }, productNumber(n));
    }
  await pool.query("vacuum analyze");
}

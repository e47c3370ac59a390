import { z } from "zod";
import type { Product } from "./product.ts";
import { text } from "./text.ts";

/** The most that one search finds. */
export const mostFound = 50;

/** Why a product was found. */
export type SearchReason =
  /** The text is its SKU. */
  | { kind: "sku"; sku: string }
  /** Words of the text, or parts of them, that stand in its name or SKU, the most telling first. */
  | { kind: "words"; words: string[] }
  /** What an embedding model makes of both: the cosine of their vectors. */
  | { kind: "meaning"; model: string; cosine: number };

export interface FoundProduct {
  /** As it is now. */
  product: Product;
  /** From 0 to 1, the best first; comparable within one answer only. From 0.5 on it has all the words. */
  score: number;
  because: SearchReason[];
}

export interface ProductSearchResult {
  items: FoundProduct[];
  /** `words`, and where meaning had a say, after it ` + ` and the id of the embedding model. */
  model: string;
  generatedAt: string;
  /** Why meaning had no say although there is an embedding model. */
  reasons: { kind: "no_model"; reason: string; message: string }[];
}

export const productSearchSchema = z.strictObject({
  text: text(1, 200),
  limit: z
    .int("must be a whole number")
    .min(1, `must be from 1 to ${mostFound}`)
    .max(mostFound, `must be from 1 to ${mostFound}`)
    .default(10),
  inStock: z.boolean().default(false),
});
/** `inStock` leaves out what has no stock. */
export interface ProductSearch extends z.input<typeof productSearchSchema> {}

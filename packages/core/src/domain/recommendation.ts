import { z } from "zod";
import type { Product } from "./product.ts";

export const recommendationKinds = ["similar", "bought_together"] as const;
export type RecommendationKind = (typeof recommendationKinds)[number];

/** The most that one list holds, and is stored. */
export const mostRecommended = 50;

/** Why a product is recommended; `with` is the product that it was held against, mostly the one asked about. */
export type RecommendationReason =
  /** `baskets` held both it and `with`; `lift`: how many times as many as by chance. */
  | { kind: "bought_together"; with: number; baskets: number; lift: number }
  /** Words, or parts of words, that both names have, the most telling first. */
  | { kind: "words"; with: number; words: string[] }
  /** The deepest level of the path that both are in. */
  | { kind: "category"; with: number; category: string }
  | { kind: "attribute"; with: number; name: string; value: string }
  /** The lower price by the higher. */
  | { kind: "price"; with: number; ratio: number }
  /** The cosine of what an embedding model makes of both. */
  | { kind: "meaning"; with: number; model: string; cosine: number };

/** One recommendation as it is stored. */
export interface StoredRecommendation {
  productId: number;
  score: number;
  because: RecommendationReason[];
}

export interface Recommendation {
  /** As it is now. */
  product: Product;
  /** From 0 to 1, the best first; comparable within one answer only. */
  score: number;
  /** The strongest reason first. */
  because: RecommendationReason[];
}

/** What an answer says of itself. */
interface RecommendationBase {
  model: string;
  generatedAt: string;
  /** Made anew then at the latest. */
  expiresAt: string;
  /** How many relevant events of the product came after those that are in it; 1,000 at most. */
  behind: number;
}

export interface Recommendations extends RecommendationBase {
  items: Recommendation[];
}

/** What baskets say of two products; a basket is an order of two products or more. */
export interface BasketEvidence {
  /** All baskets that are known. */
  total: number;
  /** How many held the product asked about, the other one, and both. */
  product: number;
  other: number;
  both: number;
  /** How many would have held both if they had nothing to do with one another, and how many times as many did. */
  byChance: number;
  lift: number | null;
  /** The last orders that held both, newest first, and the sales that say so. */
  orders: { orderId: string; soldAt: string; saleIds: number[] }[];
}

/** What two products have in common in what they say of themselves. */
export interface LikenessEvidence {
  /** From 0 to 1, which a copy has. */
  likeness: number;
  words: string[];
  category: string | null;
  attributes: { name: string; value: string }[];
  /** `null` where their currencies are not one. */
  price: { product: string; other: string; ratio: number } | null;
}

/** Why a product is in another's list, and where; or why it is not. */
export interface RecommendationExplanation extends RecommendationBase {
  productId: number;
  otherId: number;
  kind: RecommendationKind;
  /** Its place in the list, from 1; `null` where it is not in it. */
  rank: number | null;
  score: number | null;
  /** As in the list; none where it is not in it. */
  because: RecommendationReason[];
  /** How many the list holds, and those next to it there; or the last ones, where it is not in it. */
  listed: number;
  rivals: { productId: number; rank: number; score: number }[];
  /** `null` for `similar`, which does not look at them. */
  baskets: BasketEvidence | null;
  likeness: LikenessEvidence;
}

const kind = z.enum(recommendationKinds).default("similar");

export const recommendationQuerySchema = z.strictObject({
  kind,
  limit: z
    .int("must be a whole number")
    .min(1, `must be from 1 to ${mostRecommended}`)
    .max(mostRecommended, `must be from 1 to ${mostRecommended}`)
    .default(10),
  inStock: z.boolean().default(false),
});
/** `inStock` leaves out what has no stock. */
export interface RecommendationQuery extends Omit<z.input<typeof recommendationQuerySchema>, "kind"> {}

export const explanationQuerySchema = z.strictObject({ kind });
export interface ExplanationQuery extends z.input<typeof explanationQuerySchema> {}

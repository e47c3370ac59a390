import type { BasketsState } from "./baskets.ts";
import type { Powers } from "./powers.ts";
import type { RecommendProduct } from "./product.ts";
import type { Reason } from "./reasons.ts";

export interface Recommendation {
  id: string;
  /** From 0 to 1, the best first. Comparable within one answer only. */
  score: number;
  /** Why, the strongest first. */
  reasons: Reason[];
}

/** What is known of two products. */
export interface PairEvidence {
  /** How many baskets there were, and in how many the first product was, the second, and both. */
  baskets: number;
  first: number;
  second: number;
  both: number;
  /** How alike the second is to the first, from 0 to 1, by which `similar` goes; and what they share. */
  likeness: number;
  shared: Reason[];
}

export interface RecommendOptions {
  /** How many at most: 1 to 100, 10 unless told. */
  limit?: number;
  /** What must not be shown, as what is out of stock: ids, or a question about one. */
  exclude?: Iterable<string> | ((id: string) => boolean);
}

export interface Recommender {
  /** What is bought together with a product. Empty where nothing is known of it. */
  boughtTogether(id: string, options?: RecommendOptions): Recommendation[];
  /** What is like a product by name, description, category, brand, attributes and price. */
  similar(id: string, options?: RecommendOptions): Recommendation[];
  /** What is like a product that need not be known, such as words that somebody looks for as its name. */
  like(product: RecommendProduct, options?: RecommendOptions): Recommendation[];
  /**
   * What completes a basket (distinct known ids; others are passed over), filled up with what sells best: so also the
   * answer to an empty basket.
   */
  complete(ids: Iterable<string>, options?: RecommendOptions): Recommendation[];
  /**
   * What belongs near a product: bought together as far as it was sold, similar as far as it was not yet (`n / (n + 8)` by
   * `8 / (n + 8)` after n baskets), filled up with what sells best.
   */
  related(id: string, options?: RecommendOptions): Recommendation[];
  /** What is known of two products, whether either would be recommended with the other or not. */
  evidence(id: string, other: string): PairEvidence;
  /** Counts one more basket (or sale of one product). Lines that repeat an id count once. */
  addBasket(ids: Iterable<string>): void;
  /** Adds a product or puts another in its place; the baskets it was in stay known. */
  upsertProduct(product: RecommendProduct): void;
  /** Shows a product no more; the baskets it was in stay known. Nothing where there is none. */
  removeProduct(id: string): void;
  /** Chooses anew, on held-back baskets, how much the popular are held back: worth it once a day or after many baskets. */
  retune(): Powers;
  toJSON(): RecommenderState;
}

/** All that a recommender knows, as plain data. */
export interface RecommenderState {
  version: 1;
  ids: readonly string[];
  products: RecommendProduct[];
  baskets: BasketsState;
  powers: Powers;
  maxLines: number;
}

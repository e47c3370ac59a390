import type {
  CategoryAccuracy,
  CategoryCount,
  CategoryReview,
  StoredSuggestion,
  SuggestedCategory,
  SuggestionState,
} from "../domain/category.ts";
import type { Product } from "../domain/product.ts";
import type { Command, Written } from "./command.ts";
import type { PageRequest, Read, Rows } from "./rows.ts";

export interface CategorySuggestionRow {
  productId: number;
  /** The version that was read; where it is another one by now, the row is left out. */
  version: number;
  /** Best first; one at least. */
  suggestions: SuggestedCategory[];
  model: string;
  /** The `seq` up to which the log is in it. */
  basedOn: number;
  /** Gives the product the first of them. */
  apply: boolean;
}

/** What somebody decided of a product's category. */
export interface CategorySettlement {
  productId: number;
  /** The version that was read; another one in the store refuses it. */
  version: number;
  /** What the product has from now on. */
  category: string | null;
  state: Exclude<SuggestionState, "applied" | "open">;
}

/** A product that is not deleted, with what was suggested for it. */
export interface CategorizedProduct {
  product: Product;
  suggestion: StoredSuggestion | null;
}

/** How picks turned out: those that the seller's own products had agreed with, and the others. */
export interface PickRecord {
  agreed: PickCount;
  alone: PickCount;
}
export interface PickCount {
  settled: number;
  accepted: number;
}

/** The categories that products have, and those that were suggested for them: one suggestion for each product. */
export interface CategoryRepository {
  /** By code point; of products that are not deleted. */
  counts(sellerId: string, page: PageRequest): Promise<Rows<CategoryCount>>;
  /** Which of these a product that is not deleted has, in no order. */
  inUse(sellerId: string, categories: string[]): Promise<string[]>;
  /** Products that are not deleted and whose category somebody gave or accepted; newest first. */
  examples(sellerId: string, page: PageRequest): Promise<Rows<Product>>;
  /** Those of these products that are not deleted, by id. */
  find(sellerId: string, productIds: number[]): Promise<Read<CategorizedProduct[]>>;
  /**
   * Keeps a batch, at most one row for each product, in place of suggestions that are open. Left out are rows of products
   * that are unknown, deleted, of another version or of a category, and of those whose suggestion is not open. Event
   * `product.categorized` where the first suggestion is another one than before or is applied; then `product.updated` right after it.
   */
  suggest(command: Command, rows: CategorySuggestionRow[]): Promise<Written<null>>;
  /** Open suggestions of products that are not deleted and have no category; the most confident first. */
  reviews(sellerId: string, page: PageRequest): Promise<Rows<CategoryReview>>;
  /**
   * Gives a product its category and keeps what was decided of the suggestion, if there was one, or if there shall be no
   * category. Event `product.updated` where the category becomes another one; `category.settled` where there was a
   * suggestion and something else was decided of it before. `null`, having done nothing, when the version is not (any
   * longer) the one said.
   */
  settle(command: Command, settlement: CategorySettlement): Promise<Written<Product> | null>;
  /**
   * How a language model's picks turned out: of the 1,000 suggestions decided last that have a reason `language_model` of this
   * `model`, by what the reason says of having `agreed`. Accepted is what was chosen as it was picked.
   */
  picks(sellerId: string, model: string): Promise<PickRecord>;
  /** How suggestions turned out. */
  accuracy(sellerId: string): Promise<Read<CategoryAccuracy>>;
}

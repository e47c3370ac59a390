import { z } from "zod";
import { pageQuery } from "./page.ts";
import { newProductSchema, type Product } from "./product.ts";

export interface CategoryCount {
  category: string;
  /** Products that have it and are not deleted. */
  count: number;
}

/** One thing that a suggestion rests on; what else it holds follows from its kind (docs/categories.md lists them). */
export interface CategoryReason {
  kind: string;
  [evidence: string]: unknown;
}

export interface SuggestedCategory {
  category: string;
  /** The probability that it is right, from 0 to 1. */
  confidence: number;
  because: CategoryReason[];
}

export interface CategorySuggestions {
  /** Best first. */
  suggestions: SuggestedCategory[];
  /**
   * `linear-text` from the seller's own products, `taxonomy` from a general list while there are none; and after it ` + ` and
   * the id of a language model, where that had a say.
   */
  model: string;
  generatedAt: string;
  /** How many events came after those that are in it; 1,000 at most. */
  behind: number;
}

/**
 * `applied`: the category was given by itself, and nobody has said anything to it. `open`: it waits for a review.
 * `accepted` and `corrected` by somebody, or `dismissed`: there shall be none.
 */
export type SuggestionState = "applied" | "open" | "accepted" | "corrected" | "dismissed";

/** What was suggested for a product, and what became of it. */
export interface StoredSuggestion {
  state: SuggestionState;
  /** Best first; none where somebody decided before anything was suggested. */
  suggestions: SuggestedCategory[];
  model: string;
  /** The `seq` up to which the log is in it. */
  basedOn: number;
  /** The version of the product that was read for it. */
  productVersion: number;
  /** What somebody decided; `null` before that, or where there shall be none. */
  chosen: string | null;
  createdAt: string;
  settledAt: string | null;
}

/** A product whose suggestion waits for somebody to accept or correct it. */
export interface CategoryReview {
  product: Product;
  suggestions: SuggestedCategory[];
  createdAt: string;
}

/** Why a product has the category that it has, or that is suggested for it. */
export interface CategoryExplanation {
  productId: number;
  /** The product's own. */
  category: string | null;
  /** `null` where nothing was suggested yet: what follows was made for this answer, and is kept nowhere. */
  state: SuggestionState | null;
  suggestion: SuggestedCategory | null;
  /** What else was suggested, best first. */
  rivals: SuggestedCategory[];
  model: string;
  /** The products that the suggested category was learned from, and up to ten of them that are most like this one. */
  examples: { count: number; alike: number[] };
  chosen: string | null;
  generatedAt: string;
  settledAt: string | null;
  /** How many edits of what it was made from came after it. */
  behind: number;
}

/** How suggestions of a span of confidences turned out. */
export interface CategoryBand {
  /** Up to here, `to` itself only where it is 1. */
  from: number;
  to: number;
  /** Somebody decided. */
  settled: number;
  /** Of these, as was suggested. */
  accepted: number;
  /** Given by itself, and nobody has said anything to it. */
  unquestioned: number;
}

export interface CategoryAccuracy {
  settled: number;
  accepted: number;
  unquestioned: number;
  byConfidence: CategoryBand[];
}

/** Where the bands of confidence begin; the last one ends at 1. */
export const confidenceBands = [0, 0.5, 0.7, 0.8, 0.9, 0.95] as const;

/** What is known of a product whose category is asked for. */
export const categorySuggestSchema = newProductSchema
  .pick({ name: true, description: true, price: true, currency: true, attributes: true })
  .extend({
    limit: z
      .int("must be a whole number")
      .min(1, "must be from 1 to 10")
      .max(10, "must be from 1 to 10")
      .default(3),
  });
export interface CategorySuggestRequest extends z.input<typeof categorySuggestSchema> {}

export const categoryQuerySchema = z.strictObject(pageQuery);
export interface CategoryQuery extends z.input<typeof categoryQuerySchema> {}

/** `null` where the product shall have none. */
export const categoryDecisionSchema = z.strictObject({
  category: newProductSchema.shape.category.unwrap(),
});
export interface CategoryDecision extends z.input<typeof categoryDecisionSchema> {}

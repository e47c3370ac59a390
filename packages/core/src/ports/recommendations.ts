import type { RecommendationKind } from "../domain/recommendation.ts";
import type { Command, Written } from "./command.ts";
import type { ProductKey } from "./predictions.ts";
import type { Read } from "./rows.ts";

export interface RecommendationRow {
  productId: number;
  kind: RecommendationKind;
  data: unknown;
  /** How many products it names. */
  count: number;
  model: string;
  /** The `seq` up to which the log is in it. */
  basedOn: number;
  expiresAt: string;
}

/** `body` is the data. */
export interface CurrentRecommendation extends Read<unknown> {
  model: string;
  basedOn: number;
  createdAt: string;
  expiresAt: string;
  /**
   * How many events since, of those held, would have been in it: `product.updated` of its product, and for `bought_together`
   * `sale.recorded`; 1,000 at most.
   */
  behind: number;
}

/** A product some of whose recommendations are to be made. */
export interface StaleRecommendations extends ProductKey {
  kinds: RecommendationKind[];
}

export interface RecommendationRepository {
  /**
   * Writes a batch, at most one row for each product and kind, in place of what was there. Event `recommendations.updated`
   * where the data (as JSON) is not what it was, unless it names nothing and there was none. Left out are rows of products
   * that are unknown or deleted, and those based on less of the log than what is there.
   */
  save(command: Command, rows: RecommendationRow[]): Promise<Written<null>>;
  /** `null` when there is none, or the product is deleted. */
  find(sellerId: string, productId: number, kind: RecommendationKind): Promise<CurrentRecommendation | null>;
  /** Lets all that a seller has of this kind expire: what they rest on has changed. */
  expire(sellerId: string, kind: RecommendationKind): Promise<void>;
  /**
   * Products of all sellers that lack recommendations of a kind, or whose have expired; by seller and id. One call looks at a
   * bounded number of them: it is called until `next` is `null`, with that as `after`.
   */
  stale(request: {
    now: Date;
    limit: number;
    after: ProductKey | null;
  }): Promise<{ products: StaleRecommendations[]; next: ProductKey | null }>;
}

import type { RecommendationKind } from "../domain/recommendation.ts";
import type { Command, Written } from "./command.ts";
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
}

export interface RecommendationRepository {
  /**
   * Writes a batch, at most one row for each product and kind, in place of what was there. Event `recommendations.updated`
   * where the data (as JSON) is not what it was. Rows of products that are unknown or deleted are left out.
   */
  save(command: Command, rows: RecommendationRow[]): Promise<Written<null>>;
  /** `null` when there is none, or the product is deleted. */
  find(sellerId: string, productId: number, kind: RecommendationKind): Promise<CurrentRecommendation | null>;
}

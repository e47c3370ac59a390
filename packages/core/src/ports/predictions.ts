import type { PredictionScore, PredictionType, StoredPrediction } from "../domain/prediction.ts";
import type { Product } from "../domain/product.ts";
import type { Command, Written } from "./command.ts";
import type { PageRequest, Read, Rows } from "./rows.ts";

export interface PredictionRow extends Pick<StoredPrediction, "productId" | "type" | "data" | "confidence"> {
  model: string;
  /** The `seq` up to which the log is in it. */
  basedOn: number;
  /** The day on which the product is without stock; `null` where that is not foreseen. */
  runOutOn: string | null;
  /** The last day that it speaks of: once that is over it can be scored. */
  dueOn: string;
  expiresAt: string;
}

/** The prediction that holds now; `body` is its `StoredPrediction`. */
export interface CurrentPrediction extends Read<StoredPrediction> {
  model: string;
  basedOn: number;
  expiresAt: string;
  /** How many events since, of those held, would have been in it: `sale.*`, `stock.adjusted`, `incoming.*` and `product.updated` of its product; 1,000 at most. */
  behind: number;
}

/** A product that runs out, and the data of its current prediction of that. */
export interface AtRiskRow {
  product: Product;
  stockout: unknown;
  /** How many events it does not know, as in `CurrentPrediction`. */
  behind: number;
}

/** Names a product of any seller. */
export interface ProductKey {
  sellerId: string;
  productId: number;
}

/** A prediction whose last day is over, to be compared with what came. */
export interface DuePrediction extends StoredPrediction {
  sellerId: string;
  model: string;
  basedOn: number;
  dueOn: string;
}

/** A prediction with its score: what `score` was given. */
export type ScoredPrediction = Omit<PredictionScore, "score"> & { score: unknown };

/** Scores of one type, the numbers in them summed by their names. */
export interface ScoreSums {
  type: PredictionType;
  scored: number;
  sums: Record<string, number>;
}

/**
 * What was predicted. One prediction is current for each product and type; of those it came after, the last one of each
 * ISO week (UTC, by when it was made) is kept to be scored, and those that were scored, for 400 days.
 */
export interface PredictionRepository {
  /**
   * Writes a batch, at most one row for each product and type; each becomes the current one. Event `prediction.updated`
   * for each. Left out are rows of products that are unknown or deleted, and those based on less of the log than the
   * current one. Answers with what was written, in the order of the rows.
   */
  save(command: Command, rows: PredictionRow[]): Promise<Written<StoredPrediction[]>>;
  /** The current one; `null` when there is none, or the product is deleted. */
  find(sellerId: string, productId: number, type: PredictionType): Promise<CurrentPrediction | null>;
  /** Lets all predictions that a seller has expire: what they rest on has changed. */
  expire(sellerId: string): Promise<void>;
  /** All that are kept, newest first. Throws `not_found` for a product that never was. */
  list(
    sellerId: string,
    filter: PageRequest & { productId: number | null; type: PredictionType | null },
  ): Promise<Rows<StoredPrediction>>;
  /** Products that are not deleted and whose current `stockout` runs out on this day or before it, soonest first. */
  atRisk(sellerId: string, request: PageRequest & { until: string }): Promise<Rows<AtRiskRow>>;
  /**
   * Products of all sellers that have no current forecast, or one that has expired, or that was made in the future (by more
   * than five minutes: a clock was wrong); by seller and id. One call looks at a
   * bounded number of them: it is called until `next` is `null`, with that as `after`.
   */
  stale(request: {
    now: Date;
    limit: number;
    after: ProductKey | null;
  }): Promise<{ products: ProductKey[]; next: ProductKey | null }>;
  /** Predictions of all sellers that are not scored and whose last day was before this one; those due longest first. */
  due(request: { today: string; limit: number }): Promise<DuePrediction[]>;
  /** Keeps a score; `null` says that there can be none. `false` when there is no such prediction, or it has its score. */
  score(sellerId: string, id: number, score: unknown, at: Date): Promise<boolean>;
  /** Scores, the newest first; without those that are `null`. Throws `not_found` for a product that never was. */
  scores(
    sellerId: string,
    filter: PageRequest & { productId: number | null; type: PredictionType | null },
  ): Promise<Rows<ScoredPrediction>>;
  /** The last scores of each of these products (500 at most) given since then, the newest first. */
  lastScores(
    sellerId: string,
    request: { productIds: number[]; type: PredictionType; since: Date; each: number },
  ): Promise<ScoredPrediction[]>;
  /** Sums over the scores given since then, of a product or of all; types without any are left out. */
  sums(sellerId: string, filter: { productId: number | null; since: Date }): Promise<Read<ScoreSums[]>>;
}

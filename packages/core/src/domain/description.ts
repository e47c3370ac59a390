import type { PredictionReason } from "./prediction.ts";

/** A description that somebody may take over; nothing of it is written. */
export interface ProductDescription {
  /** Plain text of at most 1,000 characters. */
  description: string;
  /** Which language model wrote it; `null` where it is what is known of the product, in a row. */
  model: string | null;
  generatedAt: string;
  /** `made_from` with the `fields` that were used; `no_model` with `reason` and `message` where no model wrote it. */
  reasons: PredictionReason[];
}

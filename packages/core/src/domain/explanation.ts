import { z } from "zod";
import { type PredictionReason, predictionTypes, type StoredPrediction } from "./prediction.ts";
import type { Sale } from "./sale.ts";
import type { Movement } from "./stock.ts";

/** What a prediction rests on, down to the sales and movements behind it. */
export interface PredictionExplanation {
  /** The one that holds now. */
  prediction: StoredPrediction;
  /** `null` where there was too little history for one. */
  model: string | null;
  /** What the model is mixed of, the heaviest first; shares sum to 1. */
  members: { name: string; weight: number }[];
  /** The model and what it was measured against on the product's own past; see `PredictionAccuracy`. */
  rivals: { name: string; mase: number | null; wape: number | null }[];
  reasons: PredictionReason[];
  history: {
    from: string | null;
    to: string;
    days: number;
    /** Days left out because the product was without stock, newest first; 366 at most. */
    withoutStock: string[];
    /** The movements that left nothing, newest first; 20 at most. */
    emptied: Movement[];
    /** The last sales in it, newest first; 20 at most. */
    sales: Sale[];
  };
  stock: {
    /** The quantity that the prediction knows. */
    quantity: number;
    /** The last movements, newest first; 5 at most. */
    movements: Movement[];
  };
  /** The cursor up to which the log is in it. */
  cursor: string | null;
  /** Ids of events of the product that are not in it, oldest first; 20 at most. */
  since: string[];
}

export const explainQuerySchema = z.strictObject({ type: z.enum(predictionTypes).default("stockout") });
export interface ExplainQuery extends z.input<typeof explainQuerySchema> {}

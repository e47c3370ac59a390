export type PredictionType = "forecast" | "stockout";

/** A prediction as it was made; what `data` holds follows from its type. */
export interface StoredPrediction {
  id: number;
  productId: number;
  type: PredictionType;
  data: unknown;
  /** From 0 to 1. */
  confidence: number;
  createdAt: string;
}

/** For how many days a prediction is kept at most, whether it was scored or not. */
export const keptPredictionDays = 400;

/** The most that is counted when it is told how many events a prediction is behind. */
export const mostBehind = 1_000;

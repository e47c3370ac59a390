import type { PredictionRow, RecommendationRow, Repositories } from "@amused/core";
import { commandOf } from "./commands.ts";

/** A prediction to save: a forecast based on nothing, that holds for a day from `noon` on. */
export function predictionRow(productId: number, changes: Partial<PredictionRow> = {}): PredictionRow {
  return {
    ...{ productId, type: "forecast", data: { verdict: "ok" }, confidence: 0.5, model: "naive", basedOn: 0 },
    ...{ runOutOn: null, dueOn: "2025-07-12", expiresAt: "2025-06-16T12:00:00.000Z" },
    ...changes,
  };
}

/** Saves predictions; what was written. */
export async function predict(
  store: Repositories,
  sellerId: string,
  rows: PredictionRow[],
  at: Date = commandOf(sellerId).at,
) {
  return (await store.predictions.save(commandOf(sellerId, { at }), rows)).body.value;
}

/** Recommendations to save, as similar as these. */
export function recommendationRow(
  productId: number,
  changes: Partial<RecommendationRow> = {},
): RecommendationRow {
  return {
    ...{ productId, kind: "similar", data: { items: [{ productId: 7, score: 0.25 }] }, count: 1 },
    ...{ model: "text", basedOn: 3, expiresAt: "2025-06-22T12:00:00.000Z" },
    ...changes,
  };
}

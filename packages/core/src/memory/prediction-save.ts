import { encodedText } from "../domain/encoded.ts";
import { keptPredictionDays, type StoredPrediction } from "../domain/prediction.ts";
import { addDays, dateOf, dayMs } from "../domain/time.ts";
import type { PredictionRow } from "../ports/predictions.ts";
import type { Scope } from "./command.ts";
import { fact } from "./log.ts";
import { keyOf, liveProduct, type PredictionState } from "./state.ts";

/** Makes a prediction the current one, and lets go of those before it that need not be kept. */
export function savePrediction(
  { db, seller, command, at, emit }: Scope,
  row: PredictionRow,
): StoredPrediction | null {
  const key = keyOf(row.productId, row.type);
  const before = seller.predictions.get(key) ?? [];
  const superseded = before.at(-1);
  if (liveProduct(seller, row.productId) === null || (superseded?.row.basedOn ?? 0) > row.basedOn)
    return null;
  const { productId, type, data, confidence, ...rest } = encodedText<PredictionRow>(
    JSON.stringify(row),
  ).value;
  const prediction = { id: db.nextId("prediction"), productId, type, data, confidence, createdAt: at };
  const oldest = new Date(command.at.getTime() - keptPredictionDays * dayMs).toISOString();
  const stays = ({ prediction: { createdAt }, score }: PredictionState) =>
    createdAt >= oldest &&
    (score !== null || weekOf(createdAt) !== weekOf(superseded?.prediction.createdAt ?? createdAt));
  const kept = before.filter((state) => state === superseded || stays(state));
  db.journal.put(seller.predictions, key, [...kept, { prediction, row: rest, score: null }]);
  emit(fact("prediction.updated", productId, { predictionType: type, prediction }));
  return prediction;
}

/** The Monday of an ISO week, by a moment of it. */
function weekOf(moment: string): string {
  const day = dateOf(new Date(moment));
  return addDays(day, -((new Date(day).getUTCDay() + 6) % 7));
}

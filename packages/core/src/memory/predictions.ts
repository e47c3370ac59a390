import { encodedText } from "../domain/encoded.ts";
import { predictionTypes, type StoredPrediction } from "../domain/prediction.ts";
import { compareCodePoints } from "../domain/text.ts";
import { clockTolerance, longAgo } from "../domain/time.ts";
import { notFound } from "../errors.ts";
import type {
  AtRiskRow,
  DuePrediction,
  PredictionRepository,
  ProductKey,
  ScoredPrediction,
  ScoreSums,
} from "../ports/predictions.ts";
import type { Run } from "./access.ts";
import { behindOf } from "./behind.ts";
import { perform } from "./command.ts";
import { laterProducts } from "./later-products.ts";
import { savePrediction } from "./prediction-save.ts";
import { readOf, rowsOf } from "./rows.ts";
import {
  currentPrediction,
  type Database,
  keyOf,
  liveProduct,
  type PredictionState,
  type SellerState,
  sellerToRead,
} from "./state.ts";

export function predictionRepository(db: Database, run: Run): PredictionRepository {
  return {
    save: (command, rows) =>
      run(() =>
        perform(db, command, (scope) => ({
          body: rows.flatMap((row) => savePrediction(scope, row) ?? []),
        })),
      ),

    find: (sellerId, productId, type) =>
      run(() => {
        const seller = sellerToRead(db, sellerId);
        const found = currentPrediction(seller, productId, type);
        if (found === null || liveProduct(seller, productId) === null) return null;
        const { model, basedOn, expiresAt } = found.row;
        const behind = behindOf(seller, productId, basedOn, isRelevant);
        return { ...readOf(seller, found.prediction), ...{ model, basedOn, expiresAt, behind } };
      }),

    expire: (sellerId) =>
      run(() => {
        const { predictions } = sellerToRead(db, sellerId);
        const expiresAt = longAgo.toISOString();
        for (const [key, states] of [...predictions]) {
          const expired = states.map((state) =>
            state.row.expiresAt > expiresAt ? { ...state, row: { ...state.row, expiresAt } } : state,
          );
          db.journal.put(predictions, key, expired);
        }
      }),

    list: (sellerId, { productId, type, limit, after }) =>
      run(() => {
        const seller = sellerToRead(db, sellerId);
        if (productId !== null && !seller.products.has(productId)) throw notFound("product", productId);
        const rows = all(seller, productId)
          .map(({ prediction }) => ({ key: String(prediction.id), id: prediction.id, value: prediction }))
          .filter(
            ({ id, value }) => (type === null || value.type === type) && (after === null || id < after.id),
          )
          .sort((a, b) => b.id - a.id);
        return rowsOf<StoredPrediction>(seller, rows, limit);
      }),

    atRisk: (sellerId, { until, limit, after }) =>
      run(() => {
        const seller = sellerToRead(db, sellerId);
        const rows = [...seller.products.values()]
          .flatMap(({ product, deleted }) => {
            const found = currentPrediction(seller, product.id, "stockout");
            const key = found?.row.runOutOn ?? null;
            if (found === null || deleted || key === null || key > until) return [];
            const behind = behindOf(seller, product.id, found.row.basedOn, isRelevant);
            return [{ key, id: product.id, value: { product, stockout: found.prediction.data, behind } }];
          })
          .filter(({ key, id }) => after === null || key > after.key || (key === after.key && id > after.id))
          .sort((a, b) => compareCodePoints(a.key, b.key) || a.id - b.id);
        return rowsOf<AtRiskRow>(seller, rows, limit);
      }),

    stale: ({ now, limit, after }) =>
      run(() => {
        const products: ProductKey[] = [];
        for (const { seller, state } of laterProducts(db, after)) {
          const productId = state.product.id;
          if (isFresh(currentPrediction(seller, productId, "forecast"), now)) continue;
          if (products.length === limit) return { products, next: { ...(products.at(-1) as ProductKey) } };
          products.push({ sellerId: seller.id, productId });
        }
        return { products, next: null };
      }),

    due: ({ today, limit }) =>
      run(() => {
        const found = [...db.sellers.values()].flatMap((seller) =>
          all(seller)
            .filter(({ row, score }) => score === null && row.dueOn < today)
            .map(({ prediction, row: { model, basedOn, dueOn } }): DuePrediction => {
              return { ...prediction, sellerId: seller.id, model, basedOn, dueOn };
            }),
        );
        const first = found
          .sort(
            (a, b) =>
              compareCodePoints(a.dueOn, b.dueOn) || compareCodePoints(a.sellerId, b.sellerId) || a.id - b.id,
          )
          .slice(0, limit);
        return encodedText<DuePrediction[]>(JSON.stringify(first)).value;
      }),

    score: (sellerId, id, value, at) =>
      run(() => {
        const { predictions } = sellerToRead(db, sellerId);
        for (const [key, states] of predictions) {
          const found = states.find(({ prediction }) => prediction.id === id);
          if (found === undefined) continue;
          if (found.score !== null) return false;
          const score = { value: encodedText(JSON.stringify(value)).value, at: at.toISOString() };
          const scored = states.map((state) => (state === found ? { ...state, score } : state));
          db.journal.put(predictions, key, scored);
          return true;
        }
        return false;
      }),

    scores: (sellerId, { productId, type, limit, after }) =>
      run(() => {
        const seller = sellerToRead(db, sellerId);
        if (productId !== null && !seller.products.has(productId)) throw notFound("product", productId);
        const rows = scored(all(seller, productId))
          .filter((one) => type === null || type === one.type)
          .map((value) => ({ key: value.scoredAt, id: value.id, value }))
          .filter(({ key, id }) => after === null || key < after.key || (key === after.key && id < after.id));
        return rowsOf<ScoredPrediction>(seller, rows, limit);
      }),

    lastScores: (sellerId, { productIds, type, since, each }) =>
      run(() => {
        const { predictions } = sellerToRead(db, sellerId);
        const last = [...new Set(productIds)].flatMap((id) =>
          scored(predictions.get(keyOf(id, type)) ?? [], since).slice(0, each),
        );
        return encodedText<ScoredPrediction[]>(JSON.stringify(last.sort(newestFirst))).value;
      }),

    sums: (sellerId, { productId, since }) =>
      run(() => {
        const seller = sellerToRead(db, sellerId);
        const found = scored(all(seller, productId), since);
        const sums = predictionTypes.flatMap((type): ScoreSums[] => {
          const ofType = found.filter((one) => one.type === type);
          return ofType.length === 0 ? [] : [{ type, scored: ofType.length, sums: summed(ofType) }];
        });
        return readOf(seller, sums);
      }),
  };
}

function all({ predictions }: SellerState, productId: number | null = null): PredictionState[] {
  if (productId === null) return [...predictions.values()].flat();
  return predictionTypes.flatMap((type) => predictions.get(keyOf(productId, type)) ?? []);
}

/** Whether an event says something that a prediction is made of; what follows from predictions does not. */
function isRelevant(type: string): boolean {
  return /^(sale\..*|incoming\..*|stock\.adjusted|product\.updated)$/.test(type);
}

/** Everything that has a score, the newest first. */
function scored(states: readonly PredictionState[], since: Date = new Date(0)): ScoredPrediction[] {
  return states
    .flatMap(({ prediction, row: { model, dueOn }, score }): ScoredPrediction[] => {
      if (score === null || score.value === null || score.at < since.toISOString()) return [];
      const { data: _, confidence: __, ...named } = prediction;
      return [{ ...named, model, dueOn, score: score.value, scoredAt: score.at }];
    })
    .sort(newestFirst);
}

const newestFirst = (a: ScoredPrediction, b: ScoredPrediction) =>
  compareCodePoints(b.scoredAt, a.scoredAt) || b.id - a.id;

function summed(scores: ScoredPrediction[]): Record<string, number> {
  const sums: Record<string, number> = {};
  for (const { score } of scores)
    for (const [name, value] of Object.entries(score as object))
      if (typeof value === "number") sums[name] = (sums[name] ?? 0) + value;
  return sums;
}

function isFresh(found: PredictionState | null, now: Date): boolean {
  const latest = new Date(now.getTime() + clockTolerance.ms).toISOString();
  return found !== null && found.row.expiresAt > now.toISOString() && found.prediction.createdAt <= latest;
}

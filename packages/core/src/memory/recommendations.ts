import { encodedText } from "../domain/encoded.ts";
import { mostBehind } from "../domain/prediction.ts";
import { type RecommendationKind, recommendationKinds } from "../domain/recommendation.ts";
import { compareCodePoints } from "../domain/text.ts";
import type { ProductKey } from "../ports/predictions.ts";
import type {
  RecommendationRepository,
  RecommendationRow,
  StaleRecommendations,
} from "../ports/recommendations.ts";
import type { Run } from "./access.ts";
import { perform, type Scope } from "./command.ts";
import { fact, headOf } from "./log.ts";
import { type Database, keyOf, liveProduct, type SellerState, sellerToRead } from "./state.ts";

export function recommendationRepository(db: Database, run: Run): RecommendationRepository {
  return {
    save: (command, rows) =>
      run(() =>
        perform(db, command, (scope) => {
          for (const row of rows) saveRow(scope, row);
          return { body: null };
        }),
      ),

    find: (sellerId, productId, kind) =>
      run(() => {
        const seller = sellerToRead(db, sellerId);
        const found = seller.recommendations.get(keyOf(productId, kind));
        if (found === undefined || liveProduct(seller, productId) === null) return null;
        const { text, model, basedOn, createdAt, expiresAt } = found;
        const since = seller.events.filter(
          (event) => event.seq > basedOn && event.productId === productId && isRelevant(kind, event.type),
        );
        return {
          body: encodedText<unknown>(text),
          head: headOf(seller),
          model,
          basedOn,
          createdAt,
          expiresAt,
          behind: Math.min(since.length, mostBehind),
        };
      }),

    expire: (sellerId, kind, at) =>
      run(() => {
        const { recommendations } = sellerToRead(db, sellerId);
        const expiresAt = at.toISOString();
        for (const [key, state] of recommendations)
          if (state.kind === kind && state.expiresAt > expiresAt)
            db.journal.put(recommendations, key, { ...state, expiresAt });
      }),

    stale: ({ now, limit, after }) =>
      run(() => {
        const isLater = ({ sellerId, productId }: ProductKey) => {
          const order = after === null ? 1 : compareCodePoints(sellerId, after.sellerId);
          return order > 0 || (order === 0 && productId > (after?.productId ?? 0));
        };
        const found = [...db.sellers.values()]
          .sort((a, b) => compareCodePoints(a.id, b.id))
          .flatMap((seller) => staleOf(seller, now))
          .filter(isLater);
        const products = found.slice(0, limit);
        const last = found.length > limit ? products.at(-1) : undefined;
        return {
          products,
          next: last === undefined ? null : { sellerId: last.sellerId, productId: last.productId },
        };
      }),
  };
}

/** Whether an event says something that recommendations of this kind are made of. */
function isRelevant(kind: RecommendationKind, type: string): boolean {
  return type === "product.updated" || (kind === "bought_together" && type === "sale.recorded");
}

function staleOf(
  { id: sellerId, products, recommendations }: SellerState,
  now: Date,
): StaleRecommendations[] {
  const at = now.toISOString();
  return [...products.values()]
    .flatMap(({ product: { id: productId }, deleted }) => {
      const kinds = recommendationKinds.filter(
        (kind) => (recommendations.get(keyOf(productId, kind))?.expiresAt ?? "") <= at,
      );
      return deleted || kinds.length === 0 ? [] : [{ sellerId, productId, kinds }];
    })
    .sort((a, b) => a.productId - b.productId);
}

function saveRow({ db, seller, at, emit }: Scope, { data, ...row }: RecommendationRow): void {
  const { productId, kind, count } = row;
  if (liveProduct(seller, productId) === null) return;
  const key = keyOf(productId, kind);
  const [text, before] = [JSON.stringify(data), seller.recommendations.get(key)?.text];
  db.journal.put(seller.recommendations, key, { ...row, text, createdAt: at });
  // Where nothing was known, that there is nothing is no news.
  if (text !== before && (count > 0 || before !== undefined))
    emit(fact("recommendations.updated", productId, { count }));
}

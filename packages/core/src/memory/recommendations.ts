import { encodedText } from "../domain/encoded.ts";
import { type RecommendationKind, recommendationKinds } from "../domain/recommendation.ts";
import { longAgo } from "../domain/time.ts";
import type {
  RecommendationRepository,
  RecommendationRow,
  StaleRecommendations,
} from "../ports/recommendations.ts";
import type { Run } from "./access.ts";
import { behindOf } from "./behind.ts";
import { perform, type Scope } from "./command.ts";
import { laterProducts } from "./later-products.ts";
import { fact, headOf } from "./log.ts";
import { type Database, keyOf, liveProduct, sellerToRead } from "./state.ts";

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
        return {
          body: encodedText<unknown>(text),
          head: headOf(seller),
          model,
          basedOn,
          createdAt,
          expiresAt,
          behind: behindOf(seller, productId, basedOn, (type) => isRelevant(kind, type)),
        };
      }),

    expire: (sellerId, kind) =>
      run(() => {
        const { recommendations } = sellerToRead(db, sellerId);
        const expiresAt = longAgo.toISOString();
        for (const [key, state] of recommendations)
          if (state.kind === kind) db.journal.put(recommendations, key, { ...state, expiresAt });
      }),

    stale: ({ now, limit, after }) =>
      run(() => {
        const at = now.toISOString();
        const products: StaleRecommendations[] = [];
        for (const { seller, state } of laterProducts(db, after)) {
          const productId = state.product.id;
          const expiresAt = (kind: RecommendationKind) =>
            seller.recommendations.get(keyOf(productId, kind))?.expiresAt ?? "";
          const kinds = recommendationKinds.filter((kind) => expiresAt(kind) <= at);
          if (kinds.length === 0) continue;
          const last = products.at(-1);
          if (products.length === limit && last !== undefined)
            return { products, next: { sellerId: last.sellerId, productId: last.productId } };
          products.push({ sellerId: seller.id, productId, kinds });
        }
        return { products, next: null };
      }),
  };
}

/** Whether an event says something that recommendations of this kind are made of. */
function isRelevant(kind: RecommendationKind, type: string): boolean {
  return type === "product.updated" || (kind === "bought_together" && type === "sale.recorded");
}

function saveRow({ db, seller, at, emit }: Scope, { data, ...row }: RecommendationRow): void {
  const { productId, kind, count } = row;
  const key = keyOf(productId, kind);
  const held = seller.recommendations.get(key);
  if (liveProduct(seller, productId) === null || (held?.basedOn ?? 0) > row.basedOn) return;
  const [text, before] = [JSON.stringify(data), held?.text];
  db.journal.put(seller.recommendations, key, { ...row, text, createdAt: at });
  // Where nothing was known, that there is nothing is no news.
  if (text !== before && (count > 0 || before !== undefined))
    emit(fact("recommendations.updated", productId, { count }));
}

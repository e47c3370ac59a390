import { encodedText } from "../domain/encoded.ts";
import type { RecommendationRepository, RecommendationRow } from "../ports/recommendations.ts";
import type { Run } from "./access.ts";
import { perform, type Scope } from "./command.ts";
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
        };
      }),
  };
}

function saveRow({ db, seller, at, emit }: Scope, { data, ...row }: RecommendationRow): void {
  const { productId, kind, count } = row;
  if (liveProduct(seller, productId) === null) return;
  const key = keyOf(productId, kind);
  const [text, before] = [JSON.stringify(data), seller.recommendations.get(key)?.text];
  db.journal.put(seller.recommendations, key, { ...row, text, createdAt: at });
  if (text !== before) emit(fact("recommendations.updated", productId, { count }));
}

import {
  type CategoryAccuracy,
  type CategoryReview,
  confidenceBands,
  type StoredSuggestion,
  type SuggestedCategory,
} from "../domain/category.ts";
import type { Product } from "../domain/product.ts";
import { compareCodePoints } from "../domain/text.ts";
import type { CategorizedProduct, CategoryRepository, PickRecord } from "../ports/categories.ts";
import type { Run } from "./access.ts";
import { keepSuggestion, settleSuggestion } from "./category-writes.ts";
import { perform } from "./command.ts";
import { readOf, rowsOf } from "./rows.ts";
import { type Database, liveProduct, revisionOf, type SellerState, sellerToRead } from "./state.ts";

export function categoryRepository(db: Database, run: Run): CategoryRepository {
  return {
    counts: (sellerId, { limit, after }) =>
      run(() => {
        const seller = sellerToRead(db, sellerId);
        const rows = [...Map.groupBy(alive(seller), ({ category }) => category)]
          .flatMap(([category, { length }]) => (category === null ? [] : [{ category, count: length }]))
          .filter(({ category }) => after === null || compareCodePoints(category, after.key) > 0)
          .sort((a, b) => compareCodePoints(a.category, b.category))
          .map((value) => ({ key: value.category, id: 0, value }));
        return rowsOf(seller, rows, limit);
      }),

    inUse: (sellerId, categories) =>
      run(() => {
        const used = new Set(alive(sellerToRead(db, sellerId)).map(({ category }) => category));
        return categories.filter((category) => used.has(category));
      }),

    examples: (sellerId, { limit, after }) =>
      run(() => {
        const seller = sellerToRead(db, sellerId);
        const rows = alive(seller)
          .filter(({ id, category }) => {
            const given = seller.suggestions.get(id)?.state === "applied";
            return category !== null && !given && (after === null || id < after.id);
          })
          .sort((a, b) => b.id - a.id)
          .map((value) => ({ key: String(value.id), id: value.id, value }));
        return rowsOf<Product>(seller, rows, limit);
      }),

    find: (sellerId, productIds) =>
      run(() => {
        const seller = sellerToRead(db, sellerId);
        const found = [...new Set(productIds)]
          .sort((a, b) => a - b)
          .flatMap((id): CategorizedProduct[] => {
            const product = liveProduct(seller, id)?.product;
            return product === undefined ? [] : [{ product, suggestion: seller.suggestions.get(id) ?? null }];
          });
        return readOf(seller, found);
      }),

    suggest: (command, rows) =>
      run(() =>
        perform(db, command, (scope) => {
          for (const row of rows) keepSuggestion(scope, row);
          return { body: null };
        }),
      ),

    reviews: (sellerId, { limit, after }) =>
      run(() => {
        const seller = sellerToRead(db, sellerId);
        const rows = alive(seller)
          .flatMap((product) => {
            const found = seller.suggestions.get(product.id);
            if (product.category !== null || found?.state !== "open") return [];
            const { suggestions, createdAt } = found;
            const value: CategoryReview = { product, suggestions, createdAt };
            return [{ key: String(confidenceOf(found)), id: product.id, value }];
          })
          .sort((a, b) => Number(b.key) - Number(a.key) || b.id - a.id)
          .filter(({ key, id }) => {
            const beyond = after === null ? -1 : Number(key) - Number(after.key) || id - after.id;
            return beyond < 0;
          });
        return rowsOf(seller, rows, limit);
      }),

    settle: (command, settlement) =>
      run(() =>
        perform(db, command, (scope) => {
          const settled = settleSuggestion(scope, settlement);
          return settled && { body: settled.product, revision: revisionOf(settled) };
        }),
      ),

    picks: (sellerId, model) =>
      run(() => picksOf([...sellerToRead(db, sellerId).suggestions.entries()], model)),

    accuracy: (sellerId) =>
      run(() => {
        const seller = sellerToRead(db, sellerId);
        return readOf(seller, accuracyOf([...seller.suggestions.values()]));
      }),
  };
}

function alive({ products }: SellerState): Product[] {
  return [...products.values()].flatMap(({ product, deleted }) => (deleted ? [] : [product]));
}

const confidenceOf = ({ suggestions }: StoredSuggestion) => suggestions[0]?.confidence ?? 0;

function picksOf(all: readonly (readonly [number, StoredSuggestion])[], model: string): PickRecord {
  const found = { agreed: { settled: 0, accepted: 0 }, alone: { settled: 0, accepted: 0 } };
  all
    .flatMap(([id, { settledAt, suggestions, chosen }]) => {
      const because = (one: SuggestedCategory) =>
        one.because.find((reason) => reason.kind === "language_model" && reason.model === model);
      const pick = suggestions.find(because);
      if (settledAt === null || pick === undefined) return [];
      return [{ id, settledAt, agreed: because(pick)?.agreed === true, right: pick.category === chosen }];
    })
    .sort((a, b) => compareCodePoints(b.settledAt, a.settledAt) || b.id - a.id)
    .slice(0, 1_000)
    .forEach(({ agreed, right }) => {
      const count = agreed ? found.agreed : found.alone;
      count.settled++;
      if (right) count.accepted++;
    });
  return found;
}

function accuracyOf(all: readonly StoredSuggestion[]): CategoryAccuracy {
  const made = all.filter(({ suggestions }) => suggestions.length > 0);
  const tally = (some: readonly StoredSuggestion[]) => {
    const of = (state: StoredSuggestion["state"]) => some.filter((one) => one.state === state).length;
    const accepted = of("accepted");
    return {
      ...{ settled: accepted + of("corrected") + of("dismissed"), accepted },
      unquestioned: of("applied"),
    };
  };
  const byConfidence = confidenceBands.map((from, band) => {
    const to = confidenceBands[band + 1] ?? 1;
    const inBand = made.filter((one) => {
      const confidence = confidenceOf(one);
      return confidence >= from && (confidence < to || to === 1);
    });
    return { from, to, ...tally(inBand) };
  });
  return { ...tally(made), byConfidence };
}

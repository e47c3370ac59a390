import { encodedValue } from "../../domain/encoded.ts";
import { parse } from "../../domain/parse.ts";
import type { Product } from "../../domain/product.ts";
import {
  explanationQuerySchema,
  type Recommendation,
  type RecommendationKind,
  recommendationQuerySchema,
  type StoredRecommendation,
} from "../../domain/recommendation.ts";
import { invalidRequest, notFound } from "../../errors.ts";
import type { CurrentRecommendation } from "../../ports/recommendations.ts";
import { answerRead, checkSees } from "../deps.ts";
import type { Services } from "../services.ts";
import { singleFlight } from "../single-flight.ts";
import type { RecommendationDeps } from "./deps.ts";
import { explain } from "./explain.ts";
import { refresh } from "./refresh.ts";

/** How long an answer waits for what a model of others makes of a product; the pass waits for as long as it takes. */
const patienceMs = 1_000;
/** A list this young is served though something happened since: a burst of sales is not a burst of lists. */
const burstMs = 1_000;

/** What goes with a product: stored, and made anew when something happened to the product. */
export function recommendationsService(deps: RecommendationDeps): Services["recommendations"] {
  const { repositories, now } = deps;
  /** Lists on their way, so that many who ask cause one. */
  const single = singleFlight();

  function isFresh({ behind, createdAt, expiresAt }: CurrentRecommendation): boolean {
    const at = now().getTime();
    if (Date.parse(expiresAt) <= at) return false;
    // Either way: by a clock that went back, it was made in the future.
    return behind === 0 || Math.abs(at - Date.parse(createdAt)) < burstMs;
  }

  /** The current list, fresh. */
  async function current(sellerId: string, productId: number, kind: RecommendationKind) {
    const { find } = repositories.recommendations;
    let found = await find(sellerId, productId, kind);
    if (found === null || (deps.recommenders.renews && !isFresh(found))) {
      // For what is no product, no catalogue is read.
      if (found === null && (await repositories.products.find(sellerId, productId)) === null)
        throw notFound("product", productId);
      await single(`${sellerId}\n${productId} ${kind}`, () =>
        refresh(deps, sellerId, [{ productId, kind }], { waitMs: patienceMs }),
      );
      found = await find(sellerId, productId, kind);
    }
    if (found === null) throw notFound("product", productId);
    const { items } = found.body.value as { items: StoredRecommendation[] };
    const { model, createdAt: generatedAt, expiresAt, behind, head } = found;
    return { items, head, said: { model, generatedAt, expiresAt, behind } };
  }

  /** Products as they are now, those that are not deleted. */
  async function productsOf(sellerId: string, ids: number[]): Promise<Map<number, Product>> {
    if (ids.length === 0) return new Map();
    const found = await repositories.products.lookup(sellerId, { skus: [], names: [], ids });
    return new Map(found.map((product) => [product.id, product]));
  }

  return {
    async list(context, productId, input) {
      checkSees(context);
      const { sellerId } = context;
      const { kind, limit, inStock } = parse(recommendationQuerySchema, input);
      const { items, head, said } = await current(sellerId, productId, kind);
      const products = await productsOf(
        sellerId,
        items.map((item) => item.productId),
      );
      const shown: Recommendation[] = [];
      for (const { productId, score, because } of items) {
        const product = products.get(productId);
        // Deleted since the list was made, or not to be had.
        if (product === undefined || (inStock && product.quantity === 0)) continue;
        shown.push({ product, score, because });
        if (shown.length === limit) break;
      }
      return answerRead(deps, sellerId, { body: encodedValue({ items: shown, ...said }), head });
    },

    async explain(context, productId, otherId, input) {
      checkSees(context);
      const { sellerId } = context;
      const { kind } = parse(explanationQuerySchema, input);
      if (otherId === productId)
        throw invalidRequest([{ path: "otherId", message: "must be another product" }]);
      const found = await productsOf(sellerId, [productId, otherId]);
      const known = (id: number) => {
        const one = found.get(id);
        if (one === undefined) throw notFound("product", id);
        return one;
      };
      const [product, other] = [known(productId), known(otherId)];
      const { items, head, said } = await current(sellerId, productId, kind);
      const { recommender } = await deps.recommenders.current(sellerId);
      const explanation = await explain(repositories, { product, other, kind, items, said, recommender });
      return answerRead(deps, sellerId, { body: encodedValue(explanation), head });
    },
  };
}

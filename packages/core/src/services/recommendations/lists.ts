import type { Recommendation, Recommender, RecommendReason } from "@amused/engines";
import {
  mostRecommended,
  type RecommendationKind,
  type RecommendationReason,
  type StoredRecommendation,
} from "../../domain/recommendation.ts";
import { rounded } from "../rounded.ts";

/** What makes each kind: what products say of themselves, and what was in one basket. */
export const modelNames: Record<RecommendationKind, string> = {
  similar: "content",
  bought_together: "baskets",
};

/** How many of what might be bought together are looked through for those that were. */
const lookedThrough = 100;

/** What goes with a product, the best first. */
export function listOf(
  recommender: Recommender,
  productId: number,
  kind: RecommendationKind,
): StoredRecommendation[] {
  const id = String(productId);
  if (kind === "similar") return recommender.similar(id, { limit: mostRecommended }).map(stored);
  // Of a product that was never in a basket nothing was bought with it, whatever the engine expects.
  if (recommender.evidence(id, id).first === 0) return [];
  const found = recommender.boughtTogether(id, { limit: lookedThrough });
  const wasBought = ({ reasons: [first] }: Recommendation) =>
    first?.kind === "bought_together" && first.with === id;
  // What was in a basket with it comes before what is only expected to be: it is what the list is asked for, and in a shop
  // with few baskets the engine believes in likeness more than in them.
  const [bought, expected] = [found.filter(wasBought), found.filter((one) => !wasBought(one))];
  return [
    ...bought.map((one) => stored({ ...one, score: (1 + one.score) / 2 })),
    ...expected.map((one) => stored({ ...one, score: one.score / 2 })),
  ].slice(0, mostRecommended);
}

function stored({ id, score, reasons }: Recommendation): StoredRecommendation {
  return { productId: Number(id), score: rounded(score, 6), because: reasons.flatMap(reasonOf) };
}

/** The engine's reason, of products by their ids. */
function reasonOf(reason: RecommendReason): RecommendationReason[] {
  // Said of what fills up a list, which none of these is.
  if (reason.kind === "popular") return [];
  const against = Number(reason.with);
  switch (reason.kind) {
    case "bought_together": {
      const { kind, baskets, lift } = reason;
      return [{ kind, with: against, baskets, lift: rounded(lift, 3) }];
    }
    case "price":
      return [{ ...reason, with: against, ratio: rounded(reason.ratio, 3) }];
    default:
      return [{ ...reason, with: against }];
  }
}

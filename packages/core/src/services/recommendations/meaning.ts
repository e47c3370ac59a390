import { mostRecommended, type StoredRecommendation } from "../../domain/recommendation.ts";
import type { Meant } from "../meaning/meanings.ts";
import { orAfter } from "../or-after.ts";
import { rounded } from "../rounded.ts";
import type { RecommendationDeps, RecommendationList } from "./deps.ts";

/** What is near by meaning that is looked at, and how near it must be where nothing else speaks for it. */
const [lookedAt, nearEnough] = [100, 0.5];

/** What is near a product by meaning, and whether there is more to know later. */
interface MeaningLists {
  near(productId: number): Promise<Meant[] | null>;
  late: boolean;
}

/**
 * What is near each of the products whose similar ones are asked for, once their vectors are made; `null` where there is no
 * embedding model, or it did not work. Waits for `waitMs` at most: the vectors are made all the same, for the next time.
 */
export async function meaningLists(
  { repositories, meanings }: RecommendationDeps,
  sellerId: string,
  lists: readonly RecommendationList[],
  waitMs?: number,
): Promise<MeaningLists> {
  const ids = lists.flatMap(({ productId, kind }) => (kind === "similar" ? [productId] : []));
  if (meanings.model === null || ids.length === 0) return { near: async () => null, late: false };
  const products = await repositories.products.lookup(sellerId, { skus: [], names: [], ids });
  let late = true;
  const learning = meanings.learn(sellerId, products).then(() => {
    late = false;
  });
  await (waitMs === undefined ? learning : orAfter(waitMs, learning));
  const byId = new Map(products.map((product) => [product.id, product]));
  const near = async (productId: number) => {
    const product = byId.get(productId);
    return product === undefined ? null : meanings.nearProduct(sellerId, product, lookedAt);
  };
  return { near, late };
}

/** The mean of both: likeness as a share of the best one, and how much nearer by meaning than the shop's average. */
export function withMeaning(
  own: readonly StoredRecommendation[],
  meant: readonly Meant[],
  productId: number,
  model: string,
): StoredRecommendation[] {
  const best = own[0]?.score ?? 1;
  const near = new Map(meant.map((one) => [one.productId, one]));
  const listed = new Map(own.map((one) => [one.productId, one]));
  const ids = new Set([
    ...listed.keys(),
    ...meant.flatMap((one) => (one.nearness >= nearEnough ? [one.productId] : [])),
  ]);
  return [...ids]
    .map((id): StoredRecommendation => {
      const [like, by] = [listed.get(id), near.get(id)];
      const score = rounded(((like?.score ?? 0) / best + (by?.nearness ?? 0)) / 2, 6);
      const because = by && {
        ...({ kind: "meaning", with: productId, model } as const),
        cosine: rounded(by.cosine, 3),
      };
      return { productId: id, score, because: [...(like?.because ?? []), ...(because ? [because] : [])] };
    })
    .sort((a, b) => b.score - a.score || a.productId - b.productId)
    .slice(0, mostRecommended);
}

import type { PairEvidence, Recommender } from "@amused/engines";
import type { Product } from "../../domain/product.ts";
import type {
  BasketEvidence,
  LikenessEvidence,
  RecommendationExplanation,
  RecommendationKind,
  Recommendations,
  StoredRecommendation,
} from "../../domain/recommendation.ts";
import type { Repositories } from "../../ports/repositories.ts";
import { rounded } from "../rounded.ts";

/** How many orders are named. */
const namedOrders = 20;
/** How many of those before it in the list are told, and how many of those after it. */
const neighbours = 2;

/** What speaks for a product beside another, and where in its list it stands. */
export async function explain(
  { sales }: Pick<Repositories, "sales">,
  asked: {
    product: Product;
    other: Product;
    kind: RecommendationKind;
    items: readonly StoredRecommendation[];
    said: Omit<Recommendations, "items">;
    recommender: Recommender;
  },
): Promise<RecommendationExplanation> {
  const { product, other, kind, items, said, recommender } = asked;
  const evidence = recommender.evidence(String(product.id), String(other.id));
  const at = items.findIndex(({ productId }) => productId === other.id);
  const found = items[at];
  const ranked = items.map(({ productId, score }, index) => ({ productId, rank: index + 1, score }));
  const near =
    at < 0 ? ranked.slice(-2 * neighbours) : ranked.slice(Math.max(0, at - neighbours), at + neighbours + 1);
  return {
    ...{ productId: product.id, otherId: other.id, kind },
    ...{ rank: at < 0 ? null : at + 1, score: found?.score ?? null, because: found?.because ?? [] },
    ...{ listed: items.length, rivals: near.filter(({ productId }) => productId !== other.id) },
    baskets: kind === "bought_together" ? await basketsOf(sales, product, other, evidence) : null,
    likeness: likenessOf(product, other, evidence),
    ...said,
  };
}

async function basketsOf(
  sales: Repositories["sales"],
  product: Product,
  other: Product,
  { baskets: total, first, second, both }: PairEvidence,
): Promise<BasketEvidence> {
  const byChance = total === 0 ? 0 : (first * second) / total;
  // Through the sales of the rarer one, of which there are fewer to look through.
  const productIds = first <= second ? ([product.id, other.id] as const) : ([other.id, product.id] as const);
  return {
    ...{ total, product: first, other: second, both },
    byChance: rounded(byChance, 3),
    lift: byChance === 0 ? null : rounded(both / byChance, 3),
    orders: await sales.together(product.sellerId, { productIds, limit: namedOrders }),
  };
}

function likenessOf(product: Product, other: Product, { likeness, shared }: PairEvidence): LikenessEvidence {
  const [price, otherPrice] = [Number(product.price), Number(other.price)];
  const category = shared.find(({ kind }) => kind === "category");
  const words = shared.find(({ kind }) => kind === "words");
  return {
    likeness: rounded(likeness, 6),
    words: words?.kind === "words" ? words.words : [],
    category: category?.kind === "category" ? category.category : null,
    attributes: shared.flatMap((one) =>
      one.kind === "attribute" ? [{ name: one.name, value: one.value }] : [],
    ),
    price:
      product.currency === other.currency
        ? {
            ...{ product: product.price, other: other.price },
            ratio:
              price === otherPrice
                ? 1
                : rounded(Math.min(price, otherPrice) / Math.max(price, otherPrice), 3),
          }
        : null,
  };
}

import { encodedValue } from "../../domain/encoded.ts";
import { parse } from "../../domain/parse.ts";
import { type FoundProduct, type ProductSearchResult, productSearchSchema } from "../../domain/search.ts";
import { fold } from "../../domain/text.ts";
import { answerRead, checkSees } from "../deps.ts";
import { rounded } from "../recommendations/lists.ts";
import type { RecommendationDeps } from "../recommendations/refresh.ts";
import type { Services } from "../services.ts";
import { wordsIn } from "./words.ts";

/** Products that have all the words, and those that are like them, which are looked at. */
const [mostWithWords, mostAlike] = [200, 100];
/** What is less like the text has some letters in common with it, and nothing else. */
const leastLikeness = 0.2;

/** Finds what somebody may mean: a SKU, then what has all the words, then what is like them. */
export function productSearch(deps: RecommendationDeps): Services["products"]["search"] {
  const { repositories, recommenders } = deps;

  return async (context, input) => {
    checkSees(context);
    const { sellerId } = context;
    const { text, limit, inStock } = parse(productSearchSchema, input);
    const asked = text.trim();
    const words = fold(asked)
      .split(/\s+/)
      .filter((word) => word !== "");
    const { recommender } = await recommenders.current(sellerId);
    const likeness = new Map(
      recommender
        .like({ id: "text", name: asked }, { limit: mostAlike })
        .map(({ id, score }) => [Number(id), score]),
    );
    const all = { category: null, maxQuantity: null, runsOutBy: null, sort: "id", descending: true } as const;
    // A text of blanks is no words, which every product has.
    const withWords =
      words.length === 0
        ? null
        : await repositories.products.list(sellerId, { ...all, words, limit: mostWithWords, after: null });
    const has = new Set(withWords?.body.value.map(({ id }) => id));
    const alike = [...likeness].flatMap(([id, score]) => (score >= leastLikeness ? [id] : []));
    const ids = alike.filter((id) => !has.has(id));
    const others =
      asked === "" ? [] : await repositories.products.lookup(sellerId, { skus: [asked], names: [], ids });
    const found = new Map([...(withWords?.body.value ?? []), ...others].map((one) => [one.id, one]));

    const items: FoundProduct[] = [];
    for (const product of found.values()) {
      const { id, sku } = product;
      if (inStock && product.quantity === 0) continue;
      const like = likeness.get(id) ?? 0;
      const because: FoundProduct["because"] = [];
      const isSku = sku !== null && fold(sku) === fold(asked);
      if (isSku) because.push({ kind: "sku", sku });
      const shared = wordsIn(words, product);
      if (shared.length > 0) because.push({ kind: "words", words: shared });
      // Whatever is like the words comes after what has them.
      const score = isSku ? 1 : has.has(id) ? 0.5 + 0.49 * like : Math.min(0.499, like / 2);
      items.push({ product, score: rounded(score, 6), because });
    }
    items.sort((a, b) => b.score - a.score || a.product.id - b.product.id);
    const answer: ProductSearchResult = {
      items: items.slice(0, limit),
      ...{ model: "words", generatedAt: deps.now().toISOString(), reasons: [] },
    };
    const head = (await repositories.events.heads([sellerId])).get(sellerId) ?? null;
    return answerRead(deps, sellerId, { body: encodedValue(answer), head });
  };
}

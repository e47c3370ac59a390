import { encodedValue } from "../../domain/encoded.ts";
import { parse } from "../../domain/parse.ts";
import { searchText } from "../../domain/product.ts";
import { type FoundProduct, type ProductSearchResult, productSearchSchema } from "../../domain/search.ts";
import { fold } from "../../domain/text.ts";
import { answerRead, checkSees } from "../deps.ts";
import type { Meant } from "../meaning/meanings.ts";
import type { ModelRefusal } from "../models/tried.ts";
import { pause } from "../pause.ts";
import type { RecommendationDeps } from "../recommendations/deps.ts";
import { rounded } from "../rounded.ts";
import type { Services } from "../services.ts";
import { wordsIn } from "./words.ts";

/** Products that have all the words, and those that are like them, which are looked at. */
const [mostWithWords, mostAlike] = [200, 100];
/** What is less like the text has some letters in common with it and nothing else, unless it has a whole word of it. */
const [leastLikeness, leastWithWord, leastWord] = [0.2, 0.05, 3];
/** How near by meaning it must be where nothing else speaks for it. */
const nearEnough = 0.5;
/** Who searches waits no longer for an embedding model; its answer is kept for the next one who asks the same. */
const patienceMs = 2_000;

/** Finds what somebody may mean: a SKU, then what has all the words, then what is like them. */
export function productSearch(deps: RecommendationDeps): Services["products"]["search"] {
  const { repositories, recommenders, meanings } = deps;

  return async (context, input) => {
    checkSees(context);
    const { sellerId } = context;
    const { limit, inStock, ...query } = parse(productSearchSchema, input);
    const asked = query.text.trim();
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
    const meant = asked === "" ? [] : await within(meanings.nearText(sellerId, asked, mostAlike));
    const near = new Map("ok" in meant ? [] : meant.map((one) => [one.productId, one]));
    const ids = [
      ...[...likeness].flatMap(([id, score]) => (score >= leastWithWord ? [id] : [])),
      ...[...near.values()].flatMap((one) => (one.nearness >= nearEnough ? [one.productId] : [])),
    ];
    const others =
      asked === "" ? [] : await repositories.products.lookup(sellerId, { skus: [asked], names: [], ids });
    const found = new Map([...(withWords?.body.value ?? []), ...others].map((one) => [one.id, one]));

    const best = Math.max(leastLikeness, ...likeness.values());
    const items: FoundProduct[] = [];
    for (const product of found.values()) {
      const { id, sku } = product;
      if (inStock && product.quantity === 0) continue;
      const like = likeness.get(id) ?? 0;
      const by = near.get(id);
      const fit = near.size === 0 ? like : (like / best + (by?.nearness ?? 0)) / 2;
      const text = searchText(product);
      const hasWord = words.some((word) => word.length >= leastWord && text.includes(word));
      const hasAll = words.every((word) => text.includes(word));
      if (!hasWord && !hasAll && like < leastLikeness && (by?.nearness ?? 0) < nearEnough) continue;
      const because: FoundProduct["because"] = [];
      const isSku = sku !== null && fold(sku) === fold(asked);
      if (isSku) because.push({ kind: "sku", sku });
      const shared = wordsIn(words, product);
      if (shared.length > 0) because.push({ kind: "words", words: shared });
      if (by !== undefined)
        because.push({ kind: "meaning", model: String(meanings.model), cosine: rounded(by.cosine, 3) });
      // Whatever is like the words comes after what has them.
      const score = isSku ? 1 : hasAll ? 0.5 + 0.49 * fit : 0.499 * fit;
      items.push({ product, score: rounded(score, 6), because });
    }
    items.sort((a, b) => b.score - a.score || a.product.id - b.product.id);
    const answer: ProductSearchResult = {
      items: items.slice(0, limit),
      model: near.size === 0 ? "words" : `words + ${meanings.model}`,
      generatedAt: deps.now().toISOString(),
      reasons: "ok" in meant ? [{ kind: "no_model", reason: meant.reason, message: meant.message }] : [],
    };
    const head = (await repositories.events.heads([sellerId])).get(sellerId) ?? null;
    return answerRead(deps, sellerId, { body: encodedValue(answer), head });
  };
}

async function within(answer: Promise<Meant[] | ModelRefusal>): Promise<Meant[] | ModelRefusal> {
  const answered = new AbortController();
  const late = pause(patienceMs, answered.signal).then((): ModelRefusal => {
    const message = `The embedding model did not answer within ${patienceMs} ms.`;
    return { ok: false, reason: "timed_out", message };
  });
  return Promise.race([answer, late]).finally(() => answered.abort());
}

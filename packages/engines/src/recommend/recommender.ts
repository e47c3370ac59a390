import { EngineError, finite } from "../errors.ts";
import { createBaskets, maxLines } from "./baskets.ts";
import { createCompleting } from "./completing.ts";
import { createExplain } from "./explain.ts";
import { createIds } from "./ids.ts";
import { choosePowers, defaultPowers, type Powers, weighed } from "./powers.ts";
import { checkId, checkProduct, type RecommendProduct } from "./product.ts";
import type { Reason } from "./reasons.ts";
import { createScan } from "./scan.ts";
import { createSimilar, type Likeness } from "./similar.ts";
import { checkState } from "./state.ts";
import { createTogether, prior } from "./together.ts";
import { createTop } from "./top.ts";
import type { Recommendation, Recommender, RecommenderState, RecommendOptions } from "./types.ts";

/**
 * Learns from products and baskets what goes together.
 *
 * Counts are exact and do not depend on the order of the baskets; ties are broken by id. Likeness of products counts as
 * imagined baskets, so a product without a sale has neighbours at once. Memory is bounded: of very many distinct baskets a
 * sample chosen by hash is kept (`maxLines` lines, 500,000 unless told), of one basket 200 lines.
 *
 * @example
 * const shop = createRecommender({
 *   products: [{ id: "tea", name: "Green tea" }, { id: "pot", name: "Tea pot" }],
 *   baskets: [["tea", "pot"]],
 * });
 * shop.boughtTogether("tea"); // [{ id: "pot", score: …, reasons: [{ kind: "bought_together", with: "tea", baskets: 1, … }] }]
 * @throws EngineError on a product or id that is none.
 */
export function createRecommender(input: {
  products?: Iterable<RecommendProduct>;
  baskets?: Iterable<Iterable<string>>;
  /** How much the popular are held back; chosen on held-back baskets unless told. */
  powers?: Powers;
  maxLines?: number;
}): Recommender {
  const { products = [], baskets = [], powers, maxLines: lines = maxLines } = input;
  const recommender = build(lines, powers ?? defaultPowers);
  for (const product of products) recommender.upsertProduct(product);
  for (const basket of baskets) recommender.addBasket(basket);
  if (!powers) recommender.retune();
  return recommender;
}

/** The recommender that `toJSON` was called on. @throws EngineError where `state` is something else */
export function recommenderFrom(state: RecommenderState): Recommender {
  checkState(state);
  return build(state.maxLines, state.powers, state);
}

function build(lines: number, usual: Powers, state?: RecommenderState): Recommender {
  finite("maxLines", lines, 1);
  let powers = {
    one: finite("powers.one", usual.one, 0, 1),
    basket: finite("powers.basket", usual.basket, 0, 1),
  };
  const ids = createIds(state?.ids);
  const { compare } = ids;
  const products = new Map<number, RecommendProduct>();
  const baskets = createBaskets(ids.hash, lines, state?.baskets);
  const similar = createSimilar(compare);
  const scan = createScan(baskets);
  const together = createTogether(baskets, scan, similar, compare);
  const completing = createCompleting(baskets, scan, similar, compare);
  const explain = createExplain(ids, products, baskets, scan, similar);
  const mass = (item: number) => baskets.mass(item) + prior;
  for (const product of state?.products ?? []) upsert(product);

  function upsert(product: RecommendProduct): void {
    const item = ids.number(checkProduct(product, "product").id);
    products.set(item, product);
    similar.set(item, product);
  }

  function read({ limit = 10, exclude = [] }: RecommendOptions): {
    limit: number;
    allowed: (item: number) => boolean;
  } {
    finite("limit", limit, 1, 100);
    const excluded = typeof exclude === "function" ? undefined : new Set(exclude);
    const refused = typeof exclude === "function" ? exclude : (id: string) => excluded!.has(id);
    return {
      limit: Math.floor(limit),
      allowed: (item) => products.has(item) && !refused(ids.id(item)),
    };
  }

  const answer = (fits: readonly Likeness[], reasons: readonly Reason[][]): Recommendation[] =>
    fits.map(({ item, score }, at) => ({
      id: ids.id(item),
      score: Math.min(1, score),
      reasons: reasons[at] ?? [],
    }));

  function one(item: number, limit: number, allowed: (item: number) => boolean) {
    const { fits, circle } = together.with(item, Math.max(100, 4 * limit), allowed);
    return { fits: weighed(fits, powers.one, limit, mass, compare), circle };
  }

  /** `some`, and after them what sells best until there are `limit`. */
  function filled(
    some: Recommendation[],
    limit: number,
    allowed: (item: number) => boolean,
    without: readonly number[],
  ): Recommendation[] {
    if (some.length >= limit) return some;
    const there = new Set([...without, ...some.map(({ id }) => ids.find(id))]);
    const best = createTop(limit - some.length, compare);
    for (const item of products.keys())
      if (!there.has(item) && allowed(item)) best.offer(item, baskets.sold(item));
    const least = some.at(-1)?.score ?? 1;
    return [
      ...some,
      ...best.take().map(
        ({ item, score }): Recommendation => ({
          id: ids.id(item),
          score: least * (score / (1 + baskets.total())),
          reasons: [{ kind: "popular", baskets: score }],
        }),
      ),
    ];
  }

  return {
    boughtTogether(id, options = {}) {
      const { limit, allowed } = read(options);
      const item = ids.find(checkId(id, "id"));
      if (item === undefined) return [];
      const { fits, circle } = one(item, limit, allowed);
      const sources = [item, ...circle];
      return answer(
        fits,
        explain.bought(
          fits.map((fit) => fit.item),
          sources,
          item,
        ),
      );
    },

    similar(id, options = {}) {
      const { limit, allowed } = read(options);
      const item = ids.find(checkId(id, "id"));
      if (item === undefined) return [];
      const fits = similar.nearest(item, limit, allowed);
      return answer(
        fits,
        fits.map((fit) => explain.alike(fit.item, item)),
      );
    },

    like(product, options = {}) {
      const { limit, allowed } = read(options);
      const asked = checkProduct(product, "product");
      const fits = similar.like(asked, limit, allowed);
      return answer(
        fits,
        fits.map((fit) => explain.like(fit.item, asked)),
      );
    },

    complete(given, options = {}) {
      const { limit, allowed } = read(options);
      const items = distinct(given).flatMap((id) => ids.find(id) ?? []);
      const fits = weighed(completing.fits(items, limit, allowed), powers.basket, limit, mass, compare);
      const sources = completing.context(items);
      const reasons = explain.bought(
        fits.map((fit) => fit.item),
        sources,
      );
      return filled(answer(fits.map(squashed), reasons), limit, allowed, items);
    },

    related(id, options = {}) {
      const { limit, allowed } = read(options);
      const item = ids.find(checkId(id, "id"));
      if (item === undefined) return filled([], limit, allowed, []);
      const { fits, circle } = one(item, 3 * limit, allowed);
      const alike = similar.nearest(item, 3 * limit, allowed);
      const known = baskets.mass(item) / mass(item);
      const scores = new Map<number, number>();
      for (const [list, share] of [[fits, known] as const, [alike, 1 - known] as const])
        for (const fit of list)
          scores.set(fit.item, (scores.get(fit.item) ?? 0) + (share * fit.score) / list[0]!.score);
      const best = createTop(limit, compare);
      for (const [other, score] of scores) best.offer(other, score);
      const chosen = best.take();
      const reasons = explain.bought(
        chosen.map((fit) => fit.item),
        [item, ...circle],
        item,
      );
      chosen.forEach((fit, at) => {
        if (reasons[at]!.every(({ kind }) => kind === "bought_together"))
          reasons[at]!.push(...explain.alike(fit.item, item));
      });
      return filled(answer(chosen, reasons), limit, allowed, [item]);
    },

    evidence(id, other) {
      const [first, second] = [ids.find(checkId(id, "id")), ids.find(checkId(other, "other"))];
      const sold = (item: number | undefined) => (item === undefined ? 0 : baskets.sold(item));
      const known = { baskets: baskets.total(), first: sold(first), second: sold(second) };
      if (first === undefined || second === undefined || first === second)
        return { ...known, both: first === second ? known.first : 0, likeness: 0, shared: [] };
      const [found] = similar.nearest(first, 1, (item) => item === second);
      return {
        ...known,
        both: scan.pairs([first, second], true)[1]!,
        likeness: Math.min(1, found?.score ?? 0),
        shared: explain.alike(second, first),
      };
    },

    addBasket(given) {
      baskets.add(distinct(given).map(ids.number), 1);
    },
    upsertProduct: upsert,
    removeProduct(id) {
      const item = ids.find(checkId(id, "id"));
      if (item === undefined || !products.delete(item)) return;
      similar.remove(item);
    },
    retune() {
      const listed = (item: number) => products.has(item);
      powers = choosePowers(baskets, compare, {
        one: (item) => together.with(item, 100, listed).fits,
        basket: (items) => completing.fits(items, 1, listed),
      });
      return powers;
    },
    toJSON: () => ({
      version: 1,
      ids: [...ids.all()],
      products: [...products.values()],
      baskets: baskets.toJSON(),
      powers,
      maxLines: lines,
    }),
  };
}

function distinct(given: Iterable<string>): string[] {
  // The compiler lets a text through, as a list of its letters.
  if (typeof given === "string" || typeof given?.[Symbol.iterator] !== "function")
    throw new EngineError("ids", "expected a list of ids");
  const found = new Set<string>();
  for (const id of given) found.add(checkId(id, `ids.${found.size}`));
  return [...found];
}

/** A score of any size and sign, brought between 0 and 1 in the same order. */
const squashed = ({ item, score }: Likeness): Likeness => ({
  item,
  score: 0.5 + score / (2 * (1 + Math.abs(score))),
});

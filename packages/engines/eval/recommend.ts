import { createRecommender, type RecommendProduct } from "../src/index.ts";
import { words } from "../src/text/words.ts";
import { hasData, read } from "./data.ts";
import type { Figure } from "./figure.ts";

interface Target {
  query: string;
  relevant: string[];
}

/** What each of the ten best stands for in the mean: of what is relevant the share that is there. */
function recall(targets: readonly Target[], answer: (query: string) => string[]): number {
  let sum = 0;
  for (const { query, relevant } of targets) {
    const found = answer(query).filter((id) => relevant.includes(id));
    sum += found.length / Math.min(10, relevant.length);
  }
  return sum / targets.length;
}

/** In how many baskets the item taken out is among the ten best. */
function hits(tasks: readonly { context: string[]; hidden: string }[], answer: (ids: string[]) => string[]) {
  return tasks.filter(({ context, hidden }) => answer(context).includes(hidden)).length / tasks.length;
}

const idsOf = (list: readonly { id: string }[]) => list.map(({ id }) => id);
const shown = (value: number) => value.toFixed(3);

/** The figures of the recommender, with one setting for all, beside plain methods measured in the same run. */
export function recommendFigures(): Figure[] {
  if (!hasData) return [];
  const catalogue = read<RecommendProduct>("recommend/online-retail-catalog");
  const baskets = read<{ items: string[] }>("recommend/online-retail-baskets-train").map(
    ({ items }) => items,
  );
  const completion = read<{ context: string[]; hidden: string }>("recommend/online-retail-basket-completion");
  const together = read<Target>("recommend/online-retail-copurchase");
  const shop = createRecommender({ products: catalogue, baskets });
  const plain = plainMethods(catalogue, baskets);

  const offers = read<RecommendProduct>("recommend/pricerunner-catalog");
  const same = read<Target>("recommend/pricerunner-similar");
  const market = createRecommender({ products: offers });
  const offersWords = textMethod(offers, words);
  const offersGrams = textMethod(offers, trigrams);

  const complete = (method: Method) => shown(hits(completion, (ids) => best(catalogue, method, ids)));
  const recalled = (method: Method, products: readonly RecommendProduct[], targets: readonly Target[]) =>
    shown(recall(targets, (id) => best(products, method, [id])));

  return [
    {
      engine: "recommend",
      what: "online-retail basket completion, HR@10",
      value: hits(completion, (ids) => idsOf(shop.complete(ids))),
      pass: { atLeast: 0.361 },
      stretch: 0.38,
      beside: `popularity ${complete(plain.popularity)}, words TF-IDF ${complete(plain.text)}, counts ${complete(plain.counts)}, item cosine ${complete(plain.cosine)}, EASE 0.361`,
    },
    {
      engine: "recommend",
      what: "online-retail co-purchase, recall@10",
      value: recall(together, (id) => idsOf(shop.boughtTogether(id))),
      pass: { atLeast: 0.509 },
      stretch: 0.53,
      beside: `words TF-IDF ${recalled(plain.text, catalogue, together)}, item cosine ${recalled(plain.cosine, catalogue, together)}, counts ${recalled(plain.counts, catalogue, together)}, EASE 0.397`,
    },
    {
      engine: "recommend",
      what: "pricerunner similar, recall@10",
      value: recall(same, (id) => idsOf(market.similar(id))),
      pass: { atLeast: 0.764 },
      stretch: 0.8,
      beside: `words TF-IDF ${recalled(offersWords, offers, same)}, character TF-IDF ${recalled(offersGrams, offers, same)}`,
    },
  ];
}

/** Adds to `scores` (one per product) what speaks for each beside the product `given`. */
type Method = (given: number, scores: Float64Array) => void;

const places = new WeakMap<readonly RecommendProduct[], Map<string, number>>();

function placesOf(products: readonly RecommendProduct[]): Map<string, number> {
  const known = places.get(products) ?? new Map(products.map(({ id }, at) => [id, at]));
  places.set(products, known);
  return known;
}

/** The ten best of a method, none of the given among them. */
function best(products: readonly RecommendProduct[], method: Method, given: readonly string[]): string[] {
  const scores = new Float64Array(products.length);
  const inside = given.map((id) => placesOf(products).get(id)!);
  for (const item of inside) method(item, scores);
  for (const item of inside) scores[item] = Number.NEGATIVE_INFINITY;
  const found: number[] = [];
  for (let item = 0; item < scores.length; item++) {
    if (found.length === 10 && scores[item]! <= scores[found[9]!]!) continue;
    let at = found.length;
    while (at > 0 && scores[found[at - 1]!]! < scores[item]!) at--;
    found.splice(at, 0, item);
    if (found.length > 10) found.pop();
  }
  return found.map((item) => products[item]!.id);
}

/** Counts of pairs, their cosine and what sells best. */
function plainMethods(products: readonly RecommendProduct[], baskets: readonly (readonly string[])[]) {
  const size = products.length;
  const counts = new Float64Array(size * size);
  for (const basket of baskets) {
    const items = basket.map((id) => placesOf(products).get(id)!);
    for (const a of items) for (const b of items) counts[a * size + b]! += 1;
  }
  const sold = (item: number) => counts[item * size + item]!;
  const each = (score: (given: number, item: number) => number): Method => {
    return (given, scores) => {
      for (let item = 0; item < size; item++) scores[item]! += score(given, item);
    };
  };
  return {
    popularity: each((_, item) => sold(item)),
    counts: each((given, item) => counts[given * size + item]!),
    cosine: each((given, item) => counts[given * size + item]! / Math.sqrt(sold(given) * sold(item) || 1)),
    text: textMethod(products, words),
  };
}

/** The cosine of TF-IDF vectors as scikit-learn makes them (smoothed, with the logarithm of the counts). */
function textMethod(products: readonly RecommendProduct[], terms: (text: string) => string[]): Method {
  const postings = new Map<string, { item: number; weight: number }[]>();
  const vectors = products.map(({ name }) => {
    const counts = new Map<string, number>();
    for (const term of terms(name)) counts.set(term, (counts.get(term) ?? 0) + 1);
    return counts;
  });
  const frequency = new Map<string, number>();
  for (const vector of vectors)
    for (const term of vector.keys()) frequency.set(term, (frequency.get(term) ?? 0) + 1);
  vectors.forEach((vector, item) => {
    let squares = 0;
    for (const [term, count] of vector) {
      const weight =
        (1 + Math.log(count)) * (Math.log((1 + products.length) / (1 + frequency.get(term)!)) + 1);
      vector.set(term, weight);
      squares += weight * weight;
    }
    for (const [term, weight] of vector) {
      const posting = { item, weight: weight / Math.sqrt(squares) };
      vector.set(term, posting.weight);
      const list = postings.get(term);
      if (list) list.push(posting);
      else postings.set(term, [posting]);
    }
  });
  return (given, scores) => {
    for (const [term, weight] of vectors[given]!)
      for (const other of postings.get(term)!) scores[other.item]! += weight * other.weight;
  };
}

/** The parts of 3 and 4 characters of each word with a blank on either side. */
function trigrams(text: string): string[] {
  return words(text).flatMap((word) => {
    const padded = ` ${word} `;
    return [3, 4].flatMap((length) =>
      Array.from({ length: Math.max(0, padded.length - length + 1) }, (_, at) =>
        padded.slice(at, at + length),
      ),
    );
  });
}

import { log } from "../numeric/elementary.ts";
import { grams } from "../text/grams.ts";
import { hash } from "../text/hash.ts";
import { words } from "../text/words.ts";
import type { Features } from "./cosines.ts";
import { levels, type RecommendProduct } from "./product.ts";

/** Longer texts are cut: what a product is stands at the beginning, and work stays bounded. */
const maxName = 300;
const maxDescription = 1000;
const maxFacts = 50;

/** Model numbers and sizes tell one product from its sisters, so what has a digit in it counts more. */
const digits = 1.5;

export const nameWords = ({ name }: RecommendProduct): string[] => words(name.slice(0, maxName));

/** The character 3- and 4-grams of the name: they survive plurals, hyphens and the spelling of model numbers. */
export function nameFeatures(product: RecommendProduct): Features {
  const counts = new Map<number, number>();
  const numbered = new Set<number>();
  for (const word of nameWords(product))
    grams(word, 3, 4, (key, digit) => {
      counts.set(key, (counts.get(key) ?? 0) + 1);
      if (digit) numbered.add(key);
    });
  for (const [key, count] of counts) counts.set(key, damped(count) * (numbered.has(key) ? digits : 1));
  return counts;
}

export function descriptionFeatures({ description }: RecommendProduct): Features {
  const counts = new Map<number, number>();
  for (const word of words((description ?? "").slice(0, maxDescription))) {
    const key = hash(word);
    counts.set(key, (counts.get(key) ?? 0) + 1);
  }
  for (const [key, count] of counts) counts.set(key, damped(count));
  return counts;
}

/** Every beginning of the category's path: two products share more, the later their paths part. */
export function categoryFeatures(product: RecommendProduct): Features {
  const path = levels(product);
  return new Map(
    path.map((_, at) => [
      hash(
        path
          .slice(0, at + 1)
          .join("\n")
          .toLowerCase(),
      ),
      1,
    ]),
  );
}

/** Brand and attributes, each as one fact. */
export function factFeatures(product: RecommendProduct): Features {
  return new Map(facts(product).map(([key, value]) => [hash(`${key}\n${value}`.toLowerCase()), 1]));
}

/** Brand and attributes as pairs of a name and a value. */
export function facts({ brand, attributes = {} }: RecommendProduct): [string, string][] {
  const pairs = Object.entries(attributes)
    .map(([key, value]): [string, string] => [key, String(value)])
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .slice(0, maxFacts);
  return brand === undefined || brand === "" ? pairs : [["brand", brand], ...pairs];
}

/** A word said twice is not twice as telling (Salton & Buckley 1988). */
const damped = (count: number): number => log(1 + count);

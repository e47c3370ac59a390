import { createBoard } from "./board.ts";
import { type Cosines, createCosines } from "./cosines.ts";
import { categoryFeatures, descriptionFeatures, factFeatures, nameFeatures } from "./features.ts";
import type { RecommendProduct } from "./product.ts";
import { createTop } from "./top.ts";

/** A product and how well it fits. */
export interface Likeness {
  item: number;
  score: number;
}

/** Which products are alike, by what they say of themselves. */
export interface Similar {
  set(item: number, product: RecommendProduct): void;
  remove(item: number): void;
  /** The products most like `item`, best first, of those that `allowed` admits. */
  nearest(item: number, limit: number, allowed: (item: number) => boolean): Likeness[];
  /** The same of a product that need not be known. */
  like(product: RecommendProduct, limit: number, allowed: (item: number) => boolean): Likeness[];
  /** The same as `nearest` without a condition, remembered until a product changes. */
  neighbours(item: number): readonly Likeness[];
  /** How telling a word of a name is: the rarer its parts, the more. */
  telling(word: string): number;
}

/** How many are remembered per product, and of how many products. */
const kept = 30;
const remembered = 20_000;

/** A name says most; a price or a category alone says little. Only what the product asked about has is counted. */
const fields = [
  { weight: 1, features: nameFeatures },
  { weight: 0.3, features: descriptionFeatures },
  { weight: 0.3, features: categoryFeatures },
  { weight: 0.3, features: factFeatures },
];
const priceWeight = 0.1;

/** `compare` decides between equal ones. */
export function createSimilar(compare: (a: number, b: number) => number): Similar {
  const indexes: Cosines[] = fields.map(() => createCosines(compare));
  const prices = new Map<number, number>();
  const known = new Map<number, readonly Likeness[]>();
  const board = createBoard();

  function nearest(item: number, limit: number, allowed: (item: number) => boolean): Likeness[] {
    let whole = 0;
    fields.forEach(({ weight }, at) => {
      if (!indexes[at]!.has(item)) return;
      whole += weight;
      indexes[at]!.each(item, (other, cosine) => board.add(other, weight * cosine));
    });
    return best(whole, prices.get(item), limit, allowed);
  }

  /** The best of what is on the board, weighed by the fields that were compared and the price. */
  function best(
    fieldWeights: number,
    price: number | undefined,
    limit: number,
    allowed: (item: number) => boolean,
  ): Likeness[] {
    const whole = price === undefined ? fieldWeights : fieldWeights + priceWeight;
    const top = createTop(limit, compare);
    board.drain((other, sum) => {
      // Not even at the same price; with a margin for the rounding below.
      if (!top.admits((sum + priceWeight) / whole + 1e-9)) return;
      const near = price === undefined ? 0 : priceWeight * proximity(price, prices.get(other));
      const score = Math.round(((sum + near) / whole) * 1e12) / 1e12;
      if (top.admits(score) && allowed(other)) top.offer(other, score);
    });
    return top.take();
  }

  return {
    set(item, product) {
      let changed = product.price !== prices.get(item);
      fields.forEach(({ features }, at) => {
        const index = indexes[at]!;
        const found = features(product);
        if (found.size > 0) changed = index.set(item, found) || changed;
        else if (index.has(item)) {
          index.remove(item);
          changed = true;
        }
      });
      if (product.price === undefined) prices.delete(item);
      else prices.set(item, product.price);
      // A product that came again as it was, as from a nightly import, costs next to nothing.
      if (changed) known.clear();
    },
    remove(item) {
      known.clear();
      for (const index of indexes) index.remove(item);
      prices.delete(item);
    },
    nearest,
    like(product, limit, allowed) {
      let whole = 0;
      fields.forEach(({ weight, features }, at) => {
        const found = features(product);
        if (found.size === 0) return;
        whole += weight;
        indexes[at]!.ask(found, (other, cosine) => board.add(other, weight * cosine));
      });
      return best(whole, product.price, limit, allowed);
    },
    neighbours(item) {
      let found = known.get(item);
      if (!found) {
        found = nearest(item, kept, () => true);
        if (known.size >= remembered) known.clear();
        known.set(item, found);
      }
      return found;
    },
    telling(word) {
      let sum = 0;
      for (const [key, weight] of nameFeatures({ id: "", name: word }))
        sum += weight * indexes[0]!.rarity(key);
      return sum;
    },
  };
}

/** How near two prices are: the ratio of the lower to the higher, which is `exp(-|ln a - ln b|)`. */
export function proximity(a: number, b: number | undefined): number {
  if (b === undefined) return 0;
  return a === b ? 1 : Math.min(a, b) / Math.max(a, b);
}

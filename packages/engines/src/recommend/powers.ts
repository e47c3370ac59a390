import { log, pow } from "../numeric/elementary.ts";
import { type Baskets, linesOf, longest } from "./baskets.ts";
import type { Likeness } from "./similar.ts";
import { prior } from "./together.ts";
import { createTop } from "./top.ts";

/** How much the popular are held back: scores are divided by this power of in how many baskets a product was. */
export interface Powers {
  /** For what is bought together with one product. */
  one: number;
  /** For what completes a basket. */
  basket: number;
}

export const defaultPowers: Powers = { one: 0, basket: 0.2 };

const choices = [0, 0.1, 0.2, 0.3, 0.4];
/** So many baskets are held back, one after the other; and with fewer than that many there is nothing to choose by. */
const heldBack = 80;
const fewest = 40;
/** Of each so many lines are told at most, which takes less time. */
const told = 8;

/** The best after the popular are held back. */
export function weighed(
  fits: readonly Likeness[],
  power: number,
  limit: number,
  mass: (item: number) => number,
  compare: (a: number, b: number) => number,
): Likeness[] {
  const best = createTop(limit, compare);
  for (const { item, score } of fits) best.offer(item, power === 0 ? score : score * pow(mass(item), -power));
  return best.take();
}

/**
 * The powers under which an item taken out of a basket is found best, each such basket being left out of what is known
 * (leave-one-out). Where no power is better than the usual one by more than two standard errors, the usual one stays
 * (Breiman et al. 1984).
 */
export function choosePowers(
  baskets: Baskets,
  compare: (a: number, b: number) => number,
  fits: { one: (item: number) => Likeness[]; basket: (items: readonly number[]) => Likeness[] },
): Powers {
  const kept = baskets.kept();
  const mass = (item: number) => baskets.mass(item) + prior;
  const sample = createTop(heldBack, (a, b) => kept.keys[a]! - kept.keys[b]!);
  for (let place = 0; place < kept.count; place++)
    if (linesOf(kept, place).length < longest) sample.offer(place, -kept.keys[place]!);
  const places = sample.take().map(({ item }) => item);
  if (places.length < fewest) return defaultPowers;
  const one: number[][] = [];
  const whole: number[][] = [];
  for (const place of places) {
    const key = kept.keys[place]!;
    const items = [...linesOf(kept, place)].sort(compare);
    baskets.add(items, -1);
    const at = key % items.length;
    const hidden = items[at]!;
    const rest = items.filter((item) => item !== hidden).slice(0, told);
    one.push(choices.map((power) => gain(fits.one(rest[at % rest.length]!), power, hidden, mass)));
    whole.push(choices.map((power) => gain(fits.basket(rest), power, hidden, mass)));
    baskets.add(items, 1);
  }
  return { one: chosen(one, defaultPowers.one), basket: chosen(whole, defaultPowers.basket) };
}

/** What a list is worth in which the item looked for stands at a rank: `1 / log2(1 + rank)` (Järvelin & Kekäläinen 2002). */
function gain(
  fits: readonly Likeness[],
  power: number,
  hidden: number,
  mass: (item: number) => number,
): number {
  const found = fits.find(({ item }) => item === hidden);
  if (!found) return 0;
  const worth = ({ item, score }: Likeness) => score * pow(mass(item), -power);
  const own = worth(found);
  let rank = 1;
  for (const fit of fits) if (worth(fit) > own) rank++;
  return Math.LN2 / log(1 + rank);
}

/** The choice with the best mean, if it is better than the usual one by two standard errors of the difference; else that. */
function chosen(gains: readonly number[][], usual: number): number {
  const home = choices.indexOf(usual);
  let best = usual;
  let most = 0;
  choices.forEach((power, at) => {
    let sum = 0;
    let squares = 0;
    for (const row of gains) {
      const difference = row[at]! - row[home]!;
      sum += difference;
      squares += difference * difference;
    }
    const error = Math.sqrt(Math.max(0, squares - (sum * sum) / gains.length));
    if (sum > 2 * error && sum > most) {
      best = power;
      most = sum;
    }
  });
  return best;
}

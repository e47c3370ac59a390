import type { Baskets } from "./baskets.ts";
import { createBoard } from "./board.ts";
import { factor } from "./ridge.ts";
import type { Scan } from "./scan.ts";
import type { Likeness, Similar } from "./similar.ts";
import { imagined, prior } from "./together.ts";
import { createTop } from "./top.ts";

/** A basket is judged by so many of its items at most, those bought most often. */
const context = 32;
/** So many items that fit are compared with one another. */
const candidates = 40;

/** Ridges, as shares of a product's own baskets and as baskets; the first vote needs less, having fewer unknowns. */
const voteRidge = 0.1;
const shareRidge = 0.3;
const basketRidge = 20;
/** How much the vote counts beside the regression. */
const voteShare = 0.3;

/** What completes a basket. */
export interface Completing {
  /** The best for a basket: `limit`, and at least those that are compared with one another. */
  fits(items: readonly number[], limit: number, allowed: (item: number) => boolean): Likeness[];
  /** The items of a basket by which it is judged. */
  context(items: readonly number[]): number[];
}

/**
 * In two steps. A vote: every item of the basket votes by cosine for what was bought with it, and items that say the same
 * share their votes (ridge regression on the items of the basket). Then the best candidates are explained by the basket
 * and by one another: the closed-form item model EASE (Steck 2019), on these products only, so that it needs no fit.
 */
export function createCompleting(
  baskets: Baskets,
  scan: Scan,
  similar: Similar,
  compare: (a: number, b: number) => number,
): Completing {
  const board = createBoard();
  const mass = (item: number) => baskets.mass(item) + prior;

  return {
    context: judged,
    fits(all, limit, allowed) {
      const given = judged(all);
      if (given.length === 0) return [];
      const likenesses = given.map(
        (item) => new Map(similar.neighbours(item).map((near) => [near.item, imagined(near.score)])),
      );
      const votes = vote(given, likenesses);
      const inside = new Set(all);
      const first = createTop(Math.max(candidates, limit), compare);
      scan.spread(given, votes, board);
      likenesses.forEach((others, at) => {
        for (const [other, count] of others) board.add(other, votes[at]! * count);
      });
      board.drain((other, sum) => {
        const score = sum / Math.sqrt(mass(other));
        if (first.admits(score) && !inside.has(other) && allowed(other)) first.offer(other, score);
      });
      const voted = first.take();
      const explained = regress(
        given,
        voted.map(({ item }) => item),
        likenesses,
      );
      return voted.map(({ item, score }, at) => ({
        item,
        score: explained[at]! + voteShare * score * Math.sqrt(Math.sqrt(mass(item))),
      }));
    },
  };

  function judged(items: readonly number[]): number[] {
    const top = createTop(context, compare);
    for (const item of items) top.offer(item, baskets.sold(item));
    return top
      .take()
      .map(({ item }) => item)
      .sort(compare);
  }

  /** What a vote of each item counts. */
  function vote(given: readonly number[], likenesses: readonly Map<number, number>[]): number[] {
    const size = given.length;
    const cosines = together(given, likenesses);
    const roots = given.map((item) => Math.sqrt(mass(item)));
    for (let a = 0; a < size; a++)
      for (let b = 0; b < size; b++)
        cosines[a * size + b] = a === b ? 1 + voteRidge : cosines[a * size + b]! / roots[a]! / roots[b]!;
    const solved = factor(cosines, size).solve(new Float64Array(size).fill(1));
    return given.map((_, at) => solved[at]! / roots[at]!);
  }

  function regress(
    given: readonly number[],
    fits: readonly number[],
    likenesses: readonly Map<number, number>[],
  ): number[] {
    const items = [...given, ...fits];
    const size = items.length;
    const matrix = together(items, likenesses);
    items.forEach((item, at) => {
      matrix[at * size + at] = mass(item) * (1 + shareRidge) + basketRidge;
    });
    const ridge = factor(matrix, size);
    const sums = ridge.solve(new Float64Array(size).fill(1, 0, given.length));
    const diagonal = ridge.inverseDiagonal(given.length);
    return fits.map((_, at) => -sums[given.length + at]! / diagonal[at]!);
  }

  /** In how many baskets the pairs of `items` were, those imagined included where one of the first items is in it. */
  function together(items: readonly number[], likenesses: readonly Map<number, number>[]): Float64Array {
    const size = items.length;
    const matrix = scan.pairs(items);
    likenesses.forEach((others, a) => {
      for (let b = 0; b < size; b++) {
        if (b < likenesses.length && b <= a) continue;
        const count = Math.max(others.get(items[b]!) ?? 0, likenesses[b]?.get(items[a]!) ?? 0);
        matrix[a * size + b]! += count;
        matrix[b * size + a]! += count;
      }
    });
    return matrix;
  }
}

import type { Baskets } from "./baskets.ts";
import { reaching } from "./reaching.ts";

/** One score per item, with the list of those that have one. Used anew for each question. */
export interface Board {
  scores: Float64Array<ArrayBuffer>;
  touched: number[];
  add(item: number, score: number): void;
  clear(): void;
}

export function createBoard(): Board {
  const board: Board = {
    scores: new Float64Array(256),
    touched: [],
    add(item, score) {
      if (score === 0) return;
      if (item >= board.scores.length) board.scores = reaching(board.scores, item);
      if (board.scores[item] === 0) board.touched.push(item);
      board.scores[item]! += score;
    },
    clear() {
      for (const item of board.touched) board.scores[item] = 0;
      board.touched.length = 0;
    },
  };
  return board;
}

/** Questions that read the baskets of some items. */
export interface Scan {
  /** Adds to each item on `board` the sum, over the baskets it shares with `items`, of their `factors` there. */
  spread(items: readonly number[], factors: readonly number[], board: Board): void;
  /**
   * In how many baskets each pair of `items` was: a symmetric matrix, row by row, its diagonal 0. Counted by weight, or
   * each basket as one.
   */
  pairs(items: readonly number[], plain?: boolean): Float64Array<ArrayBuffer>;
}

export function createScan(baskets: Baskets): Scan {
  let sums = new Float64Array(256);
  let heads = new Int32Array(256);
  let nexts = new Int32Array(256);
  let places = new Int32Array(256);

  return {
    spread(items, factors, board) {
      const kept = baskets.kept();
      const scale = baskets.scale();
      sums = reaching(sums, kept.length);
      const touched: number[] = [];
      items.forEach((item, at) => {
        const factor = fixed(factors[at]! * scale);
        if (factor === 0) return;
        for (const place of baskets.holding(item)) {
          if (sums[place] === 0) touched.push(place);
          sums[place]! += factor;
        }
      });
      for (const place of touched) {
        const { items, times, weight } = kept[place]!;
        const share = sums[place]! * times * weight;
        sums[place] = 0;
        for (let at = 0; at < items.length; at++) board.add(items[at]!, share);
      }
    },

    pairs(items, plain = false) {
      const kept = baskets.kept();
      const scale = baskets.scale();
      const size = items.length;
      const matrix = new Float64Array(size * size);
      if (heads.length <= kept.length) heads = new Int32Array(2 * kept.length + 1);
      let count = 0;
      const touched: number[] = [];
      // Of every basket a chain of which of `items` are in it; 0 ends it.
      items.forEach((item, at) => {
        for (const place of baskets.holding(item)) {
          if (++count >= nexts.length) {
            nexts = longer(nexts);
            places = longer(places);
          }
          if (heads[place] === 0) touched.push(place);
          nexts[count] = heads[place]!;
          places[count] = at;
          heads[place] = count;
        }
      });
      for (const place of touched) {
        const { times, weight } = kept[place]!;
        const share = times * (plain ? 1 : weight) * scale;
        for (let a = heads[place]!; a !== 0; a = nexts[a]!)
          for (let b = nexts[a]!; b !== 0; b = nexts[b]!) matrix[places[a]! * size + places[b]!]! += share;
        heads[place] = 0;
      }
      // Chains run from the last of `items` to the first: all sums stand below the diagonal.
      for (let a = 0; a < size; a++) for (let b = 0; b < a; b++) matrix[b * size + a] = matrix[a * size + b]!;
      return matrix;
    },
  };
}

/** In steps of 2^-32, so that sums are exact, and therefore the same in whatever order the baskets came. */
const fixed = (value: number): number => Math.round(value * 4_294_967_296) / 4_294_967_296;

function longer(array: Int32Array): Int32Array<ArrayBuffer> {
  const twice = new Int32Array(2 * array.length);
  twice.set(array);
  return twice;
}

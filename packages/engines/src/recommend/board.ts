import { reaching } from "./reaching.ts";

/** One score per item, with the list of those that have one. Used anew for each question. */
export interface Board {
  scores: Float64Array<ArrayBuffer>;
  touched: number[];
  add(item: number, score: number): void;
  /** Calls back with each item and its score, where that is not 0, and leaves the board clean. */
  drain(each: (item: number, score: number) => void): void;
}

export function createBoard(): Board {
  const board: Board = {
    scores: new Float64Array(256),
    touched: [],
    add(item, score) {
      board.scores = reaching(board.scores, item);
      if (board.scores[item] === 0) board.touched.push(item);
      board.scores[item]! += fixed(score);
    },
    drain(each) {
      const { scores, touched } = board;
      let at = 0;
      try {
        while (at < touched.length) {
          const item = touched[at++]!;
          const score = scores[item]!;
          scores[item] = 0;
          if (score !== 0) each(item, score);
        }
      } finally {
        // Also where the question of another, whether an item may be shown, threw.
        while (at < touched.length) scores[touched[at++]!] = 0;
        touched.length = 0;
      }
    },
  };
  return board;
}

/** In steps of 2^-32, so that sums are exact, and therefore the same in whatever order the baskets came. */
export const fixed = (value: number): number => Math.round(value * 4_294_967_296) / 4_294_967_296;

import type { Baskets } from "./baskets.ts";
import { type Board, fixed } from "./board.ts";
import { reaching } from "./reaching.ts";

/** Questions that read the baskets of some items. */
export interface Scan {
  /** Adds to each item on `board` the sum, over the baskets it shares with `items`, of their `factors` there. */
  spread(items: readonly number[], factors: readonly number[], board: Board): void;
  /**
   * In how many baskets each pair of `items` was: a symmetric matrix, row by row, its diagonal 0. By weight, and estimated
   * from a part of the baskets where they are many; or, with `plain`, each basket as one and none left out. An estimate is
   * at most what is known in full: how often either of the two was bought.
   */
  pairs(items: readonly number[], plain?: boolean): Float64Array<ArrayBuffer>;
}

/** With more baskets than this on a question, pairs are counted in a part of them: the error of sampling is small then. */
const enough = 40_000;

export function createScan(baskets: Baskets): Scan {
  // Kept from question to question, and clean between them.
  const buffers = {
    met: new Int32Array(256),
    sums: new Float64Array(256),
    heads: new Int32Array(256),
    nexts: new Int32Array(256),
    rows: new Int32Array(256),
  };

  return {
    spread(items, factors, board) {
      const { count, starts, lines, times, weights } = baskets.kept();
      const scale = 1 << baskets.level();
      buffers.sums = reaching(buffers.sums, count);
      let most = 0;
      for (const item of items) most += baskets.holding(item).length;
      buffers.met = reaching(buffers.met, most);
      board.scores = reaching(board.scores, baskets.items());
      const { sums, met } = buffers;
      const { scores, touched } = board;
      let many = 0;
      for (let at = 0; at < items.length; at++) {
        const factor = fixed(factors[at]! * scale);
        if (factor === 0) continue;
        const holding = baskets.holding(items[at]!);
        for (let i = 0; i < holding.length; i++) {
          const place = holding[i]!;
          const sum = sums[place]!;
          if (sum === 0) met[many++] = place;
          sums[place] = sum + factor;
        }
      }
      for (let i = 0; i < many; i++) {
        const place = met[i]!;
        const share = sums[place]! * times[place]! * weights[place]!;
        sums[place] = 0;
        if (share === 0) continue;
        const end = starts[place + 1]!;
        for (let at = starts[place]!; at < end; at++) {
          const item = lines[at]!;
          const score = scores[item]!;
          if (score === 0) touched.push(item);
          scores[item] = score + share;
        }
      }
    },

    pairs(items, plain = false) {
      const { count, times, weights, ranks } = baskets.kept();
      const size = items.length;
      const matrix = new Float64Array(size * size);
      let most = 0;
      for (const item of items) most += baskets.holding(item).length;
      let level = baskets.level();
      if (!plain) for (let links = most; links > enough; links /= 2) level++;
      const scale = 1 << level;
      buffers.heads = reaching(buffers.heads, count);
      buffers.met = reaching(buffers.met, count);
      buffers.nexts = reaching(buffers.nexts, most);
      buffers.rows = reaching(buffers.rows, most);
      const { heads, met, nexts, rows } = buffers;
      let many = 0;
      let links = 0;
      // Of every basket a chain of which of `items` are in it; 0 ends it.
      for (let at = 0; at < size; at++) {
        const holding = baskets.holding(items[at]!);
        for (let i = 0; i < holding.length; i++) {
          const place = holding[i]!;
          if (ranks[place]! < level) continue;
          const head = heads[place]!;
          if (head === 0) met[many++] = place;
          links++;
          nexts[links] = head;
          rows[links] = at;
          heads[place] = links;
        }
      }
      for (let i = 0; i < many; i++) {
        const place = met[i]!;
        let a = heads[place]!;
        heads[place] = 0;
        if (nexts[a] === 0) continue;
        const share = times[place]! * scale * (plain ? 1 : weights[place]!);
        while (nexts[a] !== 0) {
          const row = rows[a]! * size;
          a = nexts[a]!;
          for (let b = a; b !== 0; b = nexts[b]!) matrix[row + rows[b]!]! += share;
        }
      }
      // Chains run from the last of `items` to the first: all sums stand below the diagonal.
      const bounds = items.map(plain ? baskets.sold : baskets.mass);
      for (let a = 0; a < size; a++)
        for (let b = 0; b < a; b++) {
          const count = Math.min(matrix[a * size + b]!, bounds[a]!, bounds[b]!);
          matrix[a * size + b] = count;
          matrix[b * size + a] = count;
        }
      return matrix;
    },
  };
}

import type { Baskets } from "./baskets.ts";
import { createBoard } from "./board.ts";
import type { Scan } from "./scan.ts";
import type { Likeness, Similar } from "./similar.ts";
import { createTop } from "./top.ts";

/** Being alike in full counts as so many baskets in which two products were together: what is known before a sale. */
export const prior = 8;

/** The baskets that likeness stands for. It falls off quickly: somewhat alike says little of baskets. */
export const imagined = (likeness: number): number => prior * likeness * Math.sqrt(likeness);

/** A product's customers are judged by those of so many products nearest to it, too. */
const friends = 20;

/** What is bought together with one product. */
export interface Together {
  /**
   * The best for one product, as the chance that who buys it buys them: half from its own baskets, half from those of the
   * products whose baskets are most like its own (nearest neighbours by cosine). `circle` lists these.
   */
  with(
    item: number,
    limit: number,
    allowed: (item: number) => boolean,
  ): { fits: Likeness[]; circle: number[] };
}

export function createTogether(
  baskets: Baskets,
  scan: Scan,
  similar: Similar,
  compare: (a: number, b: number) => number,
): Together {
  const board = createBoard();
  const mass = (item: number) => baskets.mass(item) + prior;
  return {
    with(item, limit, allowed) {
      const own = mass(item);
      scan.spread([item], [1 / own], board);
      for (const { item: other, score } of similar.neighbours(item)) board.add(other, imagined(score) / own);
      const near = createTop(friends, compare);
      for (const other of board.touched)
        if (other !== item) near.offer(other, board.scores[other]! * Math.sqrt(own / mass(other)));
      const circle = near.take();
      let whole = 0;
      for (const { score } of circle) whole += score * score;
      scan.spread(
        circle.map((friend) => friend.item),
        circle.map((friend) => (friend.score * friend.score) / whole / mass(friend.item)),
        board,
      );
      const best = createTop(limit, compare);
      board.drain((other, score) => {
        if (best.admits(score / 2) && other !== item && allowed(other)) best.offer(other, score / 2);
      });
      return { fits: best.take(), circle: circle.map((friend) => friend.item) };
    },
  };
}

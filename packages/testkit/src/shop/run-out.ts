import type { SimulatedTruth } from "./simulate.ts";

/** Days that a run-out is looked for; what lasts longer is censored. */
export const lookedAhead = 60;

/**
 * In how many days this stock would really have run out, 1 being `day` itself, had nothing come in: by the orders that
 * came, each taken whole or, where less is left, not at all. One more than `lookedAhead` where it would have lasted longer.
 */
export function runsOutIn({ lines }: SimulatedTruth, day: number, stock: number): number {
  let left = stock;
  for (let ahead = 1; ahead <= lookedAhead; ahead++) {
    const wanted = lines[day + ahead - 1];
    if (wanted === undefined) throw new RangeError(`The shop has no day ${day + ahead - 1}.`);
    for (const quantity of wanted) if (quantity <= left) left -= quantity;
    if (left === 0) return ahead;
  }
  return lookedAhead + 1;
}

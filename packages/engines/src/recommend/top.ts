/** The best few of many: those with the highest scores, and of equal ones those that `compare` puts first. */
export interface Top {
  offer(item: number, score: number): void;
  /** Whether a score is high enough to be kept: asked first where an item costs more to judge. */
  admits(score: number): boolean;
  /** The items kept, best first, with their scores. Empties the collection. */
  take(): { item: number; score: number }[];
}

/** A heap of at most `size` items, the worst of them on top. */
export function createTop(size: number, compare: (a: number, b: number) => number): Top {
  const items = new Int32Array(size + 1);
  const scores = new Float64Array(size + 1);
  let length = 0;

  const worse = (item: number, score: number, other: number, than: number) =>
    score !== than ? score < than : compare(item, other) > 0;

  function sink(item: number, score: number): void {
    let at = 0;
    for (;;) {
      let child = 2 * at + 1;
      if (child >= length) break;
      const right = child + 1;
      if (right < length && worse(items[right]!, scores[right]!, items[child]!, scores[child]!))
        child = right;
      if (!worse(items[child]!, scores[child]!, item, score)) break;
      items[at] = items[child]!;
      scores[at] = scores[child]!;
      at = child;
    }
    items[at] = item;
    scores[at] = score;
  }

  return {
    admits: (score) => length < size || (size > 0 && score >= scores[0]!),
    offer(item, score) {
      if (length === size) {
        if (size > 0 && worse(items[0]!, scores[0]!, item, score)) sink(item, score);
        return;
      }
      let at = length++;
      while (at > 0) {
        const parent = (at - 1) >> 1;
        if (!worse(item, score, items[parent]!, scores[parent]!)) break;
        items[at] = items[parent]!;
        scores[at] = scores[parent]!;
        at = parent;
      }
      items[at] = item;
      scores[at] = score;
    },
    take() {
      const taken = [];
      for (let at = 0; at < length; at++) taken.push({ item: items[at]!, score: scores[at]! });
      length = 0;
      return taken.sort((a, b) => b.score - a.score || compare(a.item, b.item));
    },
  };
}

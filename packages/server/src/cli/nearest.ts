/** The name that was meant, where one differs by a letter or two; `null` when none is that close. */
export function nearest(typed: string, names: readonly string[]): string | null {
  const most = typed.length < 5 ? 1 : 2;
  const [best] = names
    .map((name) => ({ name, far: distance(typed, name) }))
    .filter(({ far }) => far <= most)
    .sort((a, b) => a.far - b.far);
  return best?.name ?? null;
}

/** How many letters to put in, leave out, change, or swap with their neighbour, to make one text of the other. */
function distance(a: string, b: string): number {
  let [before, row]: number[][] = [[], Array.from({ length: b.length + 1 }, (_, j) => j)];
  for (let i = 1; i <= a.length; i++) {
    const next = [i];
    for (let j = 1; j <= b.length; j++) {
      const same = a[i - 1] === b[j - 1] ? 0 : 1;
      let least = Math.min(at(row, j) + 1, at(next, j - 1) + 1, at(row, j - 1) + same);
      if (i > 1 && j > 1 && a[i - 1] === b[j - 2] && a[i - 2] === b[j - 1])
        least = Math.min(least, at(before, j - 2) + 1);
      next.push(least);
    }
    [before, row] = [row, next];
  }
  return at(row, b.length);
}

function at(row: readonly number[] | undefined, index: number): number {
  return row?.[index] ?? 0;
}

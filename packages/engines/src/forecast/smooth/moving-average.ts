/** The mean of the known values in a window of one period about each point, cut at the ends; where nothing is known, that of the point before. */
export function movingAverage(values: Float64Array, n: number, period: number): Float64Array {
  const half = period >> 1;
  const even = period % 2 === 0;
  const sums = new Float64Array(n + 1);
  const counts = new Float64Array(n + 1);
  for (let i = 0; i < n; i++) {
    const known = !Number.isNaN(values[i]!);
    sums[i + 1] = sums[i]! + (known ? values[i]! : 0);
    counts[i + 1] = counts[i]! + (known ? 1 : 0);
  }
  const out = new Float64Array(n);
  let last = 0;
  for (let i = 0; i < n; i++) {
    const from = Math.max(0, i - half);
    const to = Math.min(n, i + half + 1);
    let sum = sums[to]! - sums[from]!;
    let count = counts[to]! - counts[from]!;
    if (even) {
      // The two ends of an even period are half in the window.
      const left = values[i - half] ?? 0;
      const right = values[i + half] ?? 0;
      if (i >= half && !Number.isNaN(left)) {
        sum -= left / 2;
        count -= 0.5;
      }
      if (i + half < n && !Number.isNaN(right)) {
        sum -= right / 2;
        count -= 0.5;
      }
    }
    if (count > 0) last = Math.max(0, sum / count);
    out[i] = last;
  }
  return out;
}

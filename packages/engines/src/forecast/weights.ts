/**
 * Weights of forecasts, at least 0 and of sum 1, that minimise the expected squared error of their mixture: `w'Ew`,
 * where `E` holds the mean products of their errors (Bates & Granger 1969), plus `ridge · mean(diag E) · |w − start|²`, which
 * keeps them near the start while there is little to tell them apart. By projected gradient; a bounded number of steps.
 */
export function mixture(errors: Float64Array, start: Float64Array, ridge: number): Float64Array {
  const k = start.length;
  const weights = start.slice();
  let diagonal = 0;
  for (let a = 0; a < k; a++) diagonal += errors[a * k + a]!;
  if (!(diagonal > 0) || k === 1) return weights;
  const pull = (ridge * diagonal) / k;
  const step = 1 / (diagonal + pull);
  const next = new Float64Array(k);
  for (let round = 0; round < 150; round++) {
    let moved = 0;
    for (let a = 0; a < k; a++) {
      let slope = pull * (weights[a]! - start[a]!);
      for (let b = 0; b < k; b++) slope += errors[a * k + b]! * weights[b]!;
      next[a] = weights[a]! - step * slope;
    }
    toSimplex(next);
    for (let a = 0; a < k; a++) {
      moved += Math.abs(next[a]! - weights[a]!);
      weights[a] = next[a]!;
    }
    if (moved < 1e-6) break;
  }
  return weights;
}

/** The nearest point that is at least 0 and sums to 1 (Held, Wolfe & Crowder 1974), in place. */
function toSimplex(v: Float64Array): void {
  const sorted = v.slice().sort();
  let sum = 0;
  let shift = 0;
  for (let i = sorted.length - 1, count = 1; i >= 0; i--, count++) {
    sum += sorted[i]!;
    const candidate = (sum - 1) / count;
    if (sorted[i]! <= candidate) break;
    shift = candidate;
  }
  for (let i = 0; i < v.length; i++) v[i] = Math.max(0, v[i]! - shift);
}

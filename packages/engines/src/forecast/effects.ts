import { exp } from "../numeric/elementary.ts";
import { localLevel } from "./local.ts";
import type { Column } from "./series.ts";

/** What is believed of a coefficient: its mean and variance. */
export interface EffectPrior {
  readonly mean: number;
  readonly variance: number;
}

export interface Effects {
  readonly coefficients: Float64Array;
  /** Their sampling variances, as if each stood alone; for `learnShop`. */
  readonly variances: Float64Array;
}

/** No product of regressors moves demand by more than this factor (in logarithms), whatever was fitted. */
const most = 3;

/** The factor on demand of period `i`. */
export function effectAt(columns: readonly Column[], coefficients: Float64Array, i: number): number {
  let sum = 0;
  for (let k = 0; k < columns.length; k++) sum += coefficients[k]! * columns[k]!.x[i]!;
  return effectOf(sum);
}

/** The factor of a sum of effects in logarithms. */
export const effectOf = (sum: number): number => exp(Math.max(-most, Math.min(most, sum)));

/** A vague belief: prices work downwards, other things by a third or so of a standard deviation. */
export function vaguePrior(column: Column, n: number): EffectPrior {
  if (column.name === "price") return { mean: -1, variance: 1 };
  let squares = 0;
  for (let i = 0; i < n; i++) squares += column.x[i]! * column.x[i]!;
  return { mean: 0, variance: squares > 0 ? (0.25 * n) / squares : 0 };
}

/**
 * Coefficients of a log-linear model `level · season · exp(Σ βx)` by penalised quasi-likelihood with negative binomial
 * variance (McCullagh & Nelder 1989), zeros included; the level is the local one of what the effects leave, so a slow drift is
 * not mistaken for an effect. `priors` are the penalty: ridge towards what is shared.
 */
export function effects(
  y: Float64Array,
  seasonal: Float64Array,
  columns: readonly Column[],
  priors: readonly EffectPrior[],
  halfLife: number,
  mean: number,
): Effects {
  const p = columns.length;
  const beta = Float64Array.from(priors, (prior) => prior.mean);
  const variances = new Float64Array(p).fill(1e9);
  const n = y.length;
  const exposure = new Float64Array(n);
  const gradient = new Float64Array(p);
  const hessian = new Float64Array(p * p);
  // Level and coefficients in turns; five rounds settle both to well below their errors.
  for (let round = 0; round < 6; round++) {
    for (let i = 0; i < n; i++) exposure[i] = seasonal[i]! * effectAt(columns, beta, i);
    const level = localLevel(y, exposure, halfLife, mean);
    let squares = 0;
    let means = 0;
    let power = 0;
    let count = 0;
    for (let i = 0; i < n; i++) {
      const mu = level[i]! * exposure[i]!;
      if (Number.isNaN(y[i]!) || !(mu > 1e-9)) continue;
      squares += (y[i]! - mu) * (y[i]! - mu);
      means += mu;
      power += mu * mu;
      count++;
    }
    if (count <= p || means === 0) break;
    const noise = Math.max(0, (squares - means) / power);
    const scale = Math.max(squares / (means + noise * power), 1e-6);
    gradient.fill(0);
    hessian.fill(0);
    for (let i = 0; i < n; i++) {
      const mu = level[i]! * exposure[i]!;
      if (Number.isNaN(y[i]!) || !(mu > 1e-9)) continue;
      const slope = 1 / (1 + noise * mu) / scale;
      const residual = (y[i]! - mu) * slope;
      const weight = mu * slope;
      for (let a = 0; a < p; a++) {
        const xa = columns[a]!.x[i]!;
        gradient[a]! += xa * residual;
        for (let b = 0; b <= a; b++) hessian[a * p + b]! += xa * columns[b]!.x[i]! * weight;
      }
    }
    for (let a = 0; a < p; a++) {
      const own = hessian[a * p + a]!;
      variances[a] = own > 1e-9 ? 1 / own : 1e9;
      const precision = priors[a]!.variance > 0 ? 1 / priors[a]!.variance : 1e12;
      gradient[a]! -= (beta[a]! - priors[a]!.mean) * precision;
      hessian[a * p + a]! += precision;
    }
    solve(hessian, gradient, p);
    for (let a = 0; a < p; a++) beta[a]! += Math.max(-2, Math.min(2, gradient[a]!));
  }
  return { coefficients: beta, variances };
}

/** Solves `A x = b` in place by Cholesky's decomposition; `A` is positive definite, its lower half given. `b` becomes `x`. */
export function solve(a: Float64Array, b: Float64Array, p: number): void {
  for (let i = 0; i < p; i++) {
    for (let j = 0; j <= i; j++) {
      let sum = a[i * p + j]!;
      for (let k = 0; k < j; k++) sum -= a[i * p + k]! * a[j * p + k]!;
      a[i * p + j] = i === j ? Math.sqrt(Math.max(sum, 1e-12)) : sum / a[j * p + j]!;
    }
    let sum = b[i]!;
    for (let k = 0; k < i; k++) sum -= a[i * p + k]! * b[k]!;
    b[i] = sum / a[i * p + i]!;
  }
  for (let i = p - 1; i >= 0; i--) {
    let sum = b[i]!;
    for (let k = i + 1; k < p; k++) sum -= a[k * p + i]! * b[k]!;
    b[i] = sum / a[i * p + i]!;
  }
}

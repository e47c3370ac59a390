import { exp, log } from "./elementary.ts";

/** The probability that a standard normal variable is at most `x`; error below 8e-16 relative to 1. Source: Marsaglia (2004), series; West (2005), tails. */
export function normalCdf(x: number): number {
  if (Number.isNaN(x)) return x;
  if (x < -38) return 0;
  if (x > 38) return 1;
  const density = 0.3989422804014327 * exp(-0.5 * x * x);
  const size = Math.abs(x);
  if (size > 4) {
    // Laplace's continued fraction, from the end.
    let fraction = size;
    for (let k = 30; k > 0; k--) fraction = size + k / fraction;
    return x < 0 ? density / fraction : 1 - density / fraction;
  }
  let sum = x;
  let term = x;
  for (let k = 3; Math.abs(term) > 1e-17 && k < 120; k += 2) {
    term *= (x * x) / k;
    sum += term;
  }
  return 0.5 + sum * density;
}

const central = [
  -39.69683028665376, 220.9460984245205, -275.9285104469687, 138.357751867269, -30.66479806614716,
  2.506628277459239,
];
const centralBelow = [
  -54.47609879822406, 161.5858368580409, -155.6989798598866, 66.80131188771972, -13.28068155288572, 1,
];
const tail = [
  -0.007784894002430293, -0.3223964580411365, -2.400758277161838, -2.549732539343734, 4.374664141464968,
  2.938163982698783,
];
const tailBelow = [0.007784695709041462, 0.3224671290700398, 2.445134137142996, 3.754408661907416, 1];

const polynomial = (coefficients: readonly number[], x: number): number => {
  let sum = 0;
  for (const c of coefficients) sum = sum * x + c;
  return sum;
};

/** The value that a standard normal variable stays at or below with probability `p`; relative error below 1.2e-9. Source: Acklam (2003). */
export function normalQuantile(p: number): number {
  if (!(p > 0)) return p === 0 ? Number.NEGATIVE_INFINITY : Number.NaN;
  if (p >= 1) return p === 1 ? Number.POSITIVE_INFINITY : Number.NaN;
  if (p > 1 - 0.02425) return -normalQuantile(1 - p);
  if (p < 0.02425) {
    const q = Math.sqrt(-2 * log(p));
    return polynomial(tail, q) / polynomial(tailBelow, q);
  }
  const q = p - 0.5;
  return (polynomial(central, q * q) * q) / polynomial(centralBelow, q * q);
}

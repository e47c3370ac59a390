import { pow } from "../numeric/elementary.ts";

/** What a value's weight is multiplied by each period, so that it halves in `halfLife` periods. */
export const decay = (halfLife: number): number => pow(0.5, 1 / halfLife);

/**
 * The level around every period: demand over exposure, both weighted by how near they lie on either side. Where nothing
 * is known near by it is `otherwise`.
 */
export function localLevel(
  y: Float64Array,
  exposure: Float64Array,
  halfLife: number,
  otherwise: number,
): Float64Array {
  const n = y.length;
  const d = decay(halfLife);
  const demand = new Float64Array(n);
  const exposed = new Float64Array(n);
  let a = 0;
  let b = 0;
  for (let i = 0; i < n; i++) {
    const value = y[i]!;
    a *= d;
    b *= d;
    if (!Number.isNaN(value)) {
      a += value;
      b += exposure[i]!;
    }
    demand[i] = a;
    exposed[i] = b;
  }
  a = 0;
  b = 0;
  for (let i = n - 1; i >= 0; i--) {
    demand[i]! += a;
    exposed[i]! += b;
    const value = y[i]!;
    if (!Number.isNaN(value)) {
      a += value;
      b += exposure[i]!;
    }
    a *= d;
    b *= d;
  }
  for (let i = 0; i < n; i++) demand[i] = exposed[i]! > 1e-9 ? demand[i]! / exposed[i]! : otherwise;
  return demand;
}

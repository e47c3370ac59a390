import type { Paths } from "./paths.ts";

export interface Depleted {
  /** The period at whose end nothing was left for the first time; one beyond the last where that never was. */
  readonly ranOut: Int32Array;
  /** Expected units not sold for want of stock in the first `periods`. */
  lost(periods: number): number;
  /** The same in each path's first `periods[i]`. */
  lostBefore(periods: Int32Array): number;
}

/** Takes demand from stock along every path; `arrivals[h]` come in at the beginning of period `h`. */
export function deplete({ count, length, demand }: Paths, stock: number, arrivals: Float64Array): Depleted {
  const ranOut = new Int32Array(count).fill(length + 1);
  const lost = new Float64Array(count * length);
  for (let i = 0; i < count; i++) {
    let left = stock;
    for (let h = 0; h < length; h++) {
      left += arrivals[h]!;
      const wanted = demand[i * length + h]!;
      if (wanted > left) lost[i * length + h] = wanted - left;
      left = Math.max(0, left - wanted);
      if (left <= 0 && ranOut[i]! > length) ranOut[i] = h + 1;
    }
  }
  const over = (until: (i: number) => number): number => {
    let sum = 0;
    for (let i = 0; i < count; i++)
      for (let h = 0; h < Math.min(length, until(i)); h++) sum += lost[i * length + h]!;
    return sum / count;
  };
  return {
    ranOut,
    lost: (periods) => over(() => periods),
    lostBefore: (periods) => over((i) => periods[i]!),
  };
}

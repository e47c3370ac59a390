import { quantile } from "../measure/statistics.ts";

/** What single calls took, in milliseconds. */
export interface Timing {
  median: number;
  p99: number;
}

/** Times each call by itself, after calls that are not counted. */
export function time<T>(inputs: readonly T[], call: (input: T) => unknown, warmUp = 20): Timing {
  for (const input of inputs.slice(0, warmUp)) call(input);
  const took = inputs.map((input) => {
    const from = performance.now();
    call(input);
    return performance.now() - from;
  });
  return { median: quantile(took, 0.5), p99: quantile(took, 0.99) };
}

/** How long it takes as a whole, in milliseconds. */
export function whole(work: () => unknown): number {
  const from = performance.now();
  work();
  return performance.now() - from;
}

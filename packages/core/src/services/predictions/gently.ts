import { pause } from "../pause.ts";

/** Rests for so many times as long as was worked: background work takes a fifth of a core at most. */
const restFactor = 4;

/** Does background work, and rests after it in proportion to what it took. */
export async function gently<T>(signal: AbortSignal, work: () => Promise<T>): Promise<T> {
  const from = performance.now();
  const done = await work();
  await pause((performance.now() - from) * restFactor, signal);
  return done;
}

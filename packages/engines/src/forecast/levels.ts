import { decay } from "./local.ts";
import type { Frequency } from "./types.ts";

/**
 * Half-lives of the recent levels, in periods, each twice the one before: from two weeks' memory to a season's for
 * daily sales, and as many values for the slower frequencies as make a mean of counts.
 */
const halfLives: Readonly<Record<Frequency, readonly number[]>> = {
  daily: [7, 14, 28, 56],
  weekly: [4, 8, 16, 32],
  monthly: [3, 6, 12, 24],
};

/** The level that works on square roots forgets as fast as the third of these, the long level it is scaled by ten times slower than the last. */
const long = 10;

/** Recent levels of demand per unit of exposure, each with its own memory, updated in O(1) per value. */
export interface Levels {
  readonly names: readonly string[];
  /** Takes a value (NaN: unknown) and the exposure under which it came. */
  add(value: number, exposure: number): void;
  /** The levels now, into `out`; the plain mean until there is more. */
  read(out: Float64Array): void;
  /** A copy that goes its own way. */
  copy(): Levels;
}

export function levels(frequency: Frequency, state?: Float64Array): Levels {
  const lives = halfLives[frequency];
  const m = lives.length;
  // Demand and exposure of each memory; then of the long one, and the same of square roots (the third and the long memory).
  const sums = state ? state.slice() : new Float64Array(2 * m + 6);
  const decays = decaysOf[frequency];
  const at = 2 * m;
  return {
    names: namesOf[frequency],
    add(value, exposure) {
      const isKnown = !Number.isNaN(value);
      for (let k = 0; k < m; k++) {
        const d = decays[k]!;
        sums[2 * k] = sums[2 * k]! * d + (isKnown ? value : 0);
        sums[2 * k + 1] = sums[2 * k + 1]! * d + (isKnown ? exposure : 0);
      }
      const short = decays[2]!;
      const slow = decays[m]!;
      const root = isKnown ? Math.sqrt(value * exposure) : 0;
      const known = isKnown ? exposure : 0;
      sums[at] = sums[at]! * slow + (isKnown ? value : 0);
      sums[at + 1] = sums[at + 1]! * slow + known;
      sums[at + 2] = sums[at + 2]! * short + root;
      sums[at + 3] = sums[at + 3]! * short + known;
      sums[at + 4] = sums[at + 4]! * slow + root;
      sums[at + 5] = sums[at + 5]! * slow + known;
    },
    read(out) {
      const mean = sums[at + 1]! > 1e-12 ? sums[at]! / sums[at + 1]! : 0;
      for (let k = 0; k < m; k++) out[k] = sums[2 * k + 1]! > 1e-12 ? sums[2 * k]! / sums[2 * k + 1]! : mean;
      const short = sums[at + 3]! > 1e-12 ? sums[at + 2]! / sums[at + 3]! : 0;
      const slow = sums[at + 5]! > 1e-12 ? sums[at + 4]! / sums[at + 5]! : 0;
      out[m] = slow > 1e-12 ? mean * (short / slow) * (short / slow) : mean;
    },
    copy: () => levels(frequency, sums),
  };
}

const decaysOf: Readonly<Record<Frequency, Float64Array>> = {
  daily: decays("daily"),
  weekly: decays("weekly"),
  monthly: decays("monthly"),
};

function decays(frequency: Frequency): Float64Array {
  const lives = halfLives[frequency];
  return Float64Array.from([...lives, lives.at(-1)! * long], decay);
}

const namesOf: Readonly<Record<Frequency, readonly string[]>> = {
  daily: names("daily"),
  weekly: names("weekly"),
  monthly: names("monthly"),
};

function names(frequency: Frequency): string[] {
  const lives = halfLives[frequency];
  return [...lives.map((life) => `level_${life}`), `root_level_${lives[2]!}`];
}

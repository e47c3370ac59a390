import { mixed } from "./hash.ts";

/**
 * The character n-grams of a word with a blank on either side, from `shortest` to `longest` characters: each as a 32-bit
 * hash (FNV-1a, mixed once more) and whether a digit is in it (Cavnar & Trenkle 1994).
 */
export function grams(
  word: string,
  shortest: number,
  longest: number,
  each: (key: number, digit: boolean) => void,
  seed = 0,
): void {
  const padded = ` ${word} `;
  for (let from = 0; from + shortest <= padded.length; from++) {
    let state = (0x811c9dc5 ^ seed) >>> 0;
    let digit = false;
    const until = Math.min(from + longest, padded.length);
    for (let i = from; i < until; i++) {
      const code = padded.charCodeAt(i);
      digit ||= code >= 48 && code <= 57;
      state = Math.imul(state ^ code, 0x01000193);
      if (i - from + 1 >= shortest) each(mixed(state), digit);
    }
  }
}

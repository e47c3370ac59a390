import { yearLength } from "./calendar.ts";
import { localLevel } from "./local.ts";
import { type Season, season } from "./season.ts";
import type { Series } from "./series.ts";
import type { ShopProfile } from "./types.ts";

/** The raw season of the year of a series that has two years or more. */
export function yearOf({ y, n, mean, frequency, calendar }: Series): Season | null {
  const length = yearLength[frequency];
  if (!calendar.dated || n < 2 * length) return null;
  const expected = localLevel(y, new Float64Array(n).fill(1), length / 2, mean);
  return season(y, expected, calendar.month, 12, length);
}

/** What products' seasons have in common, and how much they differ beyond chance. */
export function pooledSeason(all: readonly (Season | null)[]): ShopProfile["weekday"] {
  const seasons = all.filter((season) => season !== null);
  const [first] = seasons;
  if (!first || seasons.length < 2) return null;
  const positions = first.ratios.length;
  const factors: number[] = [];
  // Each product weighs by what its ratios tell, but none overwhelmingly: precision around a between-product variance of some tenths.
  const between = 0.2;
  for (let k = 0; k < positions; k++) {
    let sum = 0;
    let weight = 0;
    for (const { ratios, noise } of seasons) {
      const w = 1 / (between + noise[k]!);
      sum += w * Math.min(ratios[k]!, positions);
      weight += w;
    }
    factors.push(weight > 0 ? sum / weight : 1);
  }
  const mean = factors.reduce((sum, f) => sum + f, 0) / positions;
  for (let k = 0; k < positions; k++) factors[k] = mean > 0 ? factors[k]! / mean : 1;
  // Spread of products around the shop beyond chance, by moments.
  let spread = 0;
  let weight = 0;
  for (const { ratios, noise } of seasons)
    for (let k = 0; k < positions; k++) {
      const w = 1 / ((between + noise[k]!) * (between + noise[k]!));
      spread += w * ((ratios[k]! - factors[k]!) * (ratios[k]! - factors[k]!) - noise[k]!);
      weight += w;
    }
  return { factors, variance: Math.max(0, Math.min(1, spread / weight)) };
}

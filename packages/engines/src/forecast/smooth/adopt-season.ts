import { movingAverage } from "./moving-average.ts";
import type { Season } from "./seasons.ts";

/**
 * A season that is known from elsewhere, as far as the values follow it: the slope of their ratios on its profile, from 0 to
 * 1, taken together with a belief of 1 give or take a half.
 */
export function adoptSeason(values: Float64Array, n: number, season: Season): Season {
  const { period, factors } = season;
  const trend = movingAverage(values, n, period);
  let pp = 0;
  let pr = 0;
  let rr = 0;
  let count = 0;
  for (let i = 0; i < n; i++) {
    const level = trend[i]!;
    if (Number.isNaN(values[i]!) || !(level > 0)) continue;
    const predicted = factors[i % period]! - 1;
    const ratio = values[i]! / level - 1;
    pp += level * predicted * predicted;
    pr += level * predicted * ratio;
    rr += level * ratio * ratio;
    count++;
  }
  const noise = count > 0 ? (rr - 2 * pr + pp) / count : 0;
  const doubt = 4 * noise;
  const shrinkage = pp + doubt > 0 ? Math.max(0, Math.min(1, (pr + doubt) / (pp + doubt))) : 1;
  return { ...season, factors: factors.map((factor) => 1 + shrinkage * (factor - 1)), shrinkage };
}

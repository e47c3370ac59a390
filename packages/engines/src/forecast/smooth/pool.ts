import { checked, whole } from "./bounds.ts";
import { memberCount } from "./lattice.ts";
import type { Losses } from "./losses.ts";
import { factorize, learn, limitOf } from "./model.ts";
import { findSeason, type Season } from "./seasons.ts";
import type { MemberPrior } from "./weights.ts";

/** What a shop's products have in common. Plain data: it can be stored. */
export interface Pool {
  /** Which members fit them; null where the products are too few or too new to say. */
  members: MemberPrior | null;
  /** Seasons of the shop. Position 0 of a cycle is the first step after the histories that were pooled. */
  seasons: Season[];
}

/** Members are compared on at most this many products, spread over all. */
const enough = 500;

/**
 * Learns from many series of one kind, all ending with the same step, what one of them alone is too noisy to tell.
 *
 * Seasons: every series by its own mean, averaged over the shop, is one quiet series, whose seasons are found as those of any
 * other. Members: `poolMembers`.
 *
 * @param shop Of each product: values per step, oldest first; NaN where unknown.
 * @param periods Periods that a season might have, shortest first.
 * @throws EngineError as `portfolio` does.
 */
export function pool(shop: readonly Float64Array[], horizon: number, periods: readonly number[]): Pool {
  whole("horizon", horizon);
  for (let i = 0; i < periods.length; i++) whole(`periods.${i}`, periods[i]!);
  const histories = shop.map((history, i) => checked(`shop.${i}`, history));
  const average = averageOf(histories);
  const n = average.length;
  const seasons: Season[] = [];
  for (const period of periods) {
    const season = findSeason(average, n, period);
    if (season === null) continue;
    factorize(average, season, null);
    seasons.push({ ...season, factors: season.factors.map((_, s) => season.factors[(n + s) % period]!) });
  }
  const stride = Math.max(1, Math.ceil(histories.length / enough));
  const compared: Losses[] = [];
  for (let i = 0; i < histories.length; i += stride) {
    const { losses } = learn(histories[i]!, histories[i]!.length, horizon, periods, 100, {
      members: null,
      seasons: aligned(seasons, histories[i]!.length),
    });
    compared.push(losses);
  }
  return { members: poolMembers(compared), seasons };
}

/** Seasons whose position 0 follows the history, as seasons of a history of `n` values. */
export function aligned(seasons: readonly Season[], n: number): Season[] {
  return seasons.map((season) => {
    const { period } = season;
    const shift = period - (n % period);
    return { ...season, factors: season.factors.map((_, s) => season.factors[(s + shift) % period]!) };
  });
}

/** The mean over the series of what each step sold relative to the series' own mean; aligned at the end. */
function averageOf(histories: readonly Float64Array[]): Float64Array {
  const length = histories.reduce((longest, history) => Math.max(longest, history.length), 0);
  const sums = new Float64Array(length);
  const counts = new Float64Array(length);
  for (const history of histories) {
    const limit = limitOf(history, history.length);
    let sum = 0;
    let known = 0;
    for (const value of history) {
      if (Number.isNaN(value)) continue;
      sum += Math.min(value, limit);
      known++;
    }
    if (sum === 0) continue;
    const shift = length - history.length;
    for (let i = 0; i < history.length; i++) {
      if (Number.isNaN(history[i]!)) continue;
      sums[shift + i]! += (Math.min(history[i]!, limit) * known) / sum;
      counts[shift + i]!++;
    }
  }
  return sums.map((sum, i) => (counts[i]! > 0 ? sum / counts[i]! : Number.NaN));
}

/**
 * The members' mean losses over a shop's series, with a strength that the data say. How alike the losses of the two halves of a history
 * are, once what all series have in common is taken away, is the reliability ρ of what one series says of itself (split halves,
 * Spearman 1910, Brown 1910); the shop is then worth `n (1 − ρ) / ρ` values of its own. So unlike series (M3) learn little from
 * each other and a shop's products much. Null where fewer than eight series can say.
 */
export function poolMembers(all: readonly Losses[]): MemberPrior | null {
  // A member without an error is of a series without a question.
  const compared = all.filter(({ halves }) =>
    halves?.every((half) => half.every((loss) => Math.abs(loss) < 20)),
  );
  const count = compared.length;
  // Correlations of fewer pairs say nothing.
  if (count < 8) return null;
  const losses = new Float64Array(memberCount);
  let known = 0;
  let both = 0;
  let older = 0;
  let newer = 0;
  for (const series of compared) known += series.known;
  for (let k = 0; k < memberCount; k++) {
    let a = 0;
    let b = 0;
    for (const { all, halves } of compared) {
      losses[k]! += all[k]! / count;
      a += halves![0][k]! / count;
      b += halves![1][k]! / count;
    }
    for (const { halves } of compared) {
      const x = halves![0][k]! - a;
      const y = halves![1][k]! - b;
      both += x * y;
      older += x * x;
      newer += y * y;
    }
  }
  const half = older > 0 && newer > 0 ? Math.max(0, both / Math.sqrt(older * newer)) : 0;
  const reliability = (2 * half) / (1 + half);
  const own = known / count;
  return {
    losses,
    strength: Math.min(known, reliability > 0 ? (own * (1 - reliability)) / reliability : known),
  };
}

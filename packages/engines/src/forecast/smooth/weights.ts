import { exp } from "../../numeric/elementary.ts";
import { familyNames, familyOf, gainOf, memberCount } from "./lattice.ts";
import type { Losses } from "./losses.ts";

/** What other series say of the members: their mean losses, worth as much as `strength` values of the series itself. */
export interface MemberPrior {
  losses: Float64Array;
  strength: number;
}

/** Gains below this all mean a memory longer than most histories. */
const slow = 0.03;

/**
 * The members' weights, sum 1. Within a family: the loss to the power `−2√n`, so that longer histories choose more sharply, over the
 * gain, as a quick member must show that it is needed: chance alone makes some of many look good on short histories. Between
 * families: to the power −6 whatever the length, as combining ideas helps where choosing among settings of one does not. (The powers
 * are flat optima: half or twice of them changes hardly a figure.)
 */
export function weigh(losses: Losses, prior: MemberPrior | null): Float64Array {
  const groups = familyNames.length;
  const weights = new Float64Array(memberCount);
  const loss = new Float64Array(memberCount);
  const least = new Float64Array(groups).fill(Number.POSITIVE_INFINITY);
  const evidence = losses.known + (prior?.strength ?? 0);
  const own = prior === null || evidence === 0 ? 1 : losses.known / evidence;
  for (let k = 0; k < memberCount; k++) {
    const g = familyOf[k]!;
    loss[k] = own * losses.all[k]! + (1 - own) * (prior?.losses[k] ?? 0);
    least[g] = Math.min(least[g]!, loss[k]!);
  }
  const sharpness = 2 * Math.sqrt(evidence);
  const sums = new Float64Array(groups);
  const means = new Float64Array(groups);
  for (let k = 0; k < memberCount; k++) {
    const g = familyOf[k]!;
    weights[k] = exp(-sharpness * (loss[k]! - least[g]!)) / Math.max(gainOf[k]!, slow);
    sums[g]! += weights[k]!;
    means[g]! += weights[k]! * loss[k]!;
  }
  let best = Number.POSITIVE_INFINITY;
  for (let g = 0; g < groups; g++) {
    means[g]! /= sums[g]!;
    best = Math.min(best, means[g]!);
  }
  let total = 0;
  for (let g = 0; g < groups; g++) {
    means[g] = exp(-6 * (means[g]! - best));
    total += means[g]!;
  }
  for (let k = 0; k < memberCount; k++) weights[k]! *= means[familyOf[k]!]! / (sums[familyOf[k]!]! * total);
  return weights;
}

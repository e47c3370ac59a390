import { exp, log } from "../../numeric/elementary.ts";
import {
  familyNames,
  familyOf,
  lines,
  memberCount,
  reachOf,
  reachTable,
  type State,
  update,
} from "./lattice.ts";

/** At most this many steps of the horizon are looked at: enough to tell members apart, and bounded work. */
const steps = 10;

/**
 * Runs the members over the `adjusted` values (without their seasonal `factors`) and returns their weights. From at most `origins` origins the members' forecasts are
 * compared with what came: mean of |error|^1.5, between the squares that belong to means and the absolutes that outliers do not rule.
 * Within a family the weight is the loss to the power `−2√n`, so that longer histories choose more sharply; between
 * families to the power −6, because combining different ideas helps where choosing among settings of one does not.
 */
export function weigh(
  state: State,
  adjusted: Float64Array,
  factors: Float64Array,
  horizon: number,
  origins: number,
): Float64Array {
  const n = adjusted.length;
  const table = reachTable(horizon);
  const base = new Float64Array(memberCount);
  const rise = new Float64Array(memberCount);
  const loss = new Float64Array(memberCount);
  const first = Math.max(4, Math.floor(n * 0.1));
  const stride = Math.max(1, Math.ceil((n - 1 - first) / origins));
  const hop = Math.max(1, Math.ceil(horizon / steps));
  let count = 0;
  for (let i = 0; i < n; i++) {
    update(state, adjusted[i]!);
    if (i < first || i === n - 1 || (n - 1 - i) % stride !== 0) continue;
    lines(state, base, rise);
    const end = Math.min(horizon, n - 1 - i);
    for (let j = 0; j < end; j += hop) {
      const value = adjusted[i + 1 + j]!;
      if (Number.isNaN(value)) continue;
      const factor = factors[i + 1 + j]!;
      count++;
      for (let k = 0; k < memberCount; k++) {
        const error = Math.abs(value - base[k]! - rise[k]! * table[reachOf[k]! * horizon + j]!) * factor;
        loss[k]! += error * Math.sqrt(error);
      }
    }
  }
  return fromLosses(loss, count, state.known);
}

function fromLosses(loss: Float64Array, count: number, known: number): Float64Array {
  const weights = new Float64Array(memberCount);
  const groups = familyNames.length;
  const least = new Float64Array(groups).fill(Number.POSITIVE_INFINITY);
  for (let k = 0; k < memberCount; k++) {
    const mean = count > 0 ? loss[k]! / count : 1;
    // log of the loss on the scale of squares; the floor lets perfect members share.
    loss[k] = (4 / 3) * log(Math.max(mean, 1e-200));
    least[familyOf[k]!] = Math.min(least[familyOf[k]!]!, loss[k]!);
  }
  const sharpness = 2 * Math.sqrt(known);
  const sums = new Float64Array(groups);
  const losses = new Float64Array(groups);
  for (let k = 0; k < memberCount; k++) {
    const g = familyOf[k]!;
    weights[k] = exp(-sharpness * (loss[k]! - least[g]!));
    sums[g]! += weights[k]!;
    losses[g]! += weights[k]! * loss[k]!;
  }
  let best = Number.POSITIVE_INFINITY;
  for (let g = 0; g < groups; g++) {
    losses[g]! /= sums[g]!;
    best = Math.min(best, losses[g]!);
  }
  let total = 0;
  for (let g = 0; g < groups; g++) {
    losses[g] = exp(-6 * (losses[g]! - best));
    total += losses[g]!;
  }
  for (let k = 0; k < memberCount; k++) weights[k]! *= losses[familyOf[k]!]! / (sums[familyOf[k]!]! * total);
  return weights;
}

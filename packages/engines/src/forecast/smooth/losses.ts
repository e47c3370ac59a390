import { log } from "../../numeric/elementary.ts";
import { lines, memberCount, reachOf, reachTable, type State, update } from "./lattice.ts";

/** How members fared on one series. */
export interface Losses {
  /** Log of the mean loss on the scale of squared errors, less its mean over members: of all origins. */
  all: Float64Array;
  /** The same of the older and of the newer half of the origins; null where there are too few. */
  halves: [Float64Array, Float64Array] | null;
  /** Known values that the members have seen. */
  known: number;
}

/** From so many steps of the horizon errors are taken: many origins tell more than many steps of one, and work is bounded. */
const steps = 4;

/** To all members' errors so many of the average size are added, as from four origins: a hit or two on a short history is luck. */
const doubt = 16;

/**
 * Runs the members over the `adjusted` values (without their seasonal `factors`, NaN: unknown). From at most `origins` points in time their
 * forecasts are compared with what came, by mean |error|^1.5: between the squares that belong to means and the absolutes that
 * outliers do not rule. `state` is then that after the last value.
 */
export function compare(
  state: State,
  adjusted: Float64Array,
  factors: Float64Array,
  horizon: number,
  origins: number,
): Losses {
  const n = adjusted.length;
  const hop = Math.ceil(horizon / steps);
  const reaches = memberReaches(horizon, hop);
  const base = new Float64Array(memberCount);
  const rise = new Float64Array(memberCount);
  const sums = [new Float64Array(memberCount), new Float64Array(memberCount)] as const;
  const counts: [number, number] = [0, 0];
  const first = Math.max(4, Math.floor(n * 0.1));
  const stride = Math.max(1, Math.ceil((n - 1 - first) / origins));
  for (let i = 0; i < n; i++) {
    update(state, adjusted[i]!, factors[i]!);
    if (i < first || i === n - 1 || (n - 1 - i) % stride !== 0) continue;
    lines(state, base, rise);
    const half = i + i < first + n ? 0 : 1;
    const loss = sums[half];
    for (let j = 0, row = 0; j < horizon && i + 1 + j < n; j += hop, row++) {
      const reach = reaches[row]!;
      const value = adjusted[i + 1 + j]!;
      if (Number.isNaN(value)) continue;
      const factor = factors[i + 1 + j]!;
      counts[half]++;
      for (let k = 0; k < memberCount; k++) {
        const error = Math.abs(value - base[k]! - rise[k]! * reach[k]!) * factor;
        loss[k]! += error * Math.sqrt(error);
      }
    }
  }
  const [older, newer] = sums;
  const halves: Losses["halves"] =
    counts[0] > 0 && counts[1] > 0 ? [centered(older, counts[0]), centered(newer, counts[1])] : null;
  const total = older.map((loss, k) => loss + newer[k]!);
  return { all: centered(total, counts[0] + counts[1]), halves, known: state.known };
}

/** Every member's reach at each step that is looked at. */
function memberReaches(horizon: number, hop: number): Float64Array[] {
  const table = reachTable(horizon);
  return Array.from({ length: Math.ceil(horizon / hop) }, (_, row) =>
    Float64Array.from(reachOf, (damping) => table[damping * horizon + row * hop]!),
  );
}

function centered(sums: Float64Array, count: number): Float64Array {
  if (count === 0) return new Float64Array(memberCount);
  const common = (doubt * sums.reduce((sum, value) => sum + value, 0)) / (memberCount * count);
  // The floor lets members share that are all perfect.
  const logs = sums.map((sum) => (4 / 3) * log(Math.max((sum + common) / (count + doubt), 1e-200)));
  const center = logs.reduce((sum, value) => sum + value, 0) / memberCount;
  return logs.map((value) => value - center);
}

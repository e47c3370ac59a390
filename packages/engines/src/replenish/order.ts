import { calibrated, uncalibrate } from "../forecast/calibration.ts";
import { normalQuantile } from "../numeric/normal.ts";
import type { Asked } from "./asked.ts";
import type { Paths } from "./paths.ts";
import { type Depleted, shortfalls } from "./stock.ts";

/** What to order, and what speaks for it. */
export interface Order {
  readonly reorderPoint: number;
  readonly safetyStock: number;
  /** The last period before which to order; `null`: not within the horizon. */
  readonly by: number | null;
  /** The probability that stock runs out before an order placed now arrives; `late` where it is above what the service level allows. */
  readonly riskNow: number;
  readonly late: boolean;
  /** What stock falls short of, then at least the minimum, then in packs. */
  readonly wanted: number;
  readonly raised: number;
  readonly quantity: number;
}

export function orderOf(
  asked: Asked,
  sample: Paths,
  { gone, arrivals, leads }: { gone: Depleted; arrivals: Float64Array; leads: Int32Array },
): Order {
  const { demand, horizon, stock, service, cover, minimumOrder, packSize } = asked;
  const level = calibrated(demand.totals, service);
  const units = (amount: number): number => (demand.counts ? Math.max(0, Math.ceil(amount - 1e-9)) : amount);

  // Demand until an order placed now arrives, and in the one period in which one looks.
  const untilArrival = sums(sample, leads, 1);
  const reorderPoint = units(quantile(untilArrival, level));

  const runsOutBefore = (by: number): number => {
    let out = 0;
    for (let i = 0; i < sample.count; i++)
      if (gone.ranOut[i]! <= Math.min(sample.length, by + leads[i]!)) out++;
    return 1 - uncalibrate(demand.totals, 1 - out / sample.count);
  };
  const risk = 1 - service;
  const riskNow = runsOutBefore(0);
  const by = lastUntil(horizon, (period) => runsOutBefore(period) <= risk);

  const missing =
    by === null ? 0 : quantile(shortfalls(sample, stock, arrivals, { by, leads, cover }), level);
  const wanted = units(missing);
  const raised = wanted > 0 ? Math.max(wanted, minimumOrder) : 0;
  return {
    reorderPoint,
    safetyStock: Math.max(0, reorderPoint - mean(untilArrival)),
    by,
    riskNow,
    late: riskNow > risk,
    wanted,
    raised,
    // The slack is for sums that are off in their last digits; one pack is the least of what is wanted.
    quantity: raised > 0 ? Math.max(1, Math.ceil(raised / packSize - 1e-9)) * packSize : 0,
  };
}

/** Each path's own lead time in whole periods, normal around its mean and never negative. */
export function leadTimes({ count, chance, length }: Paths, { mean, deviation }: Asked["lead"]): Int32Array {
  return Int32Array.from({ length: count }, (_, i) => {
    const drawn = mean + (deviation > 0 ? deviation * normalQuantile(Math.max(chance[i]!, 1e-9)) : 0);
    return Math.min(length - 1, Math.max(0, Math.ceil(drawn - 1e-9)));
  });
}

/** The last period below `end` that is soon enough, 0 where none is, `null` where all are; soonness ends once and for all. */
function lastUntil(end: number, isSoonEnough: (period: number) => boolean): number | null {
  if (isSoonEnough(end)) return null;
  let low = 0;
  let high = end;
  while (low + 1 < high) {
    const middle = (low + high) >> 1;
    if (isSoonEnough(middle)) low = middle;
    else high = middle;
  }
  return low;
}

/** Each path's demand over its lead time and `more` periods, ascending. */
function sums({ count, length, demand }: Paths, leads: Int32Array, more: number): Float64Array {
  const out = new Float64Array(count);
  for (let i = 0; i < count; i++) {
    const end = Math.min(length, leads[i]! + more);
    for (let h = 0; h < end; h++) out[i]! += demand[i * length + h]!;
  }
  return out.sort();
}

const mean = (values: Float64Array): number => values.reduce((sum, v) => sum + v, 0) / values.length;

const quantile = (sorted: Float64Array, p: number): number =>
  sorted[Math.min(sorted.length - 1, Math.max(0, Math.ceil(p * sorted.length) - 1))]!;

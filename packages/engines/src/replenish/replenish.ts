import { uncalibrate } from "../forecast/calibration.ts";
import type { Demand } from "../forecast/types.ts";
import { type Asked, checked } from "./asked.ts";
import { leadTimes, orderOf } from "./order.ts";
import { paths } from "./paths.ts";
import { reasonsOf } from "./reasons.ts";
import { deplete } from "./stock.ts";
import type { ReplenishInput, Replenishment, ReplenishOptions } from "./types.ts";

/**
 * When stock runs out and what to order, from simulated paths of demand.
 *
 * Each path takes demand from stock period by period; goods on their way arrive at the beginning of theirs, and what is not there is
 * not sold. Probabilities are shares of paths, recalibrated by how forecasts of totals erred in the past. The reorder
 * point is the quantile of demand over the lead time (and one period, in which one looks) at the service level (Silver, Pyke & Thomas 2017);
 * the order is the quantile of what paths fall short of between its arrival and the end of its cover. Deterministic: the same
 * seed, the same answer.
 *
 * @throws EngineError where a number is not finite or out of its bounds.
 * @example
 * const found = forecast({ values, frequency: "daily" }, { horizon: 28 });
 * if (found.verdict === "ok")
 *   replenish({ demand: found.demand, stock: 40, leadTime: { mean: 7, deviation: 2 }, packSize: 12 });
 */
export function replenish(input: ReplenishInput, options: ReplenishOptions = {}): Replenishment {
  const asked = checked(input, options);
  const { demand, horizon, stock, length, price } = asked;
  const sample = paths(demand, length, asked.paths, asked.seed);
  const arrivals = new Float64Array(length);
  for (const { period, quantity } of asked.incoming) if (period <= length) arrivals[period - 1]! += quantity;
  const leads = leadTimes(sample, asked.lead);
  const gone = deplete(sample, stock, arrivals);

  const probability = runOutBy(gone.ranOut, length, demand);
  const reached = (share: number): number | null => {
    const at = probability.findIndex((p) => p >= share);
    return at < 0 || at >= horizon ? null : at + 1;
  };
  const p50 = reached(0.5);
  const order = orderOf(asked, sample, { gone, arrivals, leads });
  const isOrdered = order.quantity > 0;
  const units = gone.lost(horizon);
  const before = gone.lostBefore(leads);
  const money = (lost: number): number | null => (price === null ? null : lost * price);
  return {
    runsOut: {
      within: asked.within.map((periods) => ({ periods, probability: probability[periods - 1]! })),
      probability: probability.slice(0, horizon),
      p10: reached(0.1),
      p50,
      p90: reached(0.9),
    },
    cover: coverOf(asked),
    reorderPoint: order.reorderPoint,
    safetyStock: order.safetyStock,
    order: { quantity: order.quantity, by: isOrdered ? order.by : null, late: isOrdered && order.late },
    atRisk: { units, money: money(units), unitsBeforeArrival: before, moneyBeforeArrival: money(before) },
    reasons: reasonsOf(asked, order, probability, p50),
  };
}

/** The probability of having run out by each period: the share of paths, recalibrated. */
function runOutBy(ranOut: Int32Array, length: number, { totals }: Demand): number[] {
  const at = new Float64Array(length + 1);
  for (const period of ranOut) if (period <= length) at[period]! += 1;
  const out: number[] = [];
  for (let h = 1, sum = 0; h <= length; h++) {
    sum += at[h]!;
    const p = 1 - uncalibrate(totals, 1 - sum / ranOut.length);
    out.push(Math.max(out.at(-1) ?? 0, Math.min(1, p)));
  }
  return out;
}

/** Periods until mean demand has used up stock and what arrives in time; beyond the horizon at its mean rate. */
function coverOf({ demand: { mean }, stock, incoming }: Asked): number | null {
  const rate = mean.reduce((sum, m) => sum + m, 0) / mean.length;
  if (!(rate > 1e-9)) return null;
  let left = stock;
  for (let h = 0; h < mean.length; h++) {
    for (const { period, quantity } of incoming) if (period === h + 1) left += quantity;
    if (left <= mean[h]!) return h + (mean[h]! > 0 ? left / mean[h]! : 0);
    left -= mean[h]!;
  }
  for (const { period, quantity } of incoming) if (period > mean.length) left += quantity;
  return mean.length + left / rate;
}

import { EngineError, finite } from "../errors.ts";
import { calibrated, uncalibrate } from "../forecast/calibration.ts";
import type { Demand } from "../forecast/types.ts";
import { normalQuantile } from "../numeric/normal.ts";
import { paths as draw, type Paths } from "./paths.ts";
import { deplete } from "./stock.ts";
import type { Incoming, ReplenishInput, Replenishment, ReplenishOptions, ReplenishReason } from "./types.ts";

/** Periods looked ahead at most: a lead time of a year and its cover. */
const longest = 730;

/**
 * When stock runs out and what to order, from simulated paths of demand.
 *
 * Each path takes demand from stock period by period; goods on their way arrive at the beginning of theirs, and what is not there is
 * not sold. Probabilities are shares of paths, recalibrated by how the shop's forecasts of totals erred in the past. The reorder
 * point is the quantile of demand over the lead time (and one period, in which one looks) at the service level; the order lifts the stock
 * to that quantile over lead time and cover (Silver, Pyke & Thomas 2017, order-up-to). Deterministic: the same seed, the same answer.
 *
 * @throws EngineError where a number is not finite or out of its bounds.
 * @example
 * const found = forecast({ values, frequency: "daily" }, { horizon: 28 });
 * if (found.verdict === "ok")
 *   replenish({ demand: found.demand, stock: 40, leadTime: { mean: 7, deviation: 2 }, packSize: 12 });
 */
export function replenish(input: ReplenishInput, options: ReplenishOptions = {}): Replenishment {
  const { demand, incoming = [], packSize = 1, minimumOrder = 0, price } = input;
  const stock = finite("stock", input.stock, 0, 1e12);
  const lead = finite("leadTime.mean", input.leadTime.mean, 0, 365);
  const deviation = finite("leadTime.deviation", input.leadTime.deviation ?? 0, 0, 365);
  const service = finite("serviceLevel", options.serviceLevel ?? 0.95, 0.5, 0.999);
  const horizon = demand.mean.length;
  const cover = whole("cover", options.cover ?? Math.min(28, horizon), 1, 365);
  const count = whole("paths", options.paths ?? 1000, 500, 4000);
  const within = options.within ?? [7, 14, 28];
  within.forEach((n, i) => {
    whole(`within.${i}`, n, 1, longest);
  });
  incoming.forEach(({ period, quantity }, i) => {
    whole(`incoming.${i}.period`, period, 1, 1e6);
    finite(`incoming.${i}.quantity`, quantity, 0, 1e12);
  });
  finite("packSize", packSize, 1e-9, 1e12);
  finite("minimumOrder", minimumOrder, 0, 1e12);
  if (price !== undefined) finite("price", price, 0, 1e12);
  const furthest = Math.ceil(lead + 3 * deviation) + cover + 1;
  const length = Math.min(longest, Math.max(horizon, furthest, ...within));
  const sample = draw(demand, length, count, options.seed ?? 1);
  const arrivals = new Float64Array(length);
  for (const { period, quantity } of incoming) if (period <= length) arrivals[period - 1]! += quantity;
  const gone = deplete(sample, stock, arrivals);
  const leads = leadTimes(sample, lead, deviation, length);

  const probability = ranOut(gone.ranOut, length, demand);
  const p = (level: number): number | null => {
    const at = probability.findIndex((q) => q >= level);
    return at < 0 || at >= horizon ? null : at + 1;
  };

  // Demand from now until an order placed now arrives, and until the next period's would.
  const untilArrival = sums(sample, leads, 1);
  const total = sums(sample, leads, cover);
  const level = calibrated(demand.totals, service);
  const reorderPoint = Math.ceil(quantile(untilArrival, level));
  const safetyStock = Math.max(0, reorderPoint - mean(untilArrival));

  // The last period before which an order comes early enough.
  const risk = 1 - service;
  const late = (by: number): number => {
    let out = 0;
    for (let i = 0; i < count; i++) if (gone.ranOut[i]! <= by + leads[i]!) out++;
    return 1 - uncalibrate(demand.totals, 1 - out / count);
  };
  const riskNow = late(0);
  let by: number | null = 0;
  if (riskNow <= risk) {
    // Ascending in `by`: by halves.
    let high = length;
    while (by + 1 < high) {
      const middle: number = (by + high) >> 1;
      if (late(middle) <= risk) by = middle;
      else high = middle;
    }
  }
  const soon: number = by;
  if (by >= horizon) by = null;

  // What there will be when ordering, and what is still to come before the order is used up.
  let available = stock;
  for (const { period, quantity } of incoming) if (period <= soon + lead + cover) available += quantity;
  let expected = 0;
  for (let h = 0; h < Math.min(soon, length); h++) expected += h < horizon ? demand.mean[h]! : 0;
  const target = quantile(total, level);
  const wanted = Math.max(0, Math.ceil(target - Math.max(0, available - expected) - 1e-9));
  const raised = wanted > 0 ? Math.max(wanted, minimumOrder) : 0;
  const quantity = by === null ? 0 : Math.ceil(raised / packSize - 1e-9) * packSize;

  const units = gone.lost(horizon);
  const before = gone.lostBefore(leads);
  const reasons: ReplenishReason[] = [];
  const demandMean = demand.mean.reduce((sum, m) => sum + m, 0);
  if (stock === 0) reasons.push({ kind: "out_of_stock" });
  if (demandMean <= 0) reasons.push({ kind: "no_demand" });
  else if (p(0.5) === null) reasons.push({ kind: "lasts_beyond_horizon", periods: horizon });
  const counted = incoming.filter(({ period }) => period <= length);
  const arriving = counted.reduce((sum, { quantity: q }) => sum + q, 0);
  if (arriving > 0) reasons.push({ kind: "incoming_counted", quantity: arriving });
  for (const { period, quantity: q } of counted)
    if (q > 0 && period > 1 && probability[period - 2]! >= 0.5)
      reasons.push({ kind: "incoming_too_late", quantity: q, period });
  if (riskNow > risk && demandMean > 0) reasons.push({ kind: "order_too_late", probability: riskNow });
  reasons.push({ kind: "service_level", level: service, reorderPoint, position: stock + arriving });
  if (quantity > 0 && raised > wanted) reasons.push({ kind: "raised_to_minimum", from: wanted, to: raised });
  if (quantity > raised) reasons.push({ kind: "rounded_to_pack", from: raised, to: quantity });
  const money = (u: number): number | null => (price === undefined ? null : u * price);
  return {
    runsOut: {
      within: within.map((periods) => ({ periods, probability: probability[periods - 1]! })),
      probability: probability.slice(0, horizon),
      p10: p(0.1),
      p50: p(0.5),
      p90: p(0.9),
    },
    cover: coverOf(demand, stock, incoming),
    reorderPoint,
    safetyStock,
    order: { quantity, by: quantity > 0 ? by : null, late: riskNow > risk && quantity > 0 },
    atRisk: { units, money: money(units), unitsBeforeArrival: before, moneyBeforeArrival: money(before) },
    reasons,
  };
}

function whole(field: string, value: number, min: number, max: number): number {
  finite(field, value, min, max);
  if (value !== Math.floor(value)) throw new EngineError(field, `expected a whole number, not ${value}`);
  return value;
}

/** Each path's own lead time in whole periods, normal around its mean and never negative. */
function leadTimes({ count, chance }: Paths, lead: number, deviation: number, length: number): Int32Array {
  return Int32Array.from({ length: count }, (_, i) => {
    const drawn = lead + (deviation > 0 ? deviation * normalQuantile(Math.max(chance[i]!, 1e-9)) : 0);
    return Math.min(length - 1, Math.max(0, Math.ceil(drawn - 1e-9)));
  });
}

/** The probability of having run out by each period: the share of paths, recalibrated. */
function ranOut(days: Int32Array, length: number, demand: Demand): number[] {
  const by = new Float64Array(length + 1);
  for (const day of days) if (day <= length) by[day]! += 1;
  const out: number[] = [];
  for (let h = 1, sum = 0; h <= length; h++) {
    sum += by[h]!;
    out.push(Math.max(out.at(-1) ?? 0, Math.min(1, 1 - uncalibrate(demand.totals, 1 - sum / days.length))));
  }
  return out;
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

/** Periods until mean demand has used up stock and what arrives in time; beyond the horizon at its mean rate. */
function coverOf({ mean: means }: Demand, stock: number, incoming: readonly Incoming[]): number | null {
  const rate = means.reduce((sum, m) => sum + m, 0) / means.length;
  if (!(rate > 1e-9)) return null;
  let left = stock;
  for (let h = 0; h < means.length; h++) {
    for (const { period, quantity } of incoming) if (period === h + 1) left += quantity;
    if (left <= means[h]!) return h + (means[h]! > 0 ? left / means[h]! : 0);
    left -= means[h]!;
  }
  for (const { period, quantity } of incoming) if (period > means.length) left += quantity;
  return means.length + left / rate;
}

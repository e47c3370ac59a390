import { EngineError, finite } from "../errors.ts";
import type { Demand } from "../forecast/types.ts";
import type { Incoming, ReplenishInput, ReplenishOptions } from "./types.ts";

/** Periods looked ahead at most: a lead time of a year and its cover. */
const longest = 730;

/** What was asked, checked, with everything that was left out. */
export interface Asked {
  readonly demand: Demand;
  readonly horizon: number;
  readonly stock: number;
  readonly incoming: readonly Incoming[];
  readonly lead: { readonly mean: number; readonly deviation: number };
  readonly packSize: number;
  readonly minimumOrder: number;
  readonly price: number | null;
  readonly service: number;
  readonly cover: number;
  readonly within: readonly number[];
  readonly paths: number;
  readonly seed: number;
  /** Periods to simulate: until what is ordered at the end of the horizon has arrived and is used up. */
  readonly length: number;
}

export function checked(input: ReplenishInput, options: ReplenishOptions): Asked {
  const { incoming = [] } = input;
  const demand = checkDemand(input.demand);
  const horizon = demand.mean.length;
  const within = options.within ?? [7, 14, 28];
  within.forEach((n, i) => {
    whole(`within.${i}`, n, 1, longest);
  });
  incoming.forEach(({ period, quantity }, i) => {
    whole(`incoming.${i}.period`, period, 1, 1e6);
    finite(`incoming.${i}.quantity`, quantity, 0, 1e12);
  });
  const lead = {
    mean: finite("leadTime.mean", input.leadTime.mean, 0, 365),
    deviation: finite("leadTime.deviation", input.leadTime.deviation ?? 0, 0, 365),
  };
  const cover = whole("cover", options.cover ?? Math.min(28, horizon), 1, 365);
  const furthest = horizon + Math.ceil(lead.mean + 3 * lead.deviation) + cover;
  return {
    demand,
    horizon,
    stock: finite("stock", input.stock, 0, 1e12),
    incoming,
    lead,
    packSize: finite("packSize", input.packSize ?? 1, 1e-9, 1e12),
    minimumOrder: finite("minimumOrder", input.minimumOrder ?? 0, 0, 1e12),
    price: input.price === undefined ? null : finite("price", input.price, 0, 1e12),
    service: finite("serviceLevel", options.serviceLevel ?? 0.95, 0.5, 0.999),
    cover,
    within,
    paths: whole("paths", options.paths ?? 1000, 500, 4000),
    seed: options.seed ?? 1,
    length: Math.min(longest, Math.max(furthest, ...within)),
  };
}

/** A forecast's demand, which may have been kept as JSON meanwhile. */
function checkDemand(demand: Demand): Demand {
  const { mean, drift, noise, chance, totals } = demand ?? {};
  if (!Array.isArray(mean) || !Array.isArray(drift) || mean.length !== drift.length)
    throw new EngineError("demand", "expected the demand of a forecast");
  mean.forEach((value, i) => {
    finite(`demand.mean.${i}`, value, 0);
  });
  drift.forEach((value, i) => {
    finite(`demand.drift.${i}`, value, 0);
  });
  finite("demand.noise", noise as number, 0);
  finite("demand.chance", chance as number, 0);
  if (!Array.isArray(totals?.levels) || !Array.isArray(totals.bands))
    throw new EngineError("demand.totals", "expected the calibration of a forecast");
  return demand;
}

function whole(field: string, value: number, min: number, max: number): number {
  finite(field, value, min, max);
  if (value !== Math.floor(value)) throw new EngineError(field, `expected a whole number, not ${value}`);
  return value;
}

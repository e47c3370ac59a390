import { type ForecastFound, type Replenishment, replenish } from "@amused/engines";
import type { ProductStockout, ReorderAdvice } from "../../domain/prediction.ts";
import type { SellerSettings } from "../../domain/settings.ts";
import { addDays } from "../../domain/time.ts";
import type { ProductDemand } from "../../ports/demand.ts";
import { rounded } from "../rounded.ts";
import { expectedOf } from "./expected.ts";
import { type Inputs, inputsOf, mostLeadTime } from "./inputs.ts";

/** The numbers of days of `probabilityWithin`. */
const within = [7, 14, 30];
/** Lead times spread by about a quarter of their mean, where nothing is known of it. */
const leadTimeSpread = 0.25;
/** The most units that are reckoned with; of more than that none is missed. */
const mostUnits = 1e12;
/** Days of cover beyond which none are told. */
const mostCover = 36_500;

/** Arrivals told of, the earliest first. */
const mostArrivals = 60;

/** A product's stock, and what speaks for an order. */
export interface StockSoFar {
  demand: ProductDemand;
  settings: Partial<SellerSettings>;
  today: string;
}

/** When stock runs out, goods on their way counted in, and what to order by when. */
export function stockoutOf(
  { demand, settings, today }: StockSoFar,
  found: ForecastFound,
  said: Pick<ProductStockout, "model" | "accuracy" | "reasons" | "generatedAt">,
): Omit<ProductStockout, "behind"> {
  const { quantity, price } = demand;
  const inputs = inputsOf(demand, settings);
  const expected = expectedOf(demand.incoming, today);
  const lead = Math.min(inputs.leadTimeDays, mostLeadTime);
  const plan = replenish(
    {
      ...{ demand: found.demand, stock: Math.min(quantity, mostUnits) },
      ...{ incoming: expected.arrivals, price: Number(price) },
      ...{ packSize: inputs.packSize, minimumOrder: inputs.minimumOrder },
      leadTime: { mean: lead, deviation: lead * leadTimeSpread },
    },
    { within, serviceLevel: inputs.serviceLevel },
  );
  const { p10, p50, p90, probability } = plan.runsOut;
  const day = (period: number | null) => (period === null ? null : addDays(today, period - 1));
  const likely = Math.max(...within.map((days) => probability[days - 1] ?? 0));
  const verdict = quantity === 0 ? "out_of_stock" : likely >= 0.5 ? "runs_out" : "safe";
  return {
    ...{ ...said, verdict, quantity },
    confidence: rounded(verdict === "out_of_stock" ? 1 : verdict === "runs_out" ? likely : 1 - likely),
    date: { p10: day(p10), p50: day(p50), p90: day(p90) },
    // What would last for a lifetime lasts: beyond it the number says nothing.
    daysOfCover: plan.cover === null || plan.cover > mostCover ? null : rounded(plan.cover),
    probabilityWithin: Object.fromEntries(
      plan.runsOut.within.map(({ periods, probability }) => [periods, rounded(probability)]),
    ),
    reorder: adviceOf(plan, inputs, { today, price, expected }),
  };
}

function adviceOf(
  plan: Replenishment,
  { because, ...inputs }: Inputs,
  { today, price, expected }: { today: string; price: string; expected: ReturnType<typeof expectedOf> },
): ReorderAdvice {
  const { by, quantity, late } = plan.order;
  const day = (period: number) => addDays(today, period - 1);
  const decimals = price.split(".")[1]?.length ?? 0;
  let incoming = 0;
  const reasons = plan.reasons.flatMap((reason): ReorderAdvice["because"] => {
    // Told beside the seller's or the product's level.
    if (reason.kind === "service_level") return [];
    if (reason.kind === "incoming_counted") {
      incoming = reason.quantity;
      const arrivals = expected.arrivals.slice(0, mostArrivals);
      return [
        { ...reason, arrivals: arrivals.map(({ period, quantity }) => ({ date: day(period), quantity })) },
      ];
    }
    if (reason.kind !== "incoming_too_late") return [{ ...reason }];
    return [{ kind: reason.kind, quantity: reason.quantity, date: day(reason.period) }];
  });
  return {
    ...{ point: plan.reorderPoint, safetyStock: rounded(plan.safetyStock), quantity },
    ...{ by: by === null ? null : addDays(today, by), late },
    arrives: by === null ? null : addDays(today, by + inputs.leadTimeDays),
    ...inputs,
    incoming,
    lostSales: {
      units: rounded(plan.atRisk.units),
      money: (plan.atRisk.money ?? 0).toFixed(decimals),
    },
    because: [...because, ...expected.because, ...reasons],
  };
}

/** The goods that an advice counts on. */
export function arrivalsOf(advice: ReorderAdvice | null): { date: string; quantity: number }[] {
  const counted = advice?.because.find(({ kind }) => kind === "incoming_counted");
  return (counted?.arrivals ?? []) as { date: string; quantity: number }[];
}

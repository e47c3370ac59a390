import type { Demand } from "../forecast/types.ts";

/** Goods on their way. */
export interface Incoming {
  /** The period, 1 being the first one forecast, at whose beginning they arrive. */
  readonly period: number;
  readonly quantity: number;
}

export interface ReplenishInput {
  /** `demand` of a forecast. */
  readonly demand: Demand;
  /** Units in stock before the first period. */
  readonly stock: number;
  readonly incoming?: readonly Incoming[];
  /** Periods from an order to its arrival: mean and standard deviation. */
  readonly leadTime: { readonly mean: number; readonly deviation?: number };
  /** Units are ordered in multiples of this. */
  readonly packSize?: number;
  /** Units ordered at least, if any. */
  readonly minimumOrder?: number;
  /** What a unit sells for, to tell what is at risk. */
  readonly price?: number;
}

export interface ReplenishOptions {
  /** The probability that stock lasts until an order arrives: 0.95 unless told. */
  readonly serviceLevel?: number;
  /** For how many periods after its arrival an order shall last: 28 unless told, or the horizon where that is shorter. */
  readonly cover?: number;
  /** Numbers of periods within which the probability of running out is asked: 7, 14 and 28 unless told. */
  readonly within?: readonly number[];
  /** 500 to 4000; 1000 unless told. */
  readonly paths?: number;
  readonly seed?: number;
}

export type ReplenishReason =
  | { readonly kind: "out_of_stock" }
  | { readonly kind: "no_demand" }
  | { readonly kind: "lasts_beyond_horizon"; readonly periods: number }
  | { readonly kind: "incoming_counted"; readonly quantity: number }
  | { readonly kind: "incoming_too_late"; readonly quantity: number; readonly period: number }
  | { readonly kind: "order_too_late"; readonly probability: number }
  | {
      readonly kind: "service_level";
      readonly level: number;
      readonly reorderPoint: number;
      readonly position: number;
    }
  | { readonly kind: "rounded_to_pack"; readonly from: number; readonly to: number }
  | { readonly kind: "raised_to_minimum"; readonly from: number; readonly to: number };

export interface Replenishment {
  readonly runsOut: {
    readonly within: readonly { readonly periods: number; readonly probability: number }[];
    /** `probability[i]`: of having run out by the end of period `i + 1`. */
    readonly probability: readonly number[];
    /** The period by which stock has run out with 10, 50 and 90 %; `null` beyond the horizon. */
    readonly p10: number | null;
    readonly p50: number | null;
    readonly p90: number | null;
  };
  /** Periods that stock and goods on their way last at mean demand; `null` without demand. */
  readonly cover: number | null;
  /** Stock, with what is on its way, at which to order. */
  readonly reorderPoint: number;
  /** How much of it guards against chance: beyond mean demand until arrival. */
  readonly safetyStock: number;
  readonly order: {
    /** Units to order, by `by`. */
    readonly quantity: number;
    /** The last period before which to order (0: now); `null`: not within the horizon. */
    readonly by: number | null;
    /** Whether even an order placed now comes too late for the service level. */
    readonly late: boolean;
  };
  /** Expected lost sales: over the horizon if nothing is ordered, and until an order placed now arrives. */
  readonly atRisk: {
    readonly units: number;
    readonly money: number | null;
    readonly unitsBeforeArrival: number;
    readonly moneyBeforeArrival: number | null;
  };
  readonly reasons: readonly ReplenishReason[];
}

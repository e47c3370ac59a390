import { z } from "zod";
import { pageQuery } from "./page.ts";
import type { Product } from "./product.ts";
import { idSchema } from "./seller.ts";

export const predictionTypes = ["forecast", "stockout"] as const;
export type PredictionType = (typeof predictionTypes)[number];

/** A prediction as it was made; what `data` holds follows from its type. */
export interface StoredPrediction {
  id: number;
  productId: number;
  type: PredictionType;
  data: unknown;
  /** From 0 to 1. */
  confidence: number;
  createdAt: string;
}

/** How a forecast did: units over those of its days on which there was stock. */
export interface ForecastScore {
  days: number;
  sold: number;
  forecast: number;
  /** What the 28 days before would have said, repeated. */
  naive: number;
  /** By how much the two were wrong. */
  off: number;
  naiveOff: number;
  /** How many of the days lay between p10 and p90. */
  held: number;
}

/** How a stock-out was foreseen; beside it the rule stock ÷ mean sales of the 28 days before. */
export interface StockoutScore {
  /** The day on which the stock of then was sold; `null`: it lasted. */
  ranOutOn: string | null;
  /** 1 where that was between p10 and p90. */
  held: number;
  /** Mean squared error of the probabilities within 7 and 14 days (Brier 1950); 0 is perfect. */
  brier: number;
  naiveBrier: number;
  /** 1 where it ran out and both had said when; then by how many days they were wrong. */
  dated: number;
  off: number;
  naiveOff: number;
}

/** A prediction whose last day is over, beside what came. */
export interface PredictionScore extends Pick<StoredPrediction, "id" | "productId" | "createdAt"> {
  type: PredictionType;
  model: string;
  /** The last day that it spoke of. */
  dueOn: string;
  score: ForecastScore | StockoutScore;
  scoredAt: string;
}

/** What the last forecasts of a product came to. */
export interface ForecastReceipts {
  /** How many were compared with what came: one a week, of the last 90 days. */
  scored: number;
  /** Error of totals over what was sold; `null` where nothing was. */
  wape: number | null;
  /** The same of repeating the 28 days before. */
  naiveWape: number | null;
  /** The share of days that lay between p10 and p90. */
  coverage80: number | null;
  /** The engine did worse than that, and left the forecast to the plain level of recent weeks. */
  steppedBack: boolean;
}

/** What stock-outs foreseen came to. */
export interface StockoutReceipts {
  scored: number;
  /** The share that ran out between p10 and p90. */
  coverage80: number | null;
  /** Mean squared error of probabilities (Brier 1950), and of stock ÷ mean sales. */
  brier: number | null;
  naiveBrier: number | null;
  /** Mean error in days, where it ran out and a day had been said. */
  dayError: number | null;
  naiveDayError: number | null;
}

/** How right predictions were since a day, of a product or over the shop. */
export interface PredictionRecord {
  since: string;
  forecast: Omit<ForecastReceipts, "steppedBack">;
  stockout: StockoutReceipts;
}

/** For how many days a prediction is kept at most, whether it was scored or not. */
export const keptPredictionDays = 400;

/** The most that is counted when it is told how many events a prediction is behind. */
export const mostBehind = 1_000;

/** One thing that a prediction rests on; what else it holds follows from its kind (docs/predictions.md lists them). */
export interface PredictionReason {
  kind: string;
  [evidence: string]: unknown;
}

/** Errors measured on the product's own past, beside repeating the last value. `null`: there was too little of it. */
export interface PredictionAccuracy {
  /** Mean absolute error, over that of repeating last week in the history. */
  mase: number | null;
  /** Error of the horizon's total over what was sold. */
  wape: number | null;
  /** Forecast beyond what was sold, as a share of it: 0.1 is a tenth too much. */
  bias: number | null;
  /** The share of days that lay between p10 and p90. */
  coverage80: number | null;
  naive: { mase: number | null; wape: number | null };
  /** How many forecasts from the past were compared with what came. */
  windows: number;
}

/** What every prediction says of itself. */
export interface PredictionBase {
  /** `null` where there was too little history for one. */
  model: string | null;
  accuracy: PredictionAccuracy | null;
  /** From 0 to 1: how likely it is to hold, as docs/predictions.md defines it for each type. */
  confidence: number;
  reasons: PredictionReason[];
  /** How many days of history are needed, with the verdict `not_enough_history`. */
  need?: { days: number };
  generatedAt: string;
  /** How many events of the product came after those that are in it; 1,000 at most. */
  behind: number;
}

/** One day of a forecast, in units. */
export interface ForecastPoint {
  date: string;
  mean: number;
  /** p10 to p90 hold four days of five, as was measured on the past. */
  p10: number;
  p50: number;
  p90: number;
}

export interface ProductForecast extends PredictionBase {
  verdict: "ok" | "not_enough_history";
  /** The days that it rests on; those without stock are left out. */
  history: { from: string | null; to: string; days: number; withoutStock: number };
  /** Today (UTC) first; none with too little history. */
  points: ForecastPoint[];
  /** How right its predecessors were; `null` until the first one's last day is over. */
  receipts: ForecastReceipts | null;
}

/** What to order, where there is history enough to say. */
export interface ReorderAdvice {
  /** Order when stock, with what is on its way, falls to this. */
  point: number;
  quantity: number;
  /** Order on this day at the latest; `null` where that is not foreseen. */
  by: string | null;
  because: PredictionReason[];
}

export interface ProductStockout extends PredictionBase {
  verdict: "runs_out" | "safe" | "out_of_stock" | "not_enough_history";
  quantity: number;
  /** The days by which stock has run out with a probability of 10, 50 and 90 %; `null` beyond what is looked ahead. */
  date: { p10: string | null; p50: string | null; p90: string | null };
  /** How long stock lasts at mean demand; `null` where there is next to none. */
  daysOfCover: number | null;
  /** By numbers of days: `{ "7": 0.1, "14": 0.4, "30": 0.9 }`. */
  probabilityWithin: Record<string, number>;
  reorder: ReorderAdvice | null;
}

export interface AtRisk {
  product: Product;
  /** As last predicted. */
  stockout: ProductStockout;
}

const days = (least: string) =>
  z.int("must be a whole number").min(1, `must be from 1 to ${least}`).max(365, `must be from 1 to ${least}`);

export const forecastQuerySchema = z.strictObject({ horizon: days("365").default(28) });
export interface ForecastQuery extends z.input<typeof forecastQuerySchema> {}

export const atRiskQuerySchema = z.strictObject({ ...pageQuery, within: days("365").default(14) });
export interface AtRiskQuery extends z.input<typeof atRiskQuerySchema> {}

export const predictionQuerySchema = z.strictObject({
  ...pageQuery,
  productId: idSchema.optional(),
  type: z.enum(predictionTypes).optional(),
});
export interface PredictionQuery extends z.input<typeof predictionQuerySchema> {}

export const recordQuerySchema = z.strictObject({ productId: idSchema.optional() });
export interface RecordQuery extends z.input<typeof recordQuerySchema> {}

import type { ForecastScore, PredictionType, StockoutScore } from "../../domain/prediction.ts";

/** What predictions of this process did since it began. */
export interface PredictionCounters {
  /** Predictions that were made and kept. */
  made: number;
  /** Those that were compared with what came. */
  scored: Record<PredictionType, number>;
  /** Sums over the forecasts among these: see `ForecastScore`. */
  forecast: Pick<ForecastScore, "days" | "sold" | "off" | "naiveOff" | "held">;
  /** Sums over the stock-outs among these: see `StockoutScore`. */
  stockout: Pick<StockoutScore, "held" | "brier" | "naiveBrier">;
}

export function predictionCounters(): PredictionCounters {
  return {
    made: 0,
    scored: { forecast: 0, stockout: 0 },
    forecast: { days: 0, sold: 0, off: 0, naiveOff: 0, held: 0 },
    stockout: { held: 0, brier: 0, naiveBrier: 0 },
  };
}

/** Counts a score in. */
export function count(
  counters: PredictionCounters,
  type: PredictionType,
  score: ForecastScore | StockoutScore,
): void {
  counters.scored[type]++;
  const sums: Record<string, number> = counters[type];
  const added: Record<string, unknown> = { ...score };
  for (const name of Object.keys(sums)) sums[name] = (sums[name] ?? 0) + Number(added[name]);
}

import type { PredictionCounters } from "@amused/core";
import { family } from "./metrics.ts";

/** How predictions did, as Prometheus reads it: `rate(off) / rate(sold)` is the error, beside `rate(naive_off) / rate(sold)`. */
export function predictionMetrics({ made, scored, forecast, stockout }: PredictionCounters): string {
  const counter = (name: string, help: string, value: number, labels = "") => [
    ...family(`amused_${name}_total`, "counter", help),
    `amused_${name}_total${labels} ${value}`,
  ];
  return [
    ...counter("predictions_made", "Predictions made and kept", made),
    ...family("amused_predictions_scored_total", "counter", "Predictions compared with what came"),
    ...Object.entries(scored).map(
      ([type, value]) => `amused_predictions_scored_total{type="${type}"} ${value}`,
    ),
    ...counter("forecast_units_sold", "Units sold on the days of scored forecasts", forecast.sold),
    ...counter("forecast_units_off", "Units by which their totals were wrong", forecast.off),
    ...counter(
      "forecast_units_naive_off",
      "Units by which repeating the four weeks before was wrong",
      forecast.naiveOff,
    ),
    ...counter("forecast_days", "Days of scored forecasts", forecast.days),
    ...counter("forecast_days_held", "Those between p10 and p90", forecast.held),
    ...counter("stockouts_held", "Scored stock-outs between p10 and p90", stockout.held),
    ...counter("stockouts_brier", "Squared errors of their probabilities", stockout.brier),
    ...counter("stockouts_naive_brier", "The same of stock over mean sales", stockout.naiveBrier),
    "",
  ].join("\n");
}

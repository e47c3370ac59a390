export { forecast } from "./forecast.ts";
export { type Forecaster, forecaster } from "./forecaster.ts";
export { learnShop } from "./shop.ts";
export type {
  Accuracy,
  Cumulative,
  Demand,
  Forecast,
  ForecastFound,
  ForecastMissing,
  ForecastOptions,
  ForecastReason,
  Frequency,
  Interval,
  SeriesInput,
  ShopProfile,
} from "./types.ts";

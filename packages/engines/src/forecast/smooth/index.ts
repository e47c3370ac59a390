export type { Backtest } from "./backtest.ts";
export { advance, extrapolate, fit, type SmoothModel, take } from "./model.ts";
export { type Portfolio, type PortfolioOptions, portfolio, type SmoothReason } from "./portfolio.ts";
export { findSeason, type Season } from "./seasons.ts";

export type { Backtest } from "./backtest.ts";
export { advance, extrapolate, type SmoothModel } from "./model.ts";
export { type Pool, pool } from "./pool.ts";
export { type Portfolio, type PortfolioOptions, portfolio, type SmoothReason } from "./portfolio.ts";
export { findSeason, type Season } from "./seasons.ts";

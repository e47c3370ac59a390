export type { Backtest } from "./backtest.ts";
export type { Losses } from "./losses.ts";
export { advance, extrapolate, fit, learn, type Prior, type SmoothModel, take } from "./model.ts";
export { type Pool, pool, poolMembers } from "./pool.ts";
export { type Portfolio, type PortfolioOptions, portfolio, type SmoothReason } from "./portfolio.ts";
export { findSeason, type Season } from "./seasons.ts";
export type { MemberPrior } from "./weights.ts";

export { EngineError } from "./errors.ts";
export type { BasketsState } from "./recommend/baskets.ts";
export type { Powers } from "./recommend/powers.ts";
export type { RecommendProduct } from "./recommend/product.ts";
export type { Reason } from "./recommend/reasons.ts";
export { createRecommender, recommenderFrom } from "./recommend/recommender.ts";
export type {
  Recommendation,
  Recommender,
  RecommenderState,
  RecommendOptions,
} from "./recommend/types.ts";

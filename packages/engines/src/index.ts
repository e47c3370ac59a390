export {
  type Categorizer,
  type CategorizerOptions,
  type CategorySuggestion,
  categorizerFrom,
  createCategorizer,
} from "./categorise/categorizer.ts";
export type { CategoryExample, CategoryItem } from "./categorise/item.ts";
export type { CategorizerJson } from "./categorise/json.ts";
export type { CategoryReason } from "./categorise/reasons.ts";
export type { Taxonomy } from "./categorise/taxonomy.ts";
export { EngineError } from "./errors.ts";
export * from "./forecast/index.ts";
export type { BasketsState } from "./recommend/baskets.ts";
export type { Powers } from "./recommend/powers.ts";
export type { RecommendProduct } from "./recommend/product.ts";
export type { Reason as RecommendReason } from "./recommend/reasons.ts";
export { createRecommender, recommenderFrom } from "./recommend/recommender.ts";
export type {
  PairEvidence,
  Recommendation,
  Recommender,
  RecommenderState,
  RecommendOptions,
} from "./recommend/types.ts";
export * from "./replenish/index.ts";

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
export * from "./replenish/index.ts";

export { type Amused, createAmused } from "./amused.ts";
export type { AmusedOptions } from "./amused-options.ts";
export type * from "./call-options.ts";
export type { Caller } from "./caller.ts";
export type * from "./consumers.ts";
export {
  type Alert,
  type AlertAcknowledge,
  type AlertDraft,
  type AlertEventType,
  type AlertEvidence,
  type AlertKind,
  type AlertQuery,
  type AlertResolution,
  type AlertSnooze,
  type AlertState,
  type AlertsChanged,
  activeStates,
  alertAcknowledgeSchema,
  alertKinds,
  alertQuerySchema,
  alertSnoozeSchema,
  alertStates,
  keptAlertDays,
} from "./domain/alert.ts";
export {
  type AlertChange,
  acknowledged,
  ended,
  reopened,
  resolved,
  snoozed,
} from "./domain/alert-life.ts";
export {
  type AuditEntry,
  type AuditQuery,
  auditQuerySchema,
  type Origin,
} from "./domain/audit.ts";
export {
  type CategoryAccuracy,
  type CategoryBand,
  type CategoryCount,
  type CategoryDecision,
  type CategoryExplanation,
  type CategoryQuery,
  type CategoryReason,
  type CategoryReview,
  type CategorySuggestions,
  type CategorySuggestRequest,
  categoryDecisionSchema,
  categoryQuerySchema,
  categorySuggestSchema,
  confidenceBands,
  type StoredSuggestion,
  type SuggestedCategory,
  type SuggestionState,
} from "./domain/category.ts";

export {
  type ConsumerProgress,
  consumerNameSchema,
  type DeadLetter,
  type ReplayProgress,
} from "./domain/consumer.ts";
export { formatCursor, parseCursor, type StreamPosition } from "./domain/cursor.ts";
export type { ProductDescription } from "./domain/description.ts";
export { type Encoded, encodedText, encodedValue } from "./domain/encoded.ts";
export type { Erasure } from "./domain/erasure.ts";
export {
  type AmusedEvent,
  type CustomEvents,
  defineEvents,
  type EventFilter,
  type EventOf,
  type EventPayloads,
  type EventType,
  eventQuerySchema,
  eventTypeSchema,
  type FilteredEvent,
  matches,
  maxPayloadBytes,
  type NewEvent,
  type NoCustomEvents,
  newEventSchema,
  type StreamReset,
  subscriptionSchema,
  typesFilterSchema,
} from "./domain/event.ts";
export {
  type ExplainQuery,
  explainQuerySchema,
  type PredictionExplanation,
} from "./domain/explanation.ts";
export {
  type ExportKind,
  type FileFormat,
  type FileSource,
  formatSchema,
  type ImportColumns,
  type ImportResult,
  type ImportRowError,
  importColumns,
  importQuerySchema,
} from "./domain/import.ts";
export {
  type IncomingChanges,
  type IncomingQuery,
  type IncomingReceipt,
  type IncomingReceived,
  type IncomingState,
  type IncomingStock,
  incomingChangesSchema,
  incomingQuerySchema,
  incomingReceiptSchema,
  incomingStates,
  type NewIncoming,
  newIncomingSchema,
} from "./domain/incoming.ts";
export {
  type ApiKey,
  type KeyRequest,
  type KeyRotation,
  keyRequestSchema,
  keyRotationSchema,
  mostOverlapMs,
  type NewApiKey,
  originSchema,
  type Scope,
  scopes,
} from "./domain/key.ts";
export { amountSchema, currencyDecimals, currencySchema, formatAmount } from "./domain/money.ts";
export { type Listing, type Page, type PageBody, type Position, pageQuery } from "./domain/page.ts";
export { faults, parse, unknownName } from "./domain/parse.ts";
export {
  type AtRisk,
  type AtRiskQuery,
  atRiskQuerySchema,
  type ForecastPoint,
  type ForecastQuery,
  type ForecastReceipts,
  type ForecastScore,
  forecastQuerySchema,
  keptPredictionDays,
  mostBehind,
  type PredictionAccuracy,
  type PredictionBase,
  type PredictionQuery,
  type PredictionReason,
  type PredictionRecord,
  type PredictionScore,
  type PredictionType,
  type ProductForecast,
  type ProductStockout,
  predictionQuerySchema,
  type RecordQuery,
  type ReorderAdvice,
  recordQuerySchema,
  type StockoutReceipts,
  type StockoutScore,
  type StoredPrediction,
} from "./domain/prediction.ts";
export {
  type Attributes,
  type NewProduct,
  newProductSchema,
  type Product,
  type ProductChanges,
  type ProductQuery,
  type ProductSort,
  productChangesSchema,
  productQuerySchema,
  searchText,
} from "./domain/product.ts";
export * from "./domain/recommendation.ts";
export { requestIdSchema } from "./domain/request-id.ts";
export {
  type DailyQuery,
  dailyQuerySchema,
  type NewSale,
  newSaleSchema,
  type Sale,
  type SaleQuery,
  type SalesDay,
  saleQuerySchema,
} from "./domain/sale.ts";
export * from "./domain/search.ts";
export { idSchema, sellerIdSchema } from "./domain/seller.ts";
export {
  defaultSettings,
  type SellerSettings,
  type SettingsChanges,
  settingsChangesSchema,
} from "./domain/settings.ts";
export {
  type Movement,
  type MovementQuery,
  movementQuerySchema,
  type StockAdjustment,
  type StockChanged,
  type StockCount,
  stockAdjustmentSchema,
  stockCountSchema,
} from "./domain/stock.ts";
export { compareCodePoints, fold, visibleText } from "./domain/text.ts";
export { momentSchema } from "./domain/time.ts";
export * from "./errors.ts";
export type * from "./file-options.ts";
export { type MemoryCacheOptions, memoryCache } from "./memory/cache.ts";
export { memoryFiles } from "./memory/files.ts";
export { memoryStore } from "./memory/store.ts";
export type * from "./ports/alerts.ts";
export type * from "./ports/audit.ts";
export type * from "./ports/baskets.ts";
export type { Broadcaster } from "./ports/broadcaster.ts";
export type { Cache } from "./ports/cache.ts";
export type * from "./ports/categories.ts";
export type * from "./ports/consumers.ts";
export type * from "./ports/demand.ts";
export type * from "./ports/engine-states.ts";
export type * from "./ports/erasures.ts";
export type { FileStore } from "./ports/files.ts";
export type * from "./ports/incoming.ts";
export type * from "./ports/keys.ts";
export type * from "./ports/models.ts";
export type * from "./ports/predictions.ts";
export type * from "./ports/rate-limiter.ts";
export type * from "./ports/recommendations.ts";
export type * from "./ports/repositories.ts";
export type * from "./ports/settings.ts";
export type { Store } from "./ports/store.ts";
export type * from "./seller.ts";
export type * from "./seller-audit.ts";
export type * from "./seller-events.ts";
export type { ModelCounters, ModelCounts, ModelFailure } from "./services/models/tried.ts";
export type { PredictionCounters } from "./services/predictions/counters.ts";
export type { Retention } from "./services/retention.ts";
export type {
  Answer,
  Context,
  OpenedStream,
  Services,
  StreamBlock,
  StreamCounters,
  StreamReader,
} from "./services/services.ts";

import type { ReadOptions, VersionedWriteOptions, WriteOptions } from "./call-options.ts";
import type { Alert, AlertAcknowledge, AlertQuery, AlertSnooze, AlertsChanged } from "./domain/alert.ts";
import type {
  CategoryAccuracy,
  CategoryCount,
  CategoryDecision,
  CategoryExplanation,
  CategoryQuery,
  CategoryReview,
  CategorySuggestions,
  CategorySuggestRequest,
} from "./domain/category.ts";
import type { ProductDescription } from "./domain/description.ts";
import type { CustomEvents, NoCustomEvents } from "./domain/event.ts";
import type { ExplainQuery, PredictionExplanation } from "./domain/explanation.ts";
import type { FileSource, ImportResult } from "./domain/import.ts";
import type {
  IncomingChanges,
  IncomingQuery,
  IncomingReceipt,
  IncomingReceived,
  IncomingStock,
  NewIncoming,
} from "./domain/incoming.ts";
import type { Listing, Page } from "./domain/page.ts";
import type {
  AtRisk,
  AtRiskQuery,
  ForecastQuery,
  PredictionQuery,
  PredictionRecord,
  PredictionScore,
  ProductForecast,
  ProductStockout,
  RecordQuery,
  StoredPrediction,
} from "./domain/prediction.ts";
import type { NewProduct, Product, ProductChanges, ProductQuery } from "./domain/product.ts";
import type {
  ExplanationQuery,
  RecommendationExplanation,
  RecommendationQuery,
  Recommendations,
} from "./domain/recommendation.ts";
import type { DailyQuery, NewSale, Sale, SaleQuery, SalesDay } from "./domain/sale.ts";
import type { ProductSearch, ProductSearchResult } from "./domain/search.ts";
import type { SellerSettings, SettingsChanges } from "./domain/settings.ts";
import type { Movement, MovementQuery, StockAdjustment, StockChanged, StockCount } from "./domain/stock.ts";
import type { ExportOptions, ImportOptions } from "./file-options.ts";
import type { Audit } from "./seller-audit.ts";
import type { Events } from "./seller-events.ts";

/**
 * Everything of one seller. In process (`amused.seller(id)`) and over HTTP (`createClient()`) it is the same: the same
 * answers, the same errors, the same events.
 */
export interface Seller<Custom extends CustomEvents = NoCustomEvents> {
  readonly products: Products;
  readonly stock: Stock;
  readonly sales: Sales;
  readonly incoming: Incoming;
  readonly predictions: Predictions;
  readonly recommendations: ProductRecommendations;
  readonly alerts: Alerts;
  readonly categories: Categories;
  readonly settings: Settings;
  readonly events: Events<Custom>;
  readonly audit: Audit<Custom>;
}

export interface Products {
  /** Makes a product; a `quantity` becomes its first movement. `conflict` when the SKU is taken. */
  create(product: NewProduct, options?: WriteOptions): Promise<Product>;
  get(id: number, options?: ReadOptions): Promise<Product>;
  /** Edits the description; the quantity changes through `stock`. Nothing is written when nothing would change. */
  update(id: number, changes: ProductChanges, options?: VersionedWriteOptions): Promise<Product>;
  /** Takes the product out of all lists and frees its SKU; its events and sales stay. */
  delete(id: number, options?: VersionedWriteOptions): Promise<void>;
  list(query?: ProductQuery, options?: ReadOptions): Listing<Product>;
  /** What somebody may mean by a text, misspelt or not, the best first: SKUs and whole words before likeness and meaning. */
  search(search: ProductSearch, options?: ReadOptions): Promise<ProductSearchResult>;
  /** The first page of a list, kept current by the seller's events while somebody looks at it. */
  live(query?: LiveProductQuery, options?: ReadOptions): LiveList<Product>;
  /** Reads CSV or NDJSON and upserts by SKU; good rows go in beside bad ones, which are told in `errors`. */
  import(file: FileSource, options?: ImportOptions): Promise<ImportResult>;
  /** The catalogue as a file that `import` takes again, unchanged. */
  export(options?: ExportOptions): ReadableStream<Uint8Array>;
  /** Stores the picture of a png, jpeg, webp, avif or gif, without its metadata, under a name made of it; the product shows it. */
  setImage(id: number, image: Uint8Array | Blob, options?: VersionedWriteOptions): Promise<Product>;
  /**
   * Suggests a description: a language model's where the host has one, else what is known of the product, in a row. Nothing is
   * written: `update` takes it over.
   */
  describe(id: number, options?: ReadOptions): Promise<ProductDescription>;
}

/** Which products a live list shows, in which order; it is one page, from the beginning. */
export type LiveProductQuery = Omit<ProductQuery, "cursor">;

/**
 * A list that stays current. It is loaded and followed from its first consumer to its last, each a loop over it or a
 * subscription, and holds no connection and no timer before or after; the next consumer begins it anew.
 *
 * @example
 * for await (const products of shop.products.live({ maxQuantity: 5 }, { signal })) render(products);
 */
export interface LiveList<T> extends AsyncIterable<readonly T[]> {
  /** What is known now: the same object until something of it changes. */
  get(): LiveState<T>;
  /** Calls with the state at once and after every change, until the function that it returns is called. */
  subscribe(listener: (state: LiveState<T>) => void): () => void;
}

/** What a live list knows, and how well. */
export interface LiveState<T> {
  /** As they were at one position of the log: never a part of a change. */
  readonly items: readonly T[];
  /**
   * `idle`: nobody looks. `loading`: the first page is on its way. `live`: all that the stream has told is in it.
   * `stale`: it is known to be behind, and loading it failed; that is tried again. `failed`: it ended by an error.
   */
  readonly status: "idle" | "loading" | "live" | "stale" | "failed";
  /** Why the last try failed, until one does not. */
  readonly error?: unknown;
}

export interface Stock {
  /** Changes the quantity by so many units; `insufficient_stock` when it would fall below zero. */
  adjust(productId: number, adjustment: StockAdjustment, options?: WriteOptions): Promise<StockChanged>;
  /** Sets the quantity to what was counted, plus what moved since the count. */
  count(productId: number, count: StockCount, options?: WriteOptions): Promise<StockChanged>;
  /** The ledger, newest first. */
  movements(productId: number, query?: MovementQuery, options?: ReadOptions): Listing<Movement>;
}

export interface Sales {
  /** Takes all lines out of stock, or none: `insufficient_stock` says what was there. */
  record(sale: NewSale, options?: WriteOptions): Promise<{ sales: Sale[] }>;
  /** Goods came back: stock rises, and the sale's rows are negative. */
  return(goods: NewSale, options?: WriteOptions): Promise<{ sales: Sale[] }>;
  /** Newest first. */
  list(query?: SaleQuery, options?: ReadOptions): Listing<Sale>;
  /** Every day of the span, also those without a sale, oldest first. */
  daily(productId: number, query?: DailyQuery, options?: ReadOptions): Promise<Page<SalesDay>>;
  /** Reads history: stock stays as it is, and lines whose order and product are known are skipped. */
  import(file: FileSource, options?: ImportOptions): Promise<ImportResult>;
  export(options?: ExportOptions): ReadableStream<Uint8Array>;
}

/** Goods on their way. Predictions count on them from the day on which they are expected. */
export interface Incoming {
  create(goods: NewIncoming, options?: WriteOptions): Promise<IncomingStock>;
  get(id: number, options?: ReadOptions): Promise<IncomingStock>;
  /** What is open first, soonest first; the rest behind it, latest first. */
  list(query?: IncomingQuery, options?: ReadOptions): Listing<IncomingStock>;
  /** Only while they are open: `conflict` says the `state` they have instead. */
  update(id: number, changes: IncomingChanges, options?: WriteOptions): Promise<IncomingStock>;
  /** Stock rises by what came: by all that is still to come, when no quantity is said. They stay open while some is. */
  receive(id: number, receipt?: IncomingReceipt, options?: WriteOptions): Promise<IncomingReceived>;
  /** What is still to come will not. */
  cancel(id: number, options?: WriteOptions): Promise<void>;
}

export interface Predictions {
  /** What will be sold on each of the next days (28 when not said), today first, with the band that holds four days of five. */
  forecast(productId: number, query?: ForecastQuery, options?: ReadOptions): Promise<ProductForecast>;
  /** When stock runs out, and what to order by when. */
  stockout(productId: number, options?: ReadOptions): Promise<ProductStockout>;
  /** Products that run out within so many days (14 when not said), soonest first, as last predicted. */
  atRisk(query?: AtRiskQuery, options?: ReadOptions): Listing<AtRisk>;
  /** Predictions as they were made, newest first. */
  list(query?: PredictionQuery, options?: ReadOptions): Listing<StoredPrediction>;
  /** What the product's stock-out (or forecast) rests on: model and rivals, days left out, sales, movements, events since. */
  explain(productId: number, query?: ExplainQuery, options?: ReadOptions): Promise<PredictionExplanation>;
  /** Predictions whose last day is over, beside what came; those scored last first. */
  scores(query?: PredictionQuery, options?: ReadOptions): Listing<PredictionScore>;
  /** How right they were in the last 90 days, of a product or over the shop, beside plain rules. */
  record(query?: RecordQuery, options?: ReadOptions): Promise<PredictionRecord>;
}

export interface Categories {
  /** The likeliest categories of a product that need not be there, as the seller's own products teach; three when not said. */
  suggest(product: CategorySuggestRequest, options?: ReadOptions): Promise<CategorySuggestions>;
  /** The categories that products have, by code point. */
  list(query?: CategoryQuery, options?: ReadOptions): Listing<CategoryCount>;
  /** Suggestions that were not sure enough to be given by themselves, the most confident first. */
  reviews(query?: CategoryQuery, options?: ReadOptions): Listing<CategoryReview>;
  /**
   * Gives a product its category, and so accepts or corrects what was suggested; `null` is for none. What somebody decided
   * is never undone by itself, and is learned at once.
   */
  settle(productId: number, decision: CategoryDecision, options?: WriteOptions): Promise<Product>;
  /** Why a product has its category, or what is suggested for it. */
  explain(productId: number, options?: ReadOptions): Promise<CategoryExplanation>;
  /** How suggestions turned out, by their confidence. */
  accuracy(options?: ReadOptions): Promise<CategoryAccuracy>;
}

/** What the seller decides once for all products; a product's own value goes before it. */
export interface Settings {
  get(options?: ReadOptions): Promise<SellerSettings>;
  /** Sets what is named; `null` goes back to what it is when nothing was set. */
  update(changes: SettingsChanges, options?: WriteOptions): Promise<SellerSettings>;
}

export interface ProductRecommendations {
  /** What is like a product by name, description, category, attributes and price: 10 when not said, the best first. */
  similar(productId: number, query?: RecommendationQuery, options?: ReadOptions): Promise<Recommendations>;
  /** What those who bought a product bought with it, the best first. */
  boughtTogether(
    productId: number,
    query?: RecommendationQuery,
    options?: ReadOptions,
  ): Promise<Recommendations>;
  /** Why another product is in such a list (`similar` when not said), and where; or why it is not. */
  explain(
    productId: number,
    otherId: number,
    query?: ExplanationQuery,
    options?: ReadOptions,
  ): Promise<RecommendationExplanation>;
}

/**
 * What asks for somebody: stock that is gone or low, an order that is due. Raised once for each cause, in the background
 * (`amused.start()`), and over when the cause is; docs/alerts.md says when that is.
 */
export interface Alerts {
  /** Newest first; all of them, unless a state is asked for. */
  list(query?: AlertQuery, options?: ReadOptions): Listing<Alert>;
  get(id: number, options?: ReadOptions): Promise<Alert>;
  /** Somebody sees to it. `conflict` (with `state`) when it is over. */
  acknowledge(id: number, options?: WriteOptions): Promise<Alert>;
  /**
   * Somebody sees to many: those named that are open or snoozed (200 at most), or of a kind the newest 200 that are open. What
   * is over or acknowledged already is left as it is; `items` are those that this call acknowledged, none when all are.
   */
  acknowledgeAll(which: AlertAcknowledge, options?: WriteOptions): Promise<AlertsChanged>;
  /** Puts it off until a moment within 90 days: if its cause holds then, it opens again. */
  snooze(id: number, snooze: AlertSnooze, options?: WriteOptions): Promise<Alert>;
  /** Ends it although its cause may hold; none of its kind is raised until that went away and came back. */
  resolve(id: number, options?: WriteOptions): Promise<Alert>;
}

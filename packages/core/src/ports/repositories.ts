import type { StreamPosition } from "../domain/cursor.ts";
import type { EventOf } from "../domain/event.ts";
import type { Attributes, Product, ProductSort } from "../domain/product.ts";
import type { Sale, SalesDay } from "../domain/sale.ts";
import type { Movement, StockChanged } from "../domain/stock.ts";
import type { AlertRepository } from "./alerts.ts";
import type { AuditRepository } from "./audit.ts";
import type { Basket, BasketRequest, SharedOrder } from "./baskets.ts";
import type { CategoryRepository } from "./categories.ts";
import type { Command, Written } from "./command.ts";
import type { ConsumerRepository } from "./consumers.ts";
import type { DemandRepository } from "./demand.ts";
import type { EngineStateRepository } from "./engine-states.ts";
import type { ErasureRepository, FileClaimRepository } from "./erasures.ts";
import type { IdempotencyRepository } from "./idempotency.ts";
import type { IncomingRepository } from "./incoming.ts";
import type { KeyRepository } from "./keys.ts";
import type { PredictionRepository } from "./predictions.ts";
import type { RecommendationRepository } from "./recommendations.ts";
import type { PageRequest, Read, Rows } from "./rows.ts";
import type { SettingsRepository } from "./settings.ts";

export type { Command, IdempotencyRepository, PageRequest, Read, Rows, Written };

export interface Repositories {
  readonly products: ProductRepository;
  readonly stock: StockRepository;
  readonly sales: SaleRepository;
  readonly events: EventRepository;
  readonly audit: AuditRepository;
  readonly consumers: ConsumerRepository;
  readonly demand: DemandRepository;
  readonly incoming: IncomingRepository;
  readonly predictions: PredictionRepository;
  readonly recommendations: RecommendationRepository;
  readonly alerts: AlertRepository;
  readonly engines: EngineStateRepository;
  readonly settings: SettingsRepository;
  readonly categories: CategoryRepository;
  readonly idempotency: IdempotencyRepository;
  readonly keys: KeyRepository;
  readonly files: FileClaimRepository;
  readonly erasures: ErasureRepository;
}

export interface ReadProduct extends Read<Product> {
  revision: string;
}

export interface ProductRow {
  sku: string | null;
  name: string;
  description: string;
  price: string;
  currency: string;
  /** Decimals of the currency. */
  decimals: number;
  quantity: number;
  category: string | null;
  attributes: Attributes;
  reorderPoint: number | null;
  leadTimeDays: number | null;
  serviceLevel: number | null;
  packSize: number | null;
  minimumOrder: number | null;
  /** `searchText()` of the product. */
  search: string;
}

/** A product's description as it shall be; what `changed` does not name is as it was. */
export interface ProductEdit {
  id: number;
  /** The version that was read; another one in the store refuses the edit. */
  version: number;
  row: Omit<ProductRow, "quantity"> & { imageUrl: string | null };
  changed: string[];
}

export interface ProductFilter extends PageRequest {
  category: string | null;
  /** Folded words which `search` must hold, each of them. */
  words: string[];
  maxQuantity: number | null;
  /** The day by which the current `stockout` says that it runs out. */
  runsOutBy: string | null;
  sort: ProductSort;
  descending: boolean;
}

export interface ProductImport {
  create: ProductRow[];
  /** `count` is the quantity to set, as a count; `edit` is `null` where only the quantity changes. */
  update: { id: number; edit: ProductEdit | null; count: number | null }[];
}

export interface ProductRepository {
  /** Event `product.created`; a movement `initial` where the quantity is not 0. `conflict` (with `sku`) when the SKU is taken. */
  create(command: Command, row: ProductRow): Promise<Written<Product>>;
  /** `null` when there is none, or it is deleted. */
  find(sellerId: string, id: number): Promise<ReadProduct | null>;
  list(sellerId: string, filter: ProductFilter): Promise<Rows<Product>>;
  /** Event `product.updated`, the version raised by one. `null` when the version is not (any longer) the one said. */
  update(command: Command, edit: ProductEdit): Promise<Written<Product> | null>;
  /** Event `product.deleted`. `null` when there is none, or it has not the version asked for. */
  delete(command: Command, id: number, version: number | null): Promise<Written<null> | null>;
  /** Products by their SKUs, and products without a SKU by their names; in the order of their ids. */
  lookup(sellerId: string, by: { skus: string[]; names: string[]; ids: number[] }): Promise<Product[]>;
  /**
   * Writes a batch of an import, all or nothing: one event for each product, `stock.adjusted` where only the quantity
   * changes. Returns `null`, having done nothing, when a product was edited or deleted meanwhile or a SKU is taken.
   */
  import(command: Command, batch: ProductImport): Promise<Written<null> | null>;
  /** All names of attributes in use, sorted by code point; 1,000 at most. */
  attributeNames(sellerId: string): Promise<string[]>;
}

export interface StockChange {
  productId: number;
  /** `delta` adds; `count` sets to the count plus what moved after `countedAt`. */
  change: { delta: number } | { count: number; countedAt: string | null };
  reason: string;
  expected: number | null;
}

export interface StockRepository {
  /** Event `stock.adjusted`. Throws `not_found`, `conflict` (with `quantity`) or `insufficient_stock`. */
  change(command: Command, change: StockChange): Promise<Written<StockChanged>>;
  /** Newest first. Also of a deleted product; `null` when there never was one. */
  movements(sellerId: string, productId: number, page: PageRequest): Promise<Rows<Movement> | null>;
}

export interface SaleLines {
  kind: "sale" | "return";
  orderId: string | null;
  soldAt: string;
  /** `price` as written, or `null` for the product's. */
  lines: { productId: number; quantity: number; price: string | null }[];
}

export interface SaleFilter extends PageRequest {
  productId: number | null;
  /** From this moment on. */
  from: string | null;
  /** Before this moment. */
  before: string | null;
}

export interface ImportedSale {
  productId: number;
  orderId: string | null;
  /** Negative for a return. */
  quantity: number;
  price: string;
  soldAt: string;
}

export interface SaleRepository {
  /**
   * Event `sale.recorded` or `sale.returned` for each line, in the order of the lines; products are locked by id. Throws
   * `not_found`, `insufficient_stock`, or `invalid_request` for a price finer than the product's currency.
   */
  record(command: Command, sale: SaleLines): Promise<Written<{ sales: Sale[] }>>;
  /** Newest first by time of sale, then by id. Throws `not_found` for a product that never was. */
  list(sellerId: string, filter: SaleFilter): Promise<Rows<Sale>>;
  /** Every day from `from` to `to`, both included. `null` when there never was such a product. */
  daily(sellerId: string, productId: number, from: string, to: string): Promise<Read<SalesDay[]> | null>;
  /**
   * Orders that sold two products or more, each once, in the order of their first sales' ids, with everything that is known
   * of them; returns and sales of no order are passed over. One call looks at a bounded number of sales: `last` is what to
   * go on after, now if there is `more`, else when there are new ones. Ids are given out before a sale is committed: whoever
   * goes on from `last` and must not miss one sets `before` to a moment older than any transaction that is still open.
   */
  orders(
    sellerId: string,
    request: BasketRequest,
  ): Promise<{ orders: Basket[]; last: number; more: boolean }>;
  /**
   * Orders that sold both of two products, newest first by when the first of the two was sold, among the last 5,000 sales
   * and returns of that one: where it is the rarer one, less is looked at.
   */
  together(
    sellerId: string,
    request: { productIds: readonly [number, number]; limit: number },
  ): Promise<SharedOrder[]>;
  /**
   * Writes history without stock or events. Skips a line whose order and product are known, unless from this same import
   * (`importId`: an order may have two lines of one product). With `dryRun` it only counts.
   */
  import(
    command: Command,
    importId: string,
    lines: ImportedSale[],
    dryRun: boolean,
  ): Promise<{ created: number; skipped: number }>;
}

/** An event as it is stored: its JSON as every reader gets it, and what is needed to filter and order it. */
export interface StoredEvent {
  seq: number;
  type: string;
  productId: number | null;
  /** The whole event (`EventOf`) as JSON. */
  text: string;
}

export interface EventDraft {
  type: string;
  productId: number | null;
  payload: unknown;
}

export interface EventFilterRequest {
  /** Events after this `seq`. */
  after: number;
  limit: number;
  types: readonly string[] | null;
  productId: number | null;
}

/** A run of events, with the state of the log in the same snapshot. */
export interface EventRun {
  epoch: string;
  /** The last `seq` given out. */
  head: number;
  /** The first `seq` still held; `head + 1` when none is. */
  oldest: number;
  events: StoredEvent[];
}

/** What of the log is let go. Of each seller it is the oldest part, so that what is held has no hole. */
export interface PruneRequest {
  /** Events made before this moment go. */
  before: Date;
  /** So many of each seller's newest events stay, if they are not too old; those beyond them go. */
  keep: number;
  /** The most that one call takes, of all sellers together. */
  limit: number;
  /** Looks at sellers from this one on, by code point; `""` for all. */
  from: string;
}

export interface Pruned {
  events: number;
  /** Where to go on; every seller before it has nothing to let go. `null` when no seller has. */
  next: string | null;
}

export interface EventRepository {
  /** Appends facts that are not bound to a row. Throws `not_found` for a product that never was. */
  append(command: Command, events: EventDraft[]): Promise<Written<EventOf<string, unknown>[]>>;
  /** `null` when the seller has no log yet. */
  read(sellerId: string, request: EventFilterRequest): Promise<EventRun | null>;
  /** Begins the seller's log where there is none; its head. */
  open(sellerId: string, epoch: string): Promise<StreamPosition>;
  /** The heads of these sellers' logs. */
  heads(sellerIds: string[]): Promise<Map<string, StreamPosition>>;
  /**
   * Lets go of one batch of old events, oldest first; called until `next` is `null`, from where the one before said. Takes
   * nothing that a writer waits for, and can be called on several nodes at once. Heads stay as they are.
   */
  prune(request: PruneRequest): Promise<Pruned>;
}

import type { Alert } from "../domain/alert.ts";
import type { StoredSuggestion } from "../domain/category.ts";
import type { DeadLetter } from "../domain/consumer.ts";
import type { StreamPosition } from "../domain/cursor.ts";
import type { Erasure } from "../domain/erasure.ts";
import type { IncomingStock } from "../domain/incoming.ts";
import type { ApiKey } from "../domain/key.ts";
import type { PredictionType, StoredPrediction } from "../domain/prediction.ts";
import type { Product } from "../domain/product.ts";
import type { RecommendationKind } from "../domain/recommendation.ts";
import type { Sale } from "../domain/sale.ts";
import type { SellerSettings } from "../domain/settings.ts";
import type { Movement } from "../domain/stock.ts";
import { beingErased } from "../errors.ts";
import type { EngineState } from "../ports/engine-states.ts";
import type { PredictionRow } from "../ports/predictions.ts";
import type { RecommendationRow } from "../ports/recommendations.ts";
import type { StoredEvent } from "../ports/repositories.ts";
import { type Journal, journal } from "./journal.ts";

/** A product with what it does not show. Replaced at every change, never changed itself; only its ledger grows. */
export interface ProductState {
  readonly product: Readonly<Product>;
  readonly search: string;
  /** Counts the changes of its stock. */
  readonly stockRevision: number;
  readonly deleted: boolean;
  /** Oldest first. */
  readonly movements: Movement[];
}

/** What is kept under an idempotency key: the answer, or who works on one. */
export type Kept =
  | {
      hash: string;
      at: number;
      answer: { text: string; position: StreamPosition | null; revision: string | null };
    }
  | { hash: string; at: number; until: number };

/** Where a consumer stands with a seller. Replaced at every change. */
export interface CheckpointState {
  readonly position: StreamPosition;
  /** The lease; `null` when nobody has it. */
  readonly token: string | null;
  readonly leasedUntil: number;
  readonly attempts: number;
  readonly error: string | null;
  readonly retryAt: number | null;
  readonly updatedAt: number;
  /** Of the last replay: where it began, and the head of then. */
  readonly replay: { from: number; to: number } | null;
}

/** A prediction with what it does not show. Replaced when it gets its score. */
export interface PredictionState {
  readonly prediction: Readonly<StoredPrediction>;
  readonly row: Readonly<Omit<PredictionRow, keyof StoredPrediction>>;
  readonly score: { readonly value: unknown; readonly at: string } | null;
}

/** An alert, and whether its cause was not seen to go. Replaced at every change. */
export interface AlertState {
  readonly alert: Readonly<Alert>;
  readonly current: boolean;
}

/** Recommendations of a kind for a product; the data as JSON. */
export interface RecommendationState extends Readonly<Omit<RecommendationRow, "data">> {
  readonly text: string;
  readonly createdAt: string;
}

/** An event, and who caused it. */
export interface LoggedEvent extends StoredEvent {
  readonly actor: string | null;
  readonly requestId: string | null;
}

/** Everything of one seller: a repository is handed this and so can not reach another's. */
export interface SellerState {
  readonly id: string;
  log: StreamPosition | null;
  /** Oldest first, with no hole. */
  events: LoggedEvent[];
  /** The same by product. */
  readonly eventsOf: Map<number, LoggedEvent[]>;
  readonly products: Map<number, ProductState>;
  /** Whose each SKU is; a deleted product has none. */
  readonly skus: Map<string, number>;
  /** Oldest first, by time of sale. */
  sales: Sale[];
  /** The same by product. */
  readonly salesOfProduct: Map<number, Sale[]>;
  /** All of them by id. */
  readonly salesById: Sale[];
  /** What each order sold and took back, by id. */
  readonly salesOf: Map<string, readonly Sale[]>;
  /** Which imports (`null`: live sales) know an order with a product; see `orderKey`. */
  readonly orders: Map<string, ReadonlySet<string | null>>;
  readonly incoming: Map<number, Readonly<IncomingStock>>;
  readonly kept: Map<string, Kept>;
  /** By consumer. */
  readonly checkpoints: Map<string, CheckpointState>;
  readonly letters: Map<number, Readonly<DeadLetter>>;
  /** By `keyOf` product and type, oldest first: the last one is current. */
  readonly predictions: Map<string, readonly PredictionState[]>;
  /** By `keyOf` product and kind. */
  readonly recommendations: Map<string, RecommendationState>;
  /** By product, oldest first. */
  readonly alerts: Map<number, readonly AlertState[]>;
  /** By name. */
  readonly engines: Map<string, Readonly<EngineState>>;
  /** By product. */
  readonly suggestions: Map<number, Readonly<StoredSuggestion>>;
  /** Nothing is written any more. */
  erasing: boolean;
  /** What was set. Replaced at every change. */
  settings: Readonly<Partial<SellerSettings>>;
}

/** What a product's predictions or recommendations are kept under. */
export function keyOf(productId: number, type: PredictionType | RecommendationKind): string {
  return `${productId} ${type}`;
}

export interface KeyState {
  readonly key: Readonly<ApiKey>;
  readonly hash: string;
  readonly revoked: boolean;
}

const noIds = {
  incoming: 0,
  alert: 0,
  product: 0,
  movement: 0,
  sale: 0,
  key: 0,
  letter: 0,
  prediction: 0,
  state: 0,
  claim: 0,
};

/** The whole store, and the journal through which alone it is changed. */
export interface Database {
  readonly sellers: Map<string, SellerState>;
  readonly keys: Map<number, KeyState>;
  /** The consumers that are known, and since when. */
  readonly consumers: Map<string, Date>;
  readonly erasures: Map<string, Readonly<Erasure>>;
  /** Who has put which file. */
  readonly claims: Map<number, { readonly sellerId: string; readonly key: string }>;
  readonly journal: Journal;
  /** The next id of a kind. Ids of what was undone are not given again, as in a database. */
  nextId(kind: keyof typeof noIds): number;
}

export function database(): Database {
  const ids = { ...noIds };
  return {
    sellers: new Map(),
    keys: new Map(),
    consumers: new Map(),
    erasures: new Map(),
    claims: new Map(),
    journal: journal(),
    nextId: (kind) => ++ids[kind],
  };
}

/** A seller to read from; one that has nothing yet is not remembered. */
export function sellerToRead(db: Database, id: string): SellerState {
  return db.sellers.get(id) ?? emptySeller(id);
}

/** A seller to write to. */
export function sellerToWrite(db: Database, id: string): SellerState {
  const known = db.sellers.get(id);
  if (known?.erasing) throw beingErased();
  if (known !== undefined) return known;
  const seller = emptySeller(id);
  db.journal.put(db.sellers, id, seller);
  return seller;
}

function emptySeller(id: string): SellerState {
  return {
    id,
    log: null,
    events: [],
    eventsOf: new Map(),
    products: new Map(),
    skus: new Map(),
    sales: [],
    salesOfProduct: new Map(),
    salesById: [],
    salesOf: new Map(),
    orders: new Map(),
    incoming: new Map(),
    kept: new Map(),
    checkpoints: new Map(),
    letters: new Map(),
    predictions: new Map(),
    recommendations: new Map(),
    alerts: new Map(),
    engines: new Map(),
    suggestions: new Map(),
    erasing: false,
    settings: {},
  };
}

/** A product that is not deleted. */
export function liveProduct(seller: SellerState, id: number): ProductState | null {
  const found = seller.products.get(id);
  return found === undefined || found.deleted ? null : found;
}

/** `<version>-<stock revision>`. */
export function revisionOf({ product, stockRevision }: ProductState): string {
  return `${product.version}-${stockRevision}`;
}

export function currentPrediction(
  { predictions }: SellerState,
  productId: number,
  type: PredictionType,
): PredictionState | null {
  return predictions.get(keyOf(productId, type))?.at(-1) ?? null;
}

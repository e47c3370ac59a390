import type { Alert, AlertsChanged } from "../domain/alert.ts";
import type { AuditEntry } from "../domain/audit.ts";
import type {
  CategoryAccuracy,
  CategoryCount,
  CategoryExplanation,
  CategoryReview,
  CategorySuggestions,
} from "../domain/category.ts";
import type { ProductDescription } from "../domain/description.ts";
import type { Encoded } from "../domain/encoded.ts";
import type { Erasure } from "../domain/erasure.ts";
import type { PredictionExplanation } from "../domain/explanation.ts";
import type { ExportKind, FileFormat, FileSource, ImportResult } from "../domain/import.ts";
import type { IncomingReceived, IncomingStock } from "../domain/incoming.ts";
import type { ApiKey, NewApiKey } from "../domain/key.ts";
import type { PageBody } from "../domain/page.ts";
import type {
  AtRisk,
  PredictionRecord,
  PredictionScore,
  ProductForecast,
  ProductStockout,
  StoredPrediction,
} from "../domain/prediction.ts";
import type { Product } from "../domain/product.ts";
import type { RecommendationExplanation, Recommendations } from "../domain/recommendation.ts";
import type { Sale, SalesDay } from "../domain/sale.ts";
import type { ProductSearchResult } from "../domain/search.ts";
import type { SellerSettings } from "../domain/settings.ts";
import type { Movement, StockChanged } from "../domain/stock.ts";
import type { ModelCounters } from "./models/tried.ts";
import type { PredictionCounters } from "./predictions/counters.ts";

/** For whom and by whom a service is called. */
export interface Context {
  sellerId: string;
  /** Who calls, as the transport knows them: `key:12`. `null` is the host itself. */
  actor: string | null;
  /** What names the request in logs, by `requestIdSchema`. */
  requestId?: string | null;
  /** The caller's key, and a hash of everything that makes this request what it is. */
  idempotency?: { key: string; hash: string } | null;
  /** A cursor whose event the answer must already know (`Amused-Cursor`). */
  sees?: string | null;
}

/** What a service answers: the body as JSON or value, and what a transport says beside it. */
export interface Answer<T> {
  body: Encoded<T>;
  /** After a write: its last event. After a read: the head of the log in the snapshot that was read. */
  cursor: string | null;
  /** `<version>-<stock revision>` where the body is about one product. */
  revision: string | null;
  /** An earlier answer, kept under the idempotency key. */
  replayed: boolean;
}

/** One block of a stream: an event, or a control block (`stream.open`, `stream.cursor`, `stream.reset`). */
export interface StreamBlock {
  /** The cursor of this position. */
  id: string;
  type: string;
  /** The event, or the control block's payload, as JSON. */
  text: string;
}

/** Who reads a stream, as its transport sees it. */
export interface StreamReader {
  /**
   * Takes the next blocks, at once. What is `live` is the same list for all readers of one filter, so that whatever a
   * transport makes of it need be made once only. Answers whether more may come by itself: after `false` nothing does
   * until `more()`, and the reader is brought forward from where it is then.
   */
  take(blocks: readonly StreamBlock[], live: boolean): boolean;
  /** The stream has ended: the system was closed, or (`error`) the log could not be read. */
  end(error?: unknown): void;
}

export interface StreamCounters {
  /** Holes that were seen in a log; a fault of ours, if it ever rises. */
  gaps: number;
}

/** A stream that is ready to begin. */
export interface OpenedStream {
  /** Lets the next blocks come; nothing does before the first call. */
  more(): void;
  /** The reader is gone: nothing is said to it any more, not even the end. */
  close(): void;
}

/**
 * The operations of the seller's interface for whoever carries them over a wire: inputs are unknown and parsed here,
 * answers come with their JSON text, cursor and revision. A transport adds nothing to them.
 */
export interface Services {
  readonly products: {
    create(context: Context, input: unknown): Promise<Answer<Product>>;
    get(context: Context, id: number): Promise<Answer<Product>>;
    update(context: Context, id: number, input: unknown, ifVersion?: number): Promise<Answer<Product>>;
    delete(context: Context, id: number, ifVersion?: number): Promise<Answer<null>>;
    list(context: Context, query: unknown): Promise<Answer<PageBody<Product>>>;
    /** What somebody may mean by a text, the best first. */
    search(context: Context, query: unknown): Promise<Answer<ProductSearchResult>>;
    /** A suggestion; nothing is written. */
    describe(context: Context, id: number): Promise<Answer<ProductDescription>>;
    setImage(context: Context, id: number, image: Uint8Array, ifVersion?: number): Promise<Answer<Product>>;
  };
  readonly stock: {
    /** An adjustment or a count, told apart by the field. */
    change(context: Context, productId: number, input: unknown): Promise<Answer<StockChanged>>;
    movements(context: Context, productId: number, query: unknown): Promise<Answer<PageBody<Movement>>>;
  };
  readonly sales: {
    record(context: Context, input: unknown): Promise<Answer<{ sales: Sale[] }>>;
    return(context: Context, input: unknown): Promise<Answer<{ sales: Sale[] }>>;
    list(context: Context, query: unknown): Promise<Answer<PageBody<Sale>>>;
    daily(context: Context, productId: number, query: unknown): Promise<Answer<PageBody<SalesDay>>>;
  };
  readonly incoming: {
    create(context: Context, input: unknown): Promise<Answer<IncomingStock>>;
    get(context: Context, id: number): Promise<Answer<IncomingStock>>;
    list(context: Context, query: unknown): Promise<Answer<PageBody<IncomingStock>>>;
    update(context: Context, id: number, input: unknown): Promise<Answer<IncomingStock>>;
    receive(context: Context, id: number, input: unknown): Promise<Answer<IncomingReceived>>;
    cancel(context: Context, id: number): Promise<Answer<null>>;
  };
  readonly predictions: {
    forecast(context: Context, productId: number, query: unknown): Promise<Answer<ProductForecast>>;
    stockout(context: Context, productId: number): Promise<Answer<ProductStockout>>;
    /** Products that run out within so many days, soonest first. */
    atRisk(context: Context, query: unknown): Promise<Answer<PageBody<AtRisk>>>;
    /** What is stored, newest first. */
    list(context: Context, query: unknown): Promise<Answer<PageBody<StoredPrediction>>>;
    /** What the current one rests on. */
    explain(context: Context, productId: number, query: unknown): Promise<Answer<PredictionExplanation>>;
    /** What became of them, newest first. */
    scores(context: Context, query: unknown): Promise<Answer<PageBody<PredictionScore>>>;
    /** How right they were in the last 90 days. */
    record(context: Context, query: unknown): Promise<Answer<PredictionRecord>>;
    /** What predictions of this process did since it began. */
    readonly counters: PredictionCounters;
  };
  readonly settings: {
    get(context: Context): Promise<Answer<SellerSettings>>;
    update(context: Context, input: unknown): Promise<Answer<SellerSettings>>;
  };
  readonly recommendations: {
    /** What is similar to a product, or bought together with it, the best first. */
    list(context: Context, productId: number, query: unknown): Promise<Answer<Recommendations>>;
    /** Why another product is in that list, and where, or why it is not. */
    explain(
      context: Context,
      productId: number,
      otherId: number,
      query: unknown,
    ): Promise<Answer<RecommendationExplanation>>;
  };
  readonly alerts: {
    list(context: Context, query: unknown): Promise<Answer<PageBody<Alert>>>;
    get(context: Context, id: number): Promise<Answer<Alert>>;
    acknowledge(context: Context, id: number): Promise<Answer<Alert>>;
    acknowledgeAll(context: Context, input: unknown): Promise<Answer<AlertsChanged>>;
    snooze(context: Context, id: number, input: unknown): Promise<Answer<Alert>>;
    resolve(context: Context, id: number): Promise<Answer<Alert>>;
  };
  readonly categories: {
    suggest(context: Context, input: unknown): Promise<Answer<CategorySuggestions>>;
    /** Those that products have, by code point. */
    list(context: Context, query: unknown): Promise<Answer<PageBody<CategoryCount>>>;
    /** Suggestions that wait for somebody, the most confident first. */
    reviews(context: Context, query: unknown): Promise<Answer<PageBody<CategoryReview>>>;
    settle(context: Context, productId: number, input: unknown): Promise<Answer<Product>>;
    explain(context: Context, productId: number): Promise<Answer<CategoryExplanation>>;
    accuracy(context: Context): Promise<Answer<CategoryAccuracy>>;
  };
  readonly files: {
    import(
      context: Context,
      kind: "products" | "sales",
      file: FileSource,
      options: { format: FileFormat; dryRun: boolean; signal?: AbortSignal },
    ): Promise<Answer<ImportResult>>;
    export(context: Context, kind: ExportKind, format: FileFormat): AsyncIterable<string>;
    /** A stored image by its public name. */
    image(key: string): Promise<{ bytes: Uint8Array; type: string }>;
  };
  readonly events: {
    list(context: Context, query: unknown): Promise<Answer<{ items: unknown[]; nextCursor: string }>>;
    publish(context: Context, input: unknown): Promise<Answer<unknown>>;
    /**
     * Blocks as they come: first `stream.open` or `stream.reset`, then backlog and live events, with no seam. Bad input, and
     * a product of another seller, are thrown by the call, before anything is said.
     */
    stream(
      context: Context,
      subscription: {
        from?: string | undefined;
        types?: readonly string[] | undefined;
        productId?: number | undefined;
      },
      reader: StreamReader,
    ): Promise<OpenedStream>;
    /** What the streams of this process did since it began. */
    readonly counters: StreamCounters;
  };
  readonly audit: {
    /** Who did what, newest first. */
    list(context: Context, query: unknown): Promise<Answer<PageBody<AuditEntry>>>;
  };
  readonly models: {
    /** What the models of others did since this process began. */
    readonly counters: ModelCounters;
  };
  readonly erasures: {
    /** Begins to erase a seller, goes on with it, or finds it done. */
    erase(context: Omit<Context, "sellerId">, sellerId: string): Promise<Answer<Erasure>>;
    /** How far it is; `not_found` where nobody asked for it. */
    find(sellerId: string): Promise<Answer<Erasure>>;
  };
  readonly keys: {
    /** The context's seller is not used: the request names it. The answer's `key` is nowhere else. */
    create(context: Omit<Context, "sellerId">, input: unknown): Promise<Answer<NewApiKey>>;
    list(sellerId: string | null, query: unknown): Promise<Answer<PageBody<ApiKey>>>;
    /** A new key in the place of an old one, which lives on for a while. The answer's `key` is nowhere else. */
    rotate(context: Omit<Context, "sellerId">, id: number, input: unknown): Promise<Answer<NewApiKey>>;
    revoke(context: Omit<Context, "sellerId">, id: number): Promise<Answer<null>>;
    /** Who holds this key; `unauthenticated` when nobody does (any longer). Verified keys are remembered for seconds. */
    verify(key: string): Promise<ApiKey>;
    /** The same for whoever holds what was made with the key of this id, such as a stream token. */
    verifyId(id: number): Promise<ApiKey>;
    /** Whether some key names this origin: what a preflight, which carries no key, can be told. Remembered for seconds. */
    knowsOrigin(origin: string): Promise<boolean>;
  };
}

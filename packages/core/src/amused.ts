import { randomBytes } from "node:crypto";
import { z } from "zod";
import type { SystemEvents } from "./consumers.ts";
import type { StreamPosition } from "./domain/cursor.ts";
import { type CustomEvents, defineEvents, type NoCustomEvents } from "./domain/event.ts";
import type { ApiKey, KeyRequest, NewApiKey } from "./domain/key.ts";
import { currencySchema } from "./domain/money.ts";
import type { Listing, PageBody } from "./domain/page.ts";
import { parse } from "./domain/parse.ts";
import { idSchema, sellerIdSchema } from "./domain/seller.ts";
import { startThread } from "./engine-threads.ts";
import { AmusedError } from "./errors.ts";
import { inProcessSeller } from "./in-process.ts";
import { listing } from "./listing.ts";
import { memoryFiles } from "./memory/files.ts";
import type { Broadcaster } from "./ports/broadcaster.ts";
import type { FileStore } from "./ports/files.ts";
import type { Repositories } from "./ports/repositories.ts";
import type { Store } from "./ports/store.ts";
import { forecastEvents, forecastReactor } from "./reactors/forecasts.ts";
import { stockEvents, stockReactor } from "./reactors/stock-levels.ts";
import type { Seller } from "./seller.ts";
import { calculator } from "./services/calculations/calculator.ts";
import { consumersService } from "./services/consumers/consumers.ts";
import { consumerUpkeep } from "./services/consumers/upkeep.ts";
import type { Deps } from "./services/deps.ts";
import { eventsService } from "./services/events.ts";
import { filesService } from "./services/files/files.ts";
import { keysService } from "./services/keys.ts";
import { orAfter } from "./services/or-after.ts";
import { pause } from "./services/pause.ts";
import { predictionsService } from "./services/predictions/predictions.ts";
import { shopProfiles } from "./services/predictions/shop-profiles.ts";
import { predictionsPass } from "./services/predictions/upkeep.ts";
import { productsService } from "./services/products.ts";
import { type Retention, retention, retentionSchema } from "./services/retention.ts";
import { salesService } from "./services/sales.ts";
import type { Services } from "./services/services.ts";
import { settingsService } from "./services/settings.ts";
import { stockService } from "./services/stock.ts";
import { streamDispatcher } from "./services/stream/dispatcher.ts";
import { systemEvents } from "./system-events.ts";

export interface AmusedOptions<Custom extends CustomEvents = NoCustomEvents> {
  /** Where the facts are kept: `memoryStore()`, `postgresStore({ pool })`, `pgliteStore("./data")`. */
  store: Store | PromiseLike<Store>;
  /** Where images are kept; in memory when not said. */
  files?: FileStore;
  /** Wakes the streams of other processes on the same store; without it they look for themselves every two seconds. */
  broadcaster?: Broadcaster;
  /** The host's own events, made with `defineEvents()`. */
  events?: Custom;
  /** The currency of products that name none, ISO 4217; USD when not said. */
  currency?: string;
  /** How long events are held, while background work runs; 30 days and a million for each seller when not said. */
  retention?: Retention;
  /** Threads that forecast beside the event loop, made when they are needed; 1 when not said, 0 for none. */
  threads?: number;
  /** The clock; handed in by tests. */
  now?: () => Date;
  /** Told of failures in background work, those of consumers among them; `console.error` when not said. */
  onError?: (error: unknown) => void;
}

/** The whole system: every seller, and what belongs to none. */
export interface Amused<Custom extends CustomEvents = NoCustomEvents> {
  /** Everything of one seller. `actor` stands in the ledger and in events as the one who did it. */
  seller(id: string, options?: { actor?: string }): Seller<Custom>;
  /**
   * Joins a transaction of the host's own (a `pg` client between BEGIN and COMMIT): the host's rows and ours are
   * committed together or not at all. Do it last, with one command: the seller's
   * log waits for the transaction's end, and a second command can deadlock with ordinary writes. Call
   * `committed()` after the commit to wake streams at once; without it they follow within two seconds.
   */
  withTransaction(transaction: unknown): {
    seller(id: string, options?: { actor?: string }): Seller<Custom>;
    committed(): void;
  };
  readonly keys: {
    /** Makes a key; its secret, `key`, is in this answer only. */
    create(request: KeyRequest): Promise<NewApiKey>;
    list(query?: { sellerId?: string; limit?: number; cursor?: string }): Listing<ApiKey, PageBody<ApiKey>>;
    revoke(id: number): Promise<void>;
  };
  /** The log of every seller: consumers of the host's own, what they gave up on, and replays. */
  readonly events: SystemEvents<Custom>;
  /** The same operations for whoever carries them over a wire. */
  readonly services: Services;
  /** Throws `unavailable` unless the store answers. */
  ready(): Promise<void>;
  /**
   * Begins background work: predictions are kept current, stock that crosses its reorder point is told of, old events and
   * idempotency keys are forgotten. Resumes consumers that were stopped. Keeps the process alive until `stop()` or `close()`.
   */
  start(): Promise<void>;
  /** Stops background work, and pauses consumers once what they have in flight is handled. */
  stop(): Promise<void>;
  /** Stops background work, ends all consumers, streams and threads and closes the store. Waits for what is in flight for 5 seconds at most. */
  close(): Promise<void>;
}

/** JavaScript hosts forget it, or hand in the pool that belongs into a store. */
const storeSchema = z.custom<Store>(
  (store) => typeof store === "object" && store !== null && "migrate" in store && "products" in store,
  "must be a store: memoryStore(), postgresStore({ pool }) or pgliteStore(folder)",
);

const threadsSchema = z
  .int("must be a whole number")
  .min(0, "must be from 0 to 64")
  .max(64, "must be from 0 to 64");

const hourMs = 3_600_000;
/** How long closing waits for background work. */
const graceMs = 5_000;
const keptMs = 24 * hourMs;
/** How often it is looked for predictions that have expired, or can be scored. */
const passMs = 60_000;

/**
 * Makes an Amused on a store, which is brought to the current layout first.
 *
 * @example
 * const amused = await createAmused({ store: memoryStore() });
 * const shop = amused.seller("acme");
 * const tea = await shop.products.create({ name: "Green tea", price: "4.90", quantity: 40 });
 * await shop.sales.record({ lines: [{ productId: tea.id, quantity: 2 }] });
 */
export async function createAmused<Custom extends CustomEvents = NoCustomEvents>(
  options: AmusedOptions<Custom>,
): Promise<Amused<Custom>> {
  const { files = memoryFiles(), broadcaster, now = () => new Date() } = options;
  const store = parse(storeSchema, await options.store, "store");
  const currency = parse(currencySchema, options.currency ?? "USD", "currency");
  const customEvents = defineEvents(options.events ?? {});
  const retained = parse(retentionSchema, options.retention ?? {}, "retention");
  const threads = parse(threadsSchema, options.threads ?? 1, "threads");
  await store.migrate();

  const { onError: report = (error: unknown) => console.error(error) } = options;
  // Work goes on whatever becomes of the report.
  const onError = (error: unknown) => {
    try {
      report(error);
    } catch {}
  };
  const epoch = () => randomBytes(5).toString("hex");
  const closed = new AbortController();
  const counters = { gaps: 0 };
  const dispatcher = streamDispatcher({
    events: store.events,
    epoch,
    onGap(sellerId, expected, seen) {
      counters.gaps++;
      onError(new Error(`The log of seller ${sellerId} has a hole: ${expected} was due, ${seen} came.`));
    },
  });

  const consuming = { consumers: store.consumers, events: store.events, now, onError };
  const consumers = consumersService(consuming);
  /** Wakes whoever waits here for this seller's events. */
  const wake = (sellerId: string) => {
    dispatcher.wake(sellerId);
    consumers.wake(sellerId);
  };
  const announce = (sellerId: string) => {
    wake(sellerId);
    broadcaster?.publish(sellerId);
  };
  broadcaster?.listen(wake);

  const engines = {
    calculator: calculator({ threads, start: startThread, onError }),
    shopProfiles: shopProfiles(store.engines, now),
  };
  function servicesOver(repositories: Repositories, announce: Deps["announce"]): Services {
    const deps = { repositories, files, customEvents, currency, now, epoch, announce, ...engines };
    return {
      products: productsService(deps),
      stock: stockService(deps),
      sales: salesService(deps),
      predictions: predictionsService(deps),
      settings: settingsService(deps),
      files: filesService(deps),
      events: eventsService({ ...deps, dispatcher, counters }),
      keys: keysService(deps),
    };
  }

  const services = servicesOver(store, announce);
  const sellerOf = (services: Services, id: string, actor: string | undefined) =>
    inProcessSeller<Custom>(
      services,
      { sellerId: parse(sellerIdSchema, id, "sellerId"), actor: actor ?? null },
      closed.signal,
    );

  // What the system does by itself with what happened; it begins with the first start().
  const own = { repositories: store, files, customEvents, currency, now, epoch, announce, ...engines };
  let reacting = false;
  function react(): void {
    if (reacting) return;
    reacting = true;
    // Of a log that was there before, nobody is told what stock did weeks ago.
    consumers.consume("amused.stock", stockEvents, stockReactor(own), { from: "now" });
    consumers.consume("amused.forecasts", forecastEvents, forecastReactor(own), { concurrency: 1 });
  }
  let passing: AbortController | null = null;
  let pass: Promise<void> = Promise.resolve();
  async function predictEvery(signal: AbortSignal): Promise<void> {
    while (!signal.aborted) {
      await predictionsPass(own, signal, onError).catch(onError);
      await pause(passMs, signal);
    }
  }

  const pruning = retention({ events: store.events, now, onError }, retained);
  let work: ReturnType<typeof setInterval> | null = null;
  const prune = () => store.prune(new Date(now().getTime() - keptMs)).then(() => {}, onError);

  const stopPassing = async () => {
    passing?.abort();
    passing = null;
    await pass;
  };
  const stopPruning = async () => {
    if (work !== null) clearInterval(work);
    work = null;
    await pruning.stop();
  };

  return {
    services,
    seller: (id, { actor } = {}) => sellerOf(services, id, actor),

    withTransaction(transaction) {
      const written = new Map<string, StreamPosition>();
      const joined = servicesOver(store.join(transaction), (sellerId, position) =>
        written.set(sellerId, position),
      );
      return {
        seller: (id, { actor } = {}) => sellerOf(joined, id, actor),
        committed: () => {
          for (const sellerId of written.keys()) announce(sellerId);
        },
      };
    },

    keys: {
      create: async (request) => (await services.keys.create({ actor: null }, request)).body.value,
      list: ({ sellerId, ...query } = {}) =>
        listing(
          query.cursor,
          async (cursor) => (await services.keys.list(sellerId ?? null, { ...query, cursor })).body.value,
        ),
      revoke: async (id) => {
        await services.keys.revoke({ actor: null }, parse(idSchema, id, "id"));
      },
    },

    events: systemEvents<Custom>(consumers, consumerUpkeep(consuming), (id, actor) =>
      sellerOf(services, id, actor),
    ),

    ready: () => store.ping(),
    async start() {
      if (closed.signal.aborted) throw new AmusedError("unavailable", "This system is closed.", {});
      react();
      consumers.resume();
      pruning.start();
      if (passing === null) {
        passing = new AbortController();
        pass = predictEvery(passing.signal);
      }
      if (work !== null) return;
      // Set before anything is waited for: a stop() or another start() may come meanwhile.
      work = setInterval(prune, hourMs);
      work.unref?.();
      await prune();
    },
    async stop() {
      await stopPassing();
      await stopPruning();
      await consumers.pause();
    },
    async close() {
      await orAfter(graceMs, Promise.all([stopPassing(), stopPruning()]));
      await consumers.close();
      await engines.calculator.close();
      closed.abort();
      dispatcher.close();
      await broadcaster?.close();
      await store.close();
    },
  };
}

import { randomBytes } from "node:crypto";
import type { AmusedOptions } from "./amused-options.ts";
import { type Caller, contextOf } from "./caller.ts";
import type { SystemEvents } from "./consumers.ts";
import type { StreamPosition } from "./domain/cursor.ts";
import type { Erasure } from "./domain/erasure.ts";
import { type CustomEvents, defineEvents, type NoCustomEvents } from "./domain/event.ts";
import type { ApiKey, KeyRequest, KeyRotation, NewApiKey } from "./domain/key.ts";
import { currencySchema } from "./domain/money.ts";
import type { Listing, PageBody } from "./domain/page.ts";
import { parse } from "./domain/parse.ts";
import { idSchema } from "./domain/seller.ts";
import { startThread } from "./engine-threads.ts";
import { AmusedError, isBeingErased } from "./errors.ts";
import { inProcessSeller } from "./in-process.ts";
import { listing } from "./listing.ts";
import { memoryCache } from "./memory/cache.ts";
import { memoryFiles } from "./memory/files.ts";
import type { Repositories } from "./ports/repositories.ts";
import { react } from "./reactors/reactors.ts";
import type { Seller } from "./seller.ts";
import { cacheSchema, storeSchema } from "./services/adapters.ts";
import { alertsService } from "./services/alerts/alerts.ts";
import { auditService } from "./services/audit.ts";
import { cachedOver } from "./services/cached.ts";
import { calculator, threadsSchema } from "./services/calculations/calculator.ts";
import { categoriesService } from "./services/categories/categories.ts";
import { consumersService } from "./services/consumers/consumers.ts";
import { consumerUpkeep } from "./services/consumers/upkeep.ts";
import type { Deps } from "./services/deps.ts";
import { erasureWork } from "./services/erasures.ts";
import { eventsService } from "./services/events.ts";
import { filesService } from "./services/files/files.ts";
import { incomingService } from "./services/incoming.ts";
import { keptAnswers } from "./services/kept-answers.ts";
import { keysService } from "./services/keys.ts";
import { modelsSchema } from "./services/models/limits.ts";
import { modelsService } from "./services/models/models.ts";
import { orAfter } from "./services/or-after.ts";
import { passes } from "./services/passes.ts";
import { predictionCounters } from "./services/predictions/counters.ts";
import { predictionsService } from "./services/predictions/predictions.ts";
import { productsService } from "./services/products.ts";
import { recommendationsService } from "./services/recommendations/recommendations.ts";
import { forgetSeller, type Remembered, rememberedOf, rememberedWithin } from "./services/remembered.ts";
import { retention, retentionSchema } from "./services/retention.ts";
import { salesService } from "./services/sales.ts";
import { productSearch } from "./services/search/search.ts";
import type { Services } from "./services/services.ts";
import { settingsService } from "./services/settings.ts";
import { stockService } from "./services/stock.ts";
import { streamDispatcher } from "./services/stream/dispatcher.ts";
import { systemEvents } from "./system-events.ts";

/** The whole system: every seller, and what belongs to none. */
export interface Amused<Custom extends CustomEvents = NoCustomEvents> {
  /** Everything of one seller, written in the name of a caller, if one is said. */
  seller(id: string, caller?: Caller): Seller<Custom>;
  /**
   * Joins a transaction of the host's own (a `pg` client between BEGIN and COMMIT): the host's rows and ours are
   * committed together or not at all. Do it last, with one command: the seller's
   * log waits for the transaction's end, and a second command can deadlock with ordinary writes. Call
   * `committed()` after the commit to wake streams at once; without it they follow within two seconds.
   */
  withTransaction(transaction: unknown): {
    seller(id: string, caller?: Caller): Seller<Custom>;
    committed(): void;
  };
  readonly keys: {
    /** Makes a key; its secret, `key`, is in this answer only. */
    create(request: KeyRequest): Promise<NewApiKey>;
    list(query?: { sellerId?: string; limit?: number; cursor?: string }): Listing<ApiKey, PageBody<ApiKey>>;
    /**
     * Makes a new key with the seller, name, scopes and origins of this one, which lives on for `overlap`, so that whoever
     * uses it can change over. The secret, `key`, is in this answer only. A key is rotated once: its successor is next.
     */
    rotate(id: number, rotation?: KeyRotation): Promise<NewApiKey>;
    revoke(id: number): Promise<void>;
  };
  readonly sellers: {
    /**
     * Erases everything of a seller for good. Its keys are revoked, its streams end and its writes are refused at once; the
     * rest goes on in the background of this process, or after its end of the next one that does `start()` or asks again.
     */
    erase(id: string, caller?: Caller): Promise<Erasure>;
    /** How far that is; `not_found` where nobody asked for it. */
    erasure(id: string): Promise<Erasure>;
  };
  /** The log of every seller: consumers of the host's own, what they gave up on, and replays. */
  readonly events: SystemEvents<Custom>;
  /** The same operations for whoever carries them over a wire. */
  readonly services: Services;
  /** Throws `unavailable` unless the store answers. */
  ready(): Promise<void>;
  /**
   * Begins background work: predictions and recommendations are kept current, new products get a category or a suggestion of
   * one, stock that crosses its reorder point is told of, alerts are raised and ended, old events and idempotency keys are
   * forgotten. Resumes consumers that were stopped. Keeps the process alive until `stop()` or `close()`.
   */
  start(): Promise<void>;
  /** Stops background work, and pauses consumers once what they have in flight is handled. */
  stop(): Promise<void>;
  /** Stops background work, ends all consumers, streams and threads and closes the store. Waits for what is in flight for 5 seconds at most. */
  close(): Promise<void>;
}

/** How long closing waits for background work. */
const graceMs = 5_000;

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
  if (typeof Map.groupBy !== "function") throw new Error("Amused needs Node 22.12 or newer.");
  const { files = memoryFiles(), broadcaster, now = () => new Date() } = options;
  const store = parse(storeSchema, await options.store, "store");
  const currency = parse(currencySchema, options.currency ?? "USD", "currency");
  const cache = parse(cacheSchema, options.cache ?? memoryCache({ now }), "cache");
  const given = parse(modelsSchema, (await options.models) ?? {}, "models");
  const customEvents = defineEvents(options.events ?? {});
  const retained = parse(retentionSchema, options.retention ?? {}, "retention");
  const threads = parse(threadsSchema, options.threads ?? 1, "threads");
  await store.migrate();

  const { onError: report = (error: unknown) => console.error(error) } = options;
  // Work goes on whatever becomes of the report.
  const onError = (error: unknown) => {
    try {
      // Work for a seller who is erased ends by being refused.
      if (!isBeingErased(error)) report(error);
    } catch {}
  };
  const closed = new AbortController();
  const cached = cachedOver(cache, { now, onError });
  const models = modelsService(given, { cached, now, onError, closed: closed.signal });
  const epoch = () => randomBytes(5).toString("hex");
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
    calculator: calculator({ threads, start: startThread, now, onError }),
    predictionCounters: predictionCounters(),
  };
  const shared = { files, models, customEvents, currency, now, epoch, ...engines };
  function servicesOver(
    repositories: Repositories,
    transaction: Deps["transaction"],
    announce: Deps["announce"],
    { cached, shopProfiles, recommenders, categorizers, meanings }: Remembered,
  ): Services {
    const deps = { ...shared, repositories, transaction, cached, shopProfiles, announce };
    return {
      products: { ...productsService(deps), search: productSearch({ ...deps, recommenders, meanings }) },
      stock: stockService(deps),
      sales: salesService(deps),
      incoming: incomingService(deps),
      predictions: predictionsService(deps),
      recommendations: recommendationsService({ ...deps, recommenders, meanings }),
      alerts: alertsService(deps),
      categories: categoriesService(deps, categorizers),
      settings: settingsService(deps),
      files: filesService(deps),
      events: eventsService({ ...deps, dispatcher, counters }),
      audit: auditService(deps),
      models: { counters: models.counters },
      erasures: erasing.service,
      keys: keysService(deps),
    };
  }

  const remembered = rememberedOf(store, { ...shared, cached });
  const forget = (sellerId: string) => forgetSeller(remembered, sellerId);
  const erasing = erasureWork({ repositories: store, files, forget, announce, now, epoch, onError });
  const services = servicesOver(store, store.transaction, announce, remembered);
  const sellerOf = (services: Services, id: string, caller?: Caller) =>
    inProcessSeller<Custom>(services, contextOf(id, caller), closed.signal);

  // What the system does by itself; its reactors begin with the first start().
  const own = { ...shared, ...remembered, repositories: store, transaction: store.transaction, announce };
  const passing = passes(own, onError);
  let begun: Promise<void> | null = null;

  const pruning = retention({ events: store.events, now, onError }, retained);
  const keys = keptAnswers(store, { now, onError });
  const stopWork = async () => {
    keys.stop();
    await Promise.all([passing.stop(), pruning.stop(), erasing.stop()]);
  };

  return {
    services,
    seller: (id, caller) => sellerOf(services, id, caller),

    withTransaction(transaction) {
      const written = new Map<string, StreamPosition>();
      const repositories = store.join(transaction);
      const told: Deps["announce"] = (sellerId, position) => written.set(sellerId, position);
      const within = rememberedWithin(repositories, { ...shared, cached });
      const joined = servicesOver(repositories, (work) => work(repositories), told, within);
      return {
        seller: (id, caller) => sellerOf(joined, id, caller),
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
      rotate: async (id, rotation = {}) =>
        (await services.keys.rotate({ actor: null }, parse(idSchema, id, "id"), rotation)).body.value,
      revoke: async (id) => {
        await services.keys.revoke({ actor: null }, parse(idSchema, id, "id"));
      },
    },

    sellers: {
      erase: async (id, caller) => (await services.erasures.erase(contextOf(id, caller), id)).body.value,
      erasure: async (id) => (await services.erasures.find(id)).body.value,
    },

    events: systemEvents<Custom>(consumers, consumerUpkeep(consuming), (id, actor) =>
      sellerOf(services, id, { actor }),
    ),

    ready: () => store.ping(),
    async start() {
      if (closed.signal.aborted) throw new AmusedError("unavailable", "This system is closed.", {});
      begun ??= react(consumers, own, passing.wake);
      consumers.resume();
      pruning.start();
      passing.start();
      erasing.start();
      await keys.start();
      // A store that does not answer now is waited for in the background.
      await orAfter(graceMs, begun);
    },
    async stop() {
      await stopWork();
      await consumers.pause();
    },
    async close() {
      await Promise.all([orAfter(graceMs, stopWork()), consumers.close()]);
      await engines.calculator.close();
      closed.abort();
      dispatcher.close();
      await broadcaster?.close();
      await cache.close();
      await store.close();
    },
  };
}

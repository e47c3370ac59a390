import { createHash } from "node:crypto";
import type { WriteOptions } from "./call-options.ts";
import type { AuditQuery } from "./domain/audit.ts";
import type { CustomEvents } from "./domain/event.ts";
import type { ExportKind } from "./domain/import.ts";
import type { Listing, Page, PageBody } from "./domain/page.ts";
import { parse } from "./domain/parse.ts";
import { idSchema } from "./domain/seller.ts";
import { invalidRequest } from "./errors.ts";
import { listing } from "./listing.ts";
import { liveProducts } from "./live.ts";
import type { Seller } from "./seller.ts";
import type { Answer, Context, Services, StreamBlock } from "./services/services.ts";

/** The seller's interface right on the services: answers as values. What is followed ends when `closed` aborts. */
export function inProcessSeller<Custom extends CustomEvents>(
  services: Services,
  reading: Context,
  closed: AbortSignal,
): Seller<Custom> {
  /** The context of a write; the same key with another operation or input is another request. */
  function writing(options: WriteOptions | undefined, ...request: unknown[]): Context {
    options?.signal?.throwIfAborted();
    const key = options?.idempotencyKey;
    if (key === undefined) return reading;
    if (!/^[\x20-\x7e]{1,255}$/.test(key))
      throw invalidRequest([
        { path: "Idempotency-Key", message: "must be 1 to 255 visible ASCII characters" },
      ]);
    return {
      ...reading,
      idempotency: { key, hash: createHash("sha256").update(JSON.stringify(request)).digest("hex") },
    };
  }

  const value = <T>(answer: Answer<T>): T => answer.body.value;
  // A read of a seller always has a cursor.
  const page = <T>(answer: Answer<PageBody<T>>): Page<T> => ({
    ...value(answer),
    asOf: answer.cursor as string,
  });
  const idOf = (id: unknown): number => parse(idSchema, id, "id");
  const { products, stock, sales, incoming, predictions, recommendations, categories } = services;
  const { alerts, settings, files, events, audit } = services;

  function importer(kind: "products" | "sales"): Seller["products"]["import"] {
    return async (file, options = {}) => {
      const { format = "csv", dryRun = false, signal } = options;
      const context = writing(options, "import", kind);
      return value(await files.import(context, kind, file, { format, dryRun, ...(signal && { signal }) }));
    };
  }

  function exporter(kind: ExportKind): Seller["products"]["export"] {
    return ({ format = "csv", signal } = {}) => {
      const pieces = files.export(reading, kind, format)[Symbol.asyncIterator]();
      const encoder = new TextEncoder();
      return new ReadableStream<Uint8Array>({
        async pull(controller) {
          signal?.throwIfAborted();
          const piece = await pieces.next();
          if (piece.done) controller.close();
          else controller.enqueue(encoder.encode(piece.value));
        },
        async cancel() {
          await pieces.return?.();
        },
      });
    };
  }

  const seller: Seller<Custom> = {
    products: {
      create: async (product, options) =>
        value(await products.create(writing(options, "products.create", product), product)),
      get: async (id) => value(await products.get(reading, idOf(id))),
      update: async (id, changes, options) =>
        value(
          await products.update(
            writing(options, "products.update", id, changes),
            idOf(id),
            changes,
            options?.ifVersion,
          ),
        ),
      delete: async (id, options) => {
        await products.delete(writing(options, "products.delete", id), idOf(id), options?.ifVersion);
      },
      list: (query = {}) =>
        listing(query.cursor, async (cursor) => page(await products.list(reading, { ...query, cursor }))),
      live: (query, { signal = closed } = {}) =>
        liveProducts(seller, query, { signal: AbortSignal.any([signal, closed]) }),
      import: importer("products"),
      export: exporter("products"),
      setImage: async (id, image, options) => {
        const bytes = image instanceof Blob ? new Uint8Array(await image.arrayBuffer()) : image;
        const content = createHash("sha256").update(bytes).digest("hex");
        return value(
          await products.setImage(
            writing(options, "products.setImage", id, content),
            idOf(id),
            bytes,
            options?.ifVersion,
          ),
        );
      },
      search: async (query) => value(await products.search(reading, query)),
      describe: async (id) => value(await products.describe(reading, idOf(id))),
    },
    stock: {
      adjust: async (id, adjustment, options) =>
        value(await stock.change(writing(options, "stock", id, adjustment), idOf(id), adjustment)),
      count: async (id, count, options) =>
        value(await stock.change(writing(options, "stock", id, count), idOf(id), count)),
      movements: (id, query = {}) =>
        listing(query.cursor, async (cursor) =>
          page(await stock.movements(reading, idOf(id), { ...query, cursor })),
        ),
    },
    sales: {
      record: async (sale, options) =>
        value(await sales.record(writing(options, "sales.record", sale), sale)),
      return: async (goods, options) =>
        value(await sales.return(writing(options, "sales.return", goods), goods)),
      list: (query = {}) =>
        listing(query.cursor, async (cursor) => page(await sales.list(reading, { ...query, cursor }))),
      daily: async (id, query = {}) => page(await sales.daily(reading, idOf(id), query)),
      import: importer("sales"),
      export: exporter("sales"),
    },
    incoming: {
      create: async (goods, options) =>
        value(await incoming.create(writing(options, "incoming.create", goods), goods)),
      get: async (id) => value(await incoming.get(reading, idOf(id))),
      list: (query = {}) =>
        listing(query.cursor, async (cursor) => page(await incoming.list(reading, { ...query, cursor }))),
      update: async (id, changes, options) =>
        value(await incoming.update(writing(options, "incoming.update", id, changes), idOf(id), changes)),
      receive: async (id, receipt, options) =>
        value(await incoming.receive(writing(options, "incoming.receive", id, receipt), idOf(id), receipt)),
      cancel: async (id, options) => {
        await incoming.cancel(writing(options, "incoming.cancel", id), idOf(id));
      },
    },
    predictions: {
      forecast: async (id, query = {}) => value(await predictions.forecast(reading, idOf(id), query)),
      stockout: async (id) => value(await predictions.stockout(reading, idOf(id))),
      atRisk: (query = {}) =>
        listing(query.cursor, async (cursor) =>
          page(await predictions.atRisk(reading, { ...query, cursor })),
        ),
      list: (query = {}) =>
        listing(query.cursor, async (cursor) => page(await predictions.list(reading, { ...query, cursor }))),
      explain: async (id, query = {}) => value(await predictions.explain(reading, idOf(id), query)),
      scores: (query = {}) =>
        listing(query.cursor, async (cursor) =>
          page(await predictions.scores(reading, { ...query, cursor })),
        ),
      record: async (query = {}) => value(await predictions.record(reading, query)),
    },
    categories: {
      suggest: async (product) => value(await categories.suggest(reading, product)),
      list: (query = {}) =>
        listing(query.cursor, async (cursor) => page(await categories.list(reading, { ...query, cursor }))),
      reviews: (query = {}) =>
        listing(query.cursor, async (cursor) =>
          page(await categories.reviews(reading, { ...query, cursor })),
        ),
      settle: async (id, decision, options) =>
        value(
          await categories.settle(writing(options, "categories.settle", id, decision), idOf(id), decision),
        ),
      explain: async (id) => value(await categories.explain(reading, idOf(id))),
      accuracy: async () => value(await categories.accuracy(reading)),
    },
    settings: {
      get: async () => value(await settings.get(reading)),
      update: async (changes, options) =>
        value(await settings.update(writing(options, "settings.update", changes), changes)),
    },
    recommendations: {
      similar: async (id, query = {}) =>
        value(await recommendations.list(reading, idOf(id), { ...query, kind: "similar" })),
      boughtTogether: async (id, query = {}) =>
        value(await recommendations.list(reading, idOf(id), { ...query, kind: "bought_together" })),
      explain: async (id, otherId, query = {}) =>
        value(await recommendations.explain(reading, idOf(id), parse(idSchema, otherId, "otherId"), query)),
    },
    alerts: {
      list: (query = {}) =>
        listing(query.cursor, async (cursor) => page(await alerts.list(reading, { ...query, cursor }))),
      get: async (id) => value(await alerts.get(reading, idOf(id))),
      acknowledge: async (id, options) =>
        value(await alerts.acknowledge(writing(options, "alerts.acknowledge", id), idOf(id))),
      acknowledgeAll: async (which, options) =>
        value(await alerts.acknowledgeAll(writing(options, "alerts.acknowledgeAll", which), which)),
      snooze: async (id, snooze, options) =>
        value(await alerts.snooze(writing(options, "alerts.snooze", id, snooze), idOf(id), snooze)),
      resolve: async (id, options) =>
        value(await alerts.resolve(writing(options, "alerts.resolve", id), idOf(id))),
    },
    // The log knows the host's event types by their schemas at run time; the types are the compiler's view of the same.
    events: {
      list: async (query = {}) => value(await events.list(reading, query)),
      publish: async (event, options) =>
        value(await events.publish(writing(options, "events.publish", event), event)),
      subscribe({ signal, ...subscription } = {}): AsyncIterable<unknown> {
        const left = new AbortController();
        const ended = AbortSignal.any([signal ?? left.signal, left.signal]);
        const stream = subscribe(services, reading, subscription, ended);
        const leave = stream.return.bind(stream);
        // By itself a generator that waits is left at its next event only.
        stream.return = (value) => {
          left.abort();
          return leave(value);
        };
        return stream;
      },
    } as Seller<Custom>["events"],
    audit: {
      list: (query: AuditQuery = {}): Listing<unknown> =>
        listing(query.cursor, async (cursor) => page(await audit.list(reading, { ...query, cursor }))),
      export: exporter("audit"),
    } as Seller<Custom>["audit"],
  };
  return seller;
}

/** The events of a stream as values, without its control blocks; a reset is handed on. */
async function* subscribe(
  { events }: Services,
  context: Context,
  subscription: Parameters<Services["events"]["stream"]>[1],
  signal: AbortSignal,
): AsyncGenerator<unknown, void, undefined> {
  let blocks: readonly StreamBlock[] = [];
  let ended: { error?: unknown } | null = null;
  let rouse = () => {};
  const stream = await events.stream(context, subscription, {
    // One run at a time: what the consumer has not come to is not kept here.
    take(next) {
      blocks = next;
      rouse();
      return false;
    },
    end(error) {
      ended = { error };
      rouse();
    },
  });
  const leave = () => rouse();
  signal.addEventListener("abort", leave);
  try {
    while (!signal.aborted) {
      const roused = new Promise<void>((resolve) => {
        rouse = resolve;
      });
      blocks = [];
      stream.more();
      if (blocks.length === 0 && ended === null) await roused;
      for (const { type, text } of blocks) {
        if (signal.aborted) return;
        if (type === "stream.reset") yield { type, payload: JSON.parse(text) as unknown };
        else if (type !== "stream.open" && type !== "stream.cursor") yield JSON.parse(text) as unknown;
      }
      const end = ended as { error?: unknown } | null;
      if (end?.error !== undefined) throw end.error;
      if (end !== null) return;
    }
  } finally {
    signal.removeEventListener("abort", leave);
    stream.close();
  }
}

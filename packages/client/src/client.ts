import type { CustomEvents, NoCustomEvents, Seller } from "@amused/core";
import { createHttp } from "./http/http.ts";
import type { ClientOptions } from "./options.ts";
import { alerts } from "./seller/alerts.ts";
import { audit } from "./seller/audit.ts";
import { categories } from "./seller/categories.ts";
import { events } from "./seller/events.ts";
import { incoming } from "./seller/incoming.ts";
import { predictions } from "./seller/predictions.ts";
import { products } from "./seller/products.ts";
import { recommendations } from "./seller/recommendations.ts";
import { sales } from "./seller/sales.ts";
import { settings } from "./seller/settings.ts";
import { stock } from "./seller/stock.ts";
import { type StreamTokens, streamTokens } from "./seller/stream-tokens.ts";

/** What `createClient` gives: the seller's interface, and what only a server has to offer. */
export interface Client<Custom extends CustomEvents = NoCustomEvents> extends Seller<Custom> {
  readonly streamTokens: StreamTokens;
}

/**
 * A seller's interface over HTTP, the same as `amused.seller(id)` in process: for browsers, Node, Bun, Deno and Workers.
 *
 * Requests are tried again where that can help, and every write carries an idempotency key, so that it has one effect.
 * What this client wrote, its later reads see, on replicas too. Errors are `AmusedError`s; one whose signal aborts
 * rejects with the signal's reason.
 *
 * @example
 * const shop = createClient({ baseUrl: "https://amused.example", apiKey: async () => (await fetch("/token")).text() });
 * const tea = await shop.products.create({ sku: "TEA-1", name: "Green tea", price: "4.90", quantity: 40 });
 * await shop.sales.record({ orderId: "o-1", lines: [{ productId: tea.id, quantity: 2 }] });
 * for await (const event of shop.events.subscribe({ types: ["sale.recorded"], from: "start" })) {
 *   if (event.type === "sale.recorded") console.log(event.payload.remaining);
 * }
 */
export function createClient<Custom extends CustomEvents = NoCustomEvents>(
  options: ClientOptions<Custom>,
): Client<Custom> {
  const http = createHttp(options);
  const log = events<Custom>(http, options);
  return {
    products: products(http, log),
    stock: stock(http),
    sales: sales(http),
    incoming: incoming(http),
    predictions: predictions(http),
    recommendations: recommendations(http),
    alerts: alerts(http),
    categories: categories(http),
    settings: settings(http),
    events: log,
    audit: audit<Custom>(http),
    streamTokens: streamTokens(http),
  };
}

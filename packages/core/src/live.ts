import type { ReadOptions } from "./call-options.ts";
import type { StreamReset } from "./domain/event.ts";
import type { Product } from "./domain/product.ts";
import { followProducts, type ProductEvent, productEvents } from "./live/follow-products.ts";
import { liveList } from "./live/live-list.ts";
import type { LiveList, LiveProductQuery, Products } from "./seller.ts";
import type { Subscription } from "./seller-events.ts";

/** The two functions that a live list is made of, on either transport. */
export interface LiveShop {
  products: Pick<Products, "list">;
  events: { subscribe(subscription: Subscription<(typeof productEvents)[number]>): AsyncIterable<unknown> };
}

/** What `products.live` is on both transports. This door imports nothing, so that a page can load it later and by itself. */
export function liveProducts(
  { products, events }: LiveShop,
  query: LiveProductQuery = {},
  { signal: ended }: ReadOptions = {},
): LiveList<Product> {
  return liveList(
    {
      read: (signal) => products.list(query, { signal }),
      // Whatever events the host has of its own, these types are ours.
      subscribe: (from, signal) =>
        events.subscribe({ from, signal, types: productEvents }) as AsyncIterable<ProductEvent | StreamReset>,
      step: followProducts(query),
    },
    ended,
  );
}

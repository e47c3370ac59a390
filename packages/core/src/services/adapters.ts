import { z } from "zod";
import type { Cache } from "../ports/cache.ts";
import type { Store } from "../ports/store.ts";

/** JavaScript hosts forget it, or hand in the pool that belongs into a store. */
export const storeSchema: z.ZodType<Store> = z.custom<Store>(
  (store) => has(store, "migrate") && has(store, "products"),
  "must be a store: memoryStore(), postgresStore({ pool }) or pgliteStore(folder)",
);

export const cacheSchema: z.ZodType<Cache> = z.custom<Cache>(
  (cache) => has(cache, "get") && has(cache, "set") && has(cache, "delete"),
  "must be a cache, such as memoryCache()",
);

function has(adapter: unknown, name: string): boolean {
  return typeof adapter === "object" && adapter !== null && name in adapter;
}

import type { LiveList, LiveProductQuery, LiveState, Product, ReadOptions } from "@amused/core";
import type { LiveShop } from "@amused/core/live";
import { broken } from "../http/problem.ts";

/** `products.live`, which is loaded for its first consumer: most pages never ask for it. */
export function live(
  shop: LiveShop,
  query: LiveProductQuery | undefined,
  options: ReadOptions | undefined,
): LiveList<Product> {
  let list: LiveList<Product> | undefined;
  let before: LiveState<Product> = { items: [], status: "idle" };
  const get = () => list?.get() ?? before;

  async function load(): Promise<LiveList<Product>> {
    if (list === undefined) before = { items: [], status: "loading" };
    try {
      const { liveProducts } = await import("@amused/core/live");
      list ??= liveProducts(shop, query, options);
      return list;
    } catch (cause) {
      const error = broken("Loading live lists", cause);
      before = { items: [], status: "failed", error };
      throw error;
    }
  }

  return {
    get,
    subscribe(listener) {
      let leave: (() => void) | undefined = () => {
        leave = undefined;
      };
      const loaded = load();
      // First, so that a listener that throws is not held: its caller got nothing to leave by.
      listener(get());
      loaded.then(
        (list) => {
          if (leave) leave = list.subscribe(listener);
        },
        () => leave && listener(before),
      );
      return () => leave?.();
    },
    [Symbol.asyncIterator]() {
      let iterator: Promise<AsyncIterator<readonly Product[]>> | undefined;
      const loaded = () => (iterator ??= load().then((list) => list[Symbol.asyncIterator]()));
      return {
        next: async () => (await loaded()).next(),
        return: async () => (await loaded()).return?.() ?? { done: true, value: undefined },
      };
    },
  };
}

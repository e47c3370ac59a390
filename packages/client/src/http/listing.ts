import type { Listing, Page } from "@amused/core";
import type { Http } from "./http.ts";

/** A list over its pages: nothing is asked for before it is awaited or iterated, and the first page once only. */
export function listing<T>(
  http: Http,
  path: string,
  query: { cursor?: string | undefined } = {},
  signal?: AbortSignal,
): Listing<T> {
  const page = (cursor: string | undefined) => http.page<T>(path, { query: { ...query, cursor }, signal });
  let first: Promise<Page<T>> | undefined;
  const firstPage = () => (first ??= page(query.cursor));
  return {
    // biome-ignore lint/suspicious/noThenProperty: a listing is awaitable by design
    then: (done, failed) => firstPage().then(done, failed),
    async *[Symbol.asyncIterator]() {
      let { items, nextCursor } = await firstPage();
      yield* items;
      while (nextCursor !== null) {
        ({ items, nextCursor } = await page(nextCursor));
        yield* items;
      }
    },
  };
}

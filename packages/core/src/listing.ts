import type { Listing, PageBody } from "./domain/page.ts";

/** Makes a list of its pages: the first is fetched when the list is awaited or iterated, and once only. */
export function listing<T, P extends PageBody<T>>(
  cursor: string | undefined,
  fetch: (cursor: string | undefined) => Promise<P>,
): Listing<T, P> {
  let first: Promise<P> | undefined;
  const firstPage = () => (first ??= fetch(cursor));
  return {
    // biome-ignore lint/suspicious/noThenProperty: a listing is awaitable by design
    then: (done, failed) => firstPage().then(done, failed),
    async *[Symbol.asyncIterator]() {
      let page = await firstPage();
      yield* page.items;
      while (page.nextCursor !== null) {
        page = await fetch(page.nextCursor);
        yield* page.items;
      }
    },
  };
}

import { z } from "zod";

/** One page of a list as it travels; `nextCursor` asks for the next one and is `null` at the end. */
export interface PageBody<T> {
  items: T[];
  nextCursor: string | null;
}

/** One page of a seller's list. */
export interface Page<T> extends PageBody<T> {
  /**
   * The cursor of the last event that the page knows of: `events.subscribe({ from: page.asOf })` goes on from the moment
   * at which the page was read, with nothing between left out or told again.
   */
  asOf: string;
}

/** A list that is awaited for one page, or iterated for everything: pages are fetched as the loop gets to them. */
export interface Listing<T, P extends PageBody<T> = Page<T>> extends PromiseLike<P>, AsyncIterable<T> {}

/** How much of a list, and from where: 1–200 items, 50 when not said. */
export const pageQuery = {
  limit: z
    .int("must be a whole number")
    .min(1, "must be from 1 to 200")
    .max(200, "must be from 1 to 200")
    .default(50),
  cursor: z.string().max(4000).optional(),
};

/** Where a keyset page ended: the value it was sorted by, as text, and the id that breaks ties. */
export interface Position {
  key: string;
  id: number;
}

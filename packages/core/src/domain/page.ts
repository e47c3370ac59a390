import { z } from "zod";

/** One page of a list; `nextCursor` asks for the next one and is `null` at the end. */
export interface Page<T> {
  items: T[];
  nextCursor: string | null;
}

/** A list that is awaited for one page, or iterated for everything: pages are fetched as the loop gets to them. */
export interface Listing<T> extends PromiseLike<Page<T>>, AsyncIterable<T> {}

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

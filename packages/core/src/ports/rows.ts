import type { StreamPosition } from "../domain/cursor.ts";
import type { Encoded } from "../domain/encoded.ts";
import type { Position } from "../domain/page.ts";

/** What a read answers, with the head of the seller's log in the same snapshot (`null`: it has no log yet). */
export interface Read<T> {
  body: Encoded<T>;
  head: StreamPosition | null;
}

/** Up to `limit` rows; `last` is where they end if there are more, else `null`. */
export interface Rows<T> extends Read<T[]> {
  last: Position | null;
}

export interface PageRequest {
  limit: number;
  after: Position | null;
}

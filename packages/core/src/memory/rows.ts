import { encodedText } from "../domain/encoded.ts";
import type { Position } from "../domain/page.ts";
import type { Read, Rows } from "../ports/repositories.ts";
import { headOf } from "./log.ts";
import type { SellerState } from "./state.ts";

/** A row of a list and where it stands in it. */
export interface Row<T> extends Position {
  value: T;
}

/** A value that was read, as JSON: it shares nothing with the store. */
export function readOf<T>(seller: SellerState | null, value: T): Read<T> {
  return { body: encodedText<T>(JSON.stringify(value)), head: seller && headOf(seller) };
}

/** A page of the first `limit` rows; whoever calls may leave out all rows after the one that shows that there are more. */
export function rowsOf<T>(seller: SellerState | null, rows: readonly Row<T>[], limit: number): Rows<T> {
  const page = rows.slice(0, limit);
  const end = rows.length > limit ? page.at(-1) : undefined;
  const values = page.map(({ value }) => value);
  return { ...readOf(seller, values), last: end === undefined ? null : { key: end.key, id: end.id } };
}

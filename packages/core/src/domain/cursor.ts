import { invalidRequest } from "../errors.ts";

/** A position in a seller's log: everything up to and with `seq` has been seen. */
export interface StreamPosition {
  /** Names one history; a restored database has another. */
  epoch: string;
  seq: number;
}

/** The cursor of a position, as clients carry it. */
export function formatCursor({ epoch, seq }: StreamPosition): string {
  return `${epoch}.${seq}`;
}

/** Reads a cursor; a malformed one is refused, naming the field it came in. */
export function parseCursor(cursor: string, field: string): StreamPosition {
  const match = /^([a-z0-9]{1,32})\.(0|[1-9]\d{0,14})$/.exec(cursor);
  if (match === null)
    throw invalidRequest([{ path: field, message: "is not a cursor that this log gave out" }]);
  return { epoch: match[1] as string, seq: Number(match[2]) };
}

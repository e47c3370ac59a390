import { createHash } from "node:crypto";
import { z } from "zod";
import { type Encoded, encodedText } from "../domain/encoded.ts";
import type { PageBody, Position } from "../domain/page.ts";
import { invalidRequest } from "../errors.ts";
import type { Rows } from "../ports/repositories.ts";

const cursorSchema = z.tuple([z.string(), z.string(), z.int().min(0)]);

/** Names a list and its filters in a few characters, so that a cursor of one is refused by another. */
function fingerprint(filters: unknown): string {
  return createHash("sha256").update(JSON.stringify(filters)).digest("base64url").slice(0, 8);
}

/** The position that a list's cursor holds; refused when it belongs to another list or other filters. */
export function positionOf(cursor: string | undefined, filters: unknown): Position | null {
  if (cursor === undefined) return null;
  const parsed = cursorSchema.safeParse(decode(cursor));
  if (!parsed.success)
    throw invalidRequest([{ path: "cursor", message: "is not a cursor that this list gave out" }]);
  const [list, key, id] = parsed.data;
  if (list !== fingerprint(filters))
    throw invalidRequest([{ path: "cursor", message: "belongs to a list with other filters" }]);
  return { key, id };
}

function decode(cursor: string): unknown {
  try {
    return JSON.parse(Buffer.from(cursor, "base64url").toString());
  } catch {
    return undefined;
  }
}

/** The page made of rows, by putting texts together: the rows are not parsed. */
export function pageOf<T>(rows: Rows<T>, filters: unknown): Encoded<PageBody<T>> {
  const next =
    rows.last === null
      ? null
      : Buffer.from(JSON.stringify([fingerprint(filters), rows.last.key, rows.last.id])).toString(
          "base64url",
        );
  return encodedText(`{"items":${rows.body.text},"nextCursor":${JSON.stringify(next)}}`);
}

import { z } from "zod";
import { type CustomEvents, type FilteredEvent, type NoCustomEvents, typesFilterSchema } from "./event.ts";
import { pageQuery } from "./page.ts";
import { idSchema } from "./seller.ts";
import { text } from "./text.ts";
import { boundSchema } from "./time.ts";

/** Who caused an event, and by which request. */
export interface Origin {
  /** As the transport or the host named them: `key:12`, `admin`, `consumer:…`; `null` is the host itself. */
  actor: string | null;
  /** The API key, where the actor is one. */
  keyId: number | null;
  /** The `X-Request-Id` of the request, or what the host gave. */
  requestId: string | null;
}

/** The API key that an actor is. */
export function keyIdOf(actor: string | null): number | null {
  const id = /^key:(\d{1,15})$/.exec(actor ?? "")?.[1];
  return id === undefined ? null : Number(id);
}

/** An event with its origin. */
export type AuditEntry<
  Filter extends string = string,
  Custom extends CustomEvents = NoCustomEvents,
> = FilteredEvent<Filter, Custom> & Origin;

/** The columns of the log as a CSV file. */
export const auditColumns = [
  ...(["seq", "createdAt", "type", "productId", "actor", "keyId", "requestId", "payload"] as const),
];

/** Which events, newest first; `from` and `to` are inclusive UTC days, or times. */
export const auditQuerySchema = z.strictObject({
  ...pageQuery,
  actor: text(1, 300).optional(),
  types: typesFilterSchema.optional(),
  productId: idSchema.optional(),
  from: boundSchema,
  to: boundSchema,
});

export interface AuditQuery<Filter extends string = string>
  extends Omit<z.input<typeof auditQuerySchema>, "types"> {
  types?: readonly Filter[];
}

import { formatCursor, type StreamPosition } from "../domain/cursor.ts";
import type { EventOf, EventPayloads } from "../domain/event.ts";
import type { Command, EventDraft } from "../ports/repositories.ts";
import type { Database, SellerState } from "./state.ts";

/** A fact of our own kinds, its payload checked by its type. */
export function fact<Type extends keyof EventPayloads>(
  type: Type,
  productId: number | null,
  payload: EventPayloads[Type],
): EventDraft {
  return { type, productId, payload };
}

/** Begins the seller's log where there is none. */
export function openLog({ journal }: Database, seller: SellerState, epoch: string): StreamPosition {
  if (seller.log === null) journal.assign(seller, { log: { epoch, seq: 0 } });
  return headOf(seller) as StreamPosition;
}

/** A copy, since it is handed out. */
export function headOf(seller: SellerState): StreamPosition | null {
  return seller.log && { ...seller.log };
}

/** Appends the next event of the seller. */
export function appendEvent(
  db: Database,
  seller: SellerState,
  command: Command,
  { type, productId, payload }: EventDraft,
): EventOf<string, unknown> {
  const { epoch, seq: before } = openLog(db, seller, command.epoch);
  const position = { epoch, seq: before + 1 };
  const event = {
    id: formatCursor(position),
    seq: position.seq,
    type,
    sellerId: seller.id,
    productId,
    payload,
    createdAt: command.at.toISOString(),
  };
  const { actor, requestId = null } = command;
  const stored = { seq: position.seq, type, productId, text: JSON.stringify(event), actor, requestId };
  db.journal.push(seller.events, stored);
  if (productId !== null) db.journal.append(seller.eventsOf, productId, stored);
  db.journal.assign(seller, { log: position });
  return event;
}

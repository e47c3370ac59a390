import { type AuditEntry, keyIdOf } from "../domain/audit.ts";
import type { AmusedEvent } from "../domain/event.ts";
import { matches } from "../domain/event.ts";
import type { AuditRepository } from "../ports/audit.ts";
import type { Run } from "./access.ts";
import { firstBeyond } from "./first-beyond.ts";
import { type Row, rowsOf } from "./rows.ts";
import { type Database, type LoggedEvent, sellerToRead } from "./state.ts";

export function auditRepository(db: Database, run: Run): AuditRepository {
  return {
    list: (sellerId, { actor, types, productId, from, before, limit, after }) =>
      run(() => {
        const seller = sellerToRead(db, sellerId);
        const held = productId === null ? seller.events : (seller.eventsOf.get(productId) ?? []);
        const filter = { types: types ?? undefined };
        const rows: Row<AuditEntry>[] = [];
        const end = after === null ? held.length : firstBeyond(held, ({ seq }) => seq >= after.id);
        for (let i = end - 1; i >= 0 && rows.length <= limit; i--) {
          const event = held[i] as LoggedEvent;
          if ((actor !== null && event.actor !== actor) || !matches(event, filter)) continue;
          const value = entryOf(event);
          if ((from !== null && value.createdAt < from) || (before !== null && value.createdAt >= before))
            continue;
          rows.push({ key: "", id: event.seq, value });
        }
        return rowsOf(seller, rows, limit);
      }),
  };
}

function entryOf({ text, actor, requestId }: LoggedEvent): AuditEntry {
  return { ...(JSON.parse(text) as AmusedEvent), actor, keyId: keyIdOf(actor), requestId };
}

import { matches } from "../domain/event.ts";
import { beingErased, notFound } from "../errors.ts";
import type { EventRepository } from "../ports/repositories.ts";
import type { Run } from "./access.ts";
import { perform } from "./command.ts";
import { firstBeyond } from "./first-beyond.ts";
import { headOf, openLog } from "./log.ts";
import { pruneLogs } from "./prune.ts";
import { type Database, sellerToRead, sellerToWrite } from "./state.ts";

export function eventRepository(db: Database, run: Run): EventRepository {
  return {
    append: (command, drafts) =>
      run(() =>
        perform(db, command, ({ seller, emit }) => {
          for (const { productId } of drafts)
            if (productId !== null && !seller.products.has(productId)) throw notFound("product", productId);
          return { body: drafts.map(emit) };
        }),
      ),

    read: (sellerId, { after, limit, types, productId }) =>
      run(() => {
        const { log, erasing, events: all, eventsOf } = sellerToRead(db, sellerId);
        if (erasing) throw beingErased();
        if (log === null) return null;
        const oldest = all[0]?.seq ?? log.seq + 1;
        const held = productId === null ? all : (eventsOf.get(productId) ?? []);
        const filter = { types: types ?? undefined, productId: productId ?? undefined };
        const events = [];
        const from = firstBeyond(held, ({ seq }) => seq > after);
        for (let i = from; i < held.length && events.length < limit; i++) {
          const event = held[i];
          if (event === undefined || !matches(event, filter)) continue;
          const { seq, type, productId, text } = event;
          events.push({ seq, type, productId, text });
        }
        return { epoch: log.epoch, head: log.seq, oldest, events };
      }),

    open: (sellerId, epoch) => run(() => openLog(db, sellerToWrite(db, sellerId), epoch)),

    heads: (sellerIds) =>
      run(() => {
        const heads = sellerIds.map((id) => [id, headOf(sellerToRead(db, id))] as const);
        return new Map(heads.flatMap(([id, head]) => (head === null ? [] : [[id, head]])));
      }),

    prune: (request) => run(() => pruneLogs(db, request)),
  };
}

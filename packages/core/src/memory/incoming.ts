import type { IncomingStock } from "../domain/incoming.ts";
import { dayMs } from "../domain/time.ts";
import { AmusedError, notFound, notOpen } from "../errors.ts";
import type { IncomingRepository } from "../ports/incoming.ts";
import type { Run } from "./access.ts";
import { perform, type Scope } from "./command.ts";
import { fact } from "./log.ts";
import { move } from "./move.ts";
import { readOf, rowsOf } from "./rows.ts";
import { type Database, liveProduct, revisionOf, type SellerState, sellerToRead } from "./state.ts";

export function incomingRepository(db: Database, run: Run): IncomingRepository {
  /** Puts it in its place, and tells of it. */
  function put(
    { seller, at, emit }: Scope,
    type: "created" | "updated" | "received" | "cancelled",
    changed: IncomingStock,
  ): IncomingStock {
    const incoming = { ...changed, updatedAt: at };
    db.journal.put(seller.incoming, incoming.id, incoming);
    emit(fact(`incoming.${type}`, incoming.productId, { incoming }));
    return incoming;
  }

  return {
    create: (command, { productId, quantity, expectedOn, reference }) =>
      run(() =>
        perform(db, command, (scope) => {
          if (liveProduct(scope.seller, productId) === null) throw notFound("product", productId);
          const body = put(scope, "created", {
            ...{ id: db.nextId("incoming"), productId, quantity, received: 0, expectedOn, reference },
            ...{ state: "open", createdAt: scope.at, updatedAt: scope.at },
          });
          return { body };
        }),
      ),

    find: (sellerId, id) =>
      run(() => {
        const seller = sellerToRead(db, sellerId);
        const found = seller.incoming.get(id);
        return found === undefined ? null : readOf(seller, found);
      }),

    list: (sellerId, { productId, state, limit, after }) =>
      run(() => {
        const seller = sellerToRead(db, sellerId);
        if (productId !== null && !seller.products.has(productId)) throw notFound("product", productId);
        const rows = [...seller.incoming.values()]
          .filter((one) => productId === null || one.productId === productId)
          .filter((one) => state === null || one.state === state)
          .map((value) => ({ place: placeOf(value), id: value.id, value }))
          .sort((a, b) => a.place - b.place || a.id - b.id)
          .filter(
            ({ place, id }) =>
              after === null || place > Number(after.key) || (place === Number(after.key) && id > after.id),
          )
          .map(({ place, ...row }) => ({ key: String(place), ...row }));
        return rowsOf<IncomingStock>(seller, rows, limit);
      }),

    update: (command, id, edit) =>
      run(() =>
        perform(db, command, (scope) => {
          const old = open(scope.seller, id);
          const said = Object.entries(edit).filter(([, value]) => value !== undefined);
          const wanted: IncomingStock = { ...old, ...Object.fromEntries(said) };
          const { quantity, received } = wanted;
          if (quantity <= received)
            throw new AmusedError(
              "conflict",
              `Of these goods ${received} have come: ${quantity} is not more. Cancel what is still to come instead.`,
              { state: old.state, received },
            );
          const same =
            quantity === old.quantity &&
            wanted.expectedOn === old.expectedOn &&
            wanted.reference === old.reference;
          return { body: same ? old : put(scope, "updated", wanted) };
        }),
      ),

    receive: (command, id, quantity) =>
      run(() =>
        perform(db, command, (scope) => {
          const old = open(scope.seller, id);
          const { productId } = old;
          if (liveProduct(scope.seller, productId) === null) throw notFound("product", productId);
          const delta = quantity ?? old.quantity - old.received;
          const reason = "received";
          const cause = old.reference ?? `incoming:${id}`;
          const { state, movement } = move(scope, productId, { delta, reason, cause });
          const { actor } = movement;
          scope.emit(
            fact("stock.adjusted", productId, { delta, quantity: movement.quantity, reason, actor }),
          );
          const received = old.received + delta;
          const incoming = put(scope, "received", {
            ...old,
            ...{ received, state: received >= old.quantity ? "received" : "open" },
          });
          return { body: { incoming, product: state.product, movement }, revision: revisionOf(state) };
        }),
      ),

    cancel: (command, id) =>
      run(() =>
        perform(db, command, (scope) => {
          put(scope, "cancelled", { ...open(scope.seller, id), state: "cancelled" });
          return { body: null };
        }),
      ),
  };
}

function open({ incoming }: SellerState, id: number): IncomingStock {
  const found = incoming.get(id);
  if (found === undefined) throw notFound("incoming stock", id);
  if (found.state === "open") return found;
  throw notOpen(id, found.state);
}

/** Where it stands in lists. */
function placeOf({ state, expectedOn }: IncomingStock): number {
  const day = Date.parse(expectedOn) / dayMs;
  return state === "open" ? day : 20_000_000 - day;
}

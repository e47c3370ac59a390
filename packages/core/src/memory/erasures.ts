import type { Erasure } from "../domain/erasure.ts";
import { compareCodePoints } from "../domain/text.ts";
import type { ErasureRepository, FileClaimRepository } from "../ports/erasures.ts";
import type { Run } from "./access.ts";
import { openLog } from "./log.ts";
import { type Database, sellerToRead, sellerToWrite } from "./state.ts";

export function erasureRepository(db: Database, run: Run): ErasureRepository {
  const { journal, erasures } = db;
  const isErasing = (sellerId: string) => erasures.get(sellerId)?.state === "erasing";

  /** How many rows of a seller there are, the log's own aside. */
  function rowsOf(sellerId: string): number {
    const seller = sellerToRead(db, sellerId);
    const ledger = [...seller.products.values()].reduce((sum, { movements }) => sum + movements.length, 0);
    const parts = [
      ...[seller.products, seller.incoming, seller.kept, seller.checkpoints, seller.letters],
      ...[seller.recommendations, seller.engines, seller.suggestions],
    ];
    const lists = [...seller.predictions.values(), ...seller.alerts.values(), seller.events, seller.sales];
    return (
      parts.reduce((sum, { size }) => sum + size, ledger + keysOf(sellerId).length) +
      lists.reduce((sum, { length }) => sum + length, Object.keys(seller.settings).length > 0 ? 1 : 0)
    );
  }

  const keysOf = (sellerId: string) => [...db.keys.values()].filter(({ key }) => key.sellerId === sellerId);

  return {
    begin: (sellerId, { at, epoch, requestedBy }) =>
      run(() => {
        const known = erasures.get(sellerId);
        if (known !== undefined && (known.state === "erasing" || !db.sellers.has(sellerId)))
          return { ...known };
        const seller = sellerToWrite(db, sellerId);
        openLog(db, seller, epoch);
        journal.assign(seller, { erasing: true });
        for (const state of keysOf(sellerId)) journal.put(db.keys, state.key.id, { ...state, revoked: true });
        const begun: Erasure = {
          ...{ sellerId, state: "erasing", requestedAt: at.toISOString(), requestedBy },
          ...{ finishedAt: null, rows: 0 },
        };
        journal.put(erasures, sellerId, begun);
        return { ...begun };
      }),

    find: (sellerId) => run(() => copyOf(erasures.get(sellerId))),

    recent: (after) =>
      run(() =>
        [...erasures.values()]
          .filter(({ finishedAt }) => finishedAt === null || finishedAt > after.toISOString())
          .sort((a, b) => compareCodePoints(a.sellerId, b.sellerId))
          .slice(0, 1_000)
          .map((erasure) => ({ ...erasure })),
      ),

    // In memory one step is as good as many.
    step: (sellerId) =>
      run(() => {
        const rows = isErasing(sellerId) ? rowsOf(sellerId) : 0;
        if (rows === 0) return 0;
        const { log } = sellerToRead(db, sellerId);
        journal.remove(db.sellers, sellerId);
        journal.assign(sellerToWrite(db, sellerId), { log, erasing: true });
        for (const { key } of keysOf(sellerId)) journal.remove(db.keys, key.id);
        const known = erasures.get(sellerId) as Erasure;
        journal.put(erasures, sellerId, { ...known, rows: known.rows + rows });
        return rows;
      }),

    finish: (sellerId, at) =>
      run(() => {
        const known = erasures.get(sellerId);
        const claims = [...db.claims.values()].some((claim) => claim.sellerId === sellerId);
        if (known === undefined || !isErasing(sellerId) || claims || rowsOf(sellerId) > 0)
          return copyOf(known);
        journal.remove(db.sellers, sellerId);
        const done: Erasure = { ...known, state: "erased", finishedAt: at.toISOString() };
        journal.put(erasures, sellerId, done);
        return { ...done };
      }),
  };
}

const copyOf = (erasure: Erasure | undefined) => (erasure === undefined ? null : { ...erasure });

export function fileClaimRepository(db: Database, run: Run): FileClaimRepository {
  const { claims, journal } = db;
  return {
    claim: (sellerId, key) =>
      run(() => {
        sellerToWrite(db, sellerId);
        const has = [...claims.values()].some((claim) => claim.sellerId === sellerId && claim.key === key);
        if (!has) journal.put(claims, db.nextId("claim"), { sellerId, key });
      }),

    ofErased: (sellerId, limit) =>
      run(() =>
        [...claims]
          .filter((claim) => claim[1].sellerId === sellerId && sellerToRead(db, sellerId).erasing)
          .slice(0, limit)
          .map(([id, { key }]) => ({ id, key })),
      ),

    isClaimed: (key, except) =>
      run(() =>
        [...claims].some(
          ([id, claim]) => claim.key === key && id !== except && !sellerToRead(db, claim.sellerId).erasing,
        ),
      ),

    release: (sellerId, id) =>
      run(() => {
        if (claims.get(id)?.sellerId === sellerId) journal.remove(claims, id);
      }),
  };
}

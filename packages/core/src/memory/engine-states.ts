import type { EngineStateRepository } from "../ports/engine-states.ts";
import type { Run } from "./access.ts";
import { type Database, sellerToRead, sellerToWrite } from "./state.ts";

/** Learning that began before a seller was erased is over by then. */
const learningMs = 10 * 60_000;

export function engineStateRepository(db: Database, run: Run): EngineStateRepository {
  return {
    load: (sellerId, name) =>
      run(() => {
        const found = sellerToRead(db, sellerId).engines.get(name);
        return found === undefined ? null : { ...found };
      }),

    save: (sellerId, name, { state, basedOn, version, at }) =>
      run(() => {
        // What somebody learned of a seller who was erased meanwhile is not kept for the one who begins anew, nor of one who does not.
        const { erasing, log } = sellerToRead(db, sellerId);
        const { finishedAt = null } = db.erasures.get(sellerId) ?? {};
        const isLate = finishedAt !== null && Date.parse(finishedAt) > at.getTime() - learningMs;
        if (erasing || isLate || (finishedAt !== null && log === null)) return false;
        const { engines } = sellerToWrite(db, sellerId);
        if ((engines.get(name)?.version ?? 0) !== version) return false;
        const saved = { state, basedOn, version: db.nextId("state"), updatedAt: at.toISOString() };
        db.journal.put(engines, name, saved);
        return saved.version;
      }),

    forget: (sellerId, name) => run(() => db.journal.remove(sellerToWrite(db, sellerId).engines, name)),
  };
}

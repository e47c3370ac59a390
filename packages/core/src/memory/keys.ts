import type { KeyFact } from "../domain/event.ts";
import type { ApiKey } from "../domain/key.ts";
import type { Command } from "../ports/command.ts";
import type { KeyRepository, KeyRow } from "../ports/keys.ts";
import type { Run } from "./access.ts";
import { perform } from "./command.ts";
import { fact } from "./log.ts";
import { rowsOf } from "./rows.ts";
import { type Database, type KeyState, sellerToRead } from "./state.ts";

/** Under this name stand the idempotency keys of commands that concern no seller. No seller can have it. */
const nobody = "";

export function keyRepository(db: Database, run: Run): KeyRepository {
  const { journal, keys } = db;
  function add(row: Omit<KeyRow, "hash">, hash: string, at: string): ApiKey {
    const { prefix, sellerId, name, scopes, origins, expiresAt } = structuredClone(row);
    const id = db.nextId("key");
    const own = { createdAt: at, expiresAt, lastUsedAt: null, replacedBy: null };
    const key: ApiKey = { id, prefix, sellerId, name, scopes, origins, ...own };
    journal.put(keys, id, { key, hash, revoked: false });
    return key;
  }

  const commandFor = (command: Omit<Command, "sellerId">, sellerId: string | null): Command => ({
    ...command,
    sellerId: sellerId ?? nobody,
  });

  return {
    create: (command, { hash, ...row }) =>
      run(() =>
        perform(db, commandFor(command, row.sellerId), ({ at, emit }) => {
          const key = add(row, hash, at);
          if (key.sellerId !== null) emit(fact("keys.created", null, factOf(key)));
          return { body: key };
        }),
      ),

    rotate: (command, id, { hash, prefix, expiresAt, until }) =>
      run(() => {
        const state = keys.get(id);
        if (state === undefined) return null;
        return perform(db, commandFor(command, state.key.sellerId), ({ at, emit }) => {
          const { key: old } = state;
          const ended = old.expiresAt !== null && old.expiresAt <= at;
          if (state.revoked || ended || old.replacedBy !== null) return null;
          const key = add(
            { ...old, prefix, expiresAt: expiresAt === undefined ? old.expiresAt : expiresAt },
            hash,
            at,
          );
          const end = until.toISOString();
          const ends = old.expiresAt !== null && old.expiresAt < end ? old.expiresAt : end;
          journal.put(keys, id, { ...state, key: { ...old, expiresAt: ends, replacedBy: key.id } });
          if (key.sellerId !== null) {
            emit(fact("keys.created", null, factOf(key)));
            emit(fact("keys.rotated", null, { ...factOf(old), replacedBy: key.id, expiresAt: ends }));
          }
          return { body: key };
        });
      }),

    find: (hash) =>
      run(() => {
        const found = [...keys.values()].find((state) => state.hash === hash && !state.revoked);
        return found === undefined ? null : (structuredClone(found.key) as ApiKey);
      }),

    findById: (id) =>
      run(() => {
        const found = keys.get(id);
        return found === undefined || found.revoked ? null : (structuredClone(found.key) as ApiKey);
      }),

    knowsOrigin: (origin) =>
      run(() =>
        [...keys.values()].some(({ key, revoked }) => !revoked && key.origins?.includes(origin) === true),
      ),

    list: (sellerId, { limit, after }) =>
      run(() => {
        const rows = [...keys.values()]
          .filter(({ key, revoked }) => !revoked && (sellerId === null || key.sellerId === sellerId))
          .filter(({ key }) => after === null || key.id < after.id)
          .sort((a, b) => b.key.id - a.key.id)
          .map(({ key }) => ({ key: String(key.id), id: key.id, value: key }));
        return rowsOf<ApiKey>(sellerId === null ? null : sellerToRead(db, sellerId), rows, limit);
      }),

    revoke: (command, id) =>
      run(() => {
        const state = keys.get(id);
        if (state === undefined) return null;
        const { key } = state;
        return perform(db, commandFor(command, key.sellerId), ({ emit }) => {
          if (state.revoked) return null;
          journal.put(keys, id, { ...state, revoked: true });
          if (key.sellerId !== null) emit(fact("keys.revoked", null, factOf(key)));
          return { body: null };
        });
      }),

    touch: (uses) =>
      run(() => {
        for (const { id, at } of uses) {
          const state = keys.get(id);
          if (state !== undefined) journal.put(keys, id, touched(state, at.toISOString()));
        }
      }),
  };
}

function factOf({ id, name, scopes }: ApiKey): KeyFact {
  return { keyId: id, name, scopes };
}

/** Several nodes write this down, not always in order: the latest use stands. */
function touched(state: KeyState, at: string): KeyState {
  const last = state.key.lastUsedAt;
  return { ...state, key: { ...state.key, lastUsedAt: last !== null && last > at ? last : at } };
}

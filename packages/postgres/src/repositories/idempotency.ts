import type { IdempotencyRepository } from "@amused/core";
import { AmusedError, beingErased } from "@amused/core/errors";
import type { Database } from "../database.ts";
import { findKept, replay } from "../sql/command.ts";
import { isOpen } from "../sql/open.ts";

/** Keys of work that takes many transactions; those of single commands are kept by the commands themselves. */
export function idempotencyRepository(schema: string): (database: Database) => IdempotencyRepository {
  const keys = `${schema}.idempotency_keys`;
  const isShut = async (database: Database, sellerId: string) =>
    (await database.run(sellerId, `select where ${isOpen(schema)}`, [sellerId])).length === 0;
  return (database) => ({
    async begin(command, leaseMs) {
      const { sellerId, at, idempotency } = command;
      const until = new Date(at.getTime() + leaseMs);
      // Takes a free key, or one whose holder let its lease run out.
      const [taken] = await database.run(
        sellerId,
        `insert into ${keys} as k (seller_id, key, hash, created_at, leased_until)
         select $1::text, $2::text, $3::text, $4::timestamptz, $5::timestamptz where ${isOpen(schema)}
         on conflict (seller_id, key) do update set hash = excluded.hash, leased_until = excluded.leased_until
         where k.body is null and k.leased_until <= excluded.created_at returning 1`,
        [sellerId, idempotency?.key, idempotency?.hash, at, until],
      );
      if (taken !== undefined) return "taken";
      const [row] = await database.run(
        sellerId,
        `select hash, body, revision, epoch, seq from ${keys} where seller_id = $1 and key = $2`,
        [sellerId, idempotency?.key],
      );
      if (row === undefined && (await isShut(database, sellerId))) throw beingErased();
      if (row === undefined)
        throw new AmusedError("idempotency_in_flight", "The first request with this key is just ending.", {
          retryAfter: 1,
        });
      return row.body === null && row.hash === idempotency?.hash ? "in_flight" : replay(row, command);
    },

    async finish({ sellerId, idempotency }, body, position) {
      await database.run(
        sellerId,
        `update ${keys} set body = $4, epoch = $5, seq = $6, leased_until = null where seller_id = $1 and key = $2 and hash = $3`,
        [sellerId, idempotency?.key, idempotency?.hash, body, position?.epoch ?? null, position?.seq ?? null],
      );
    },

    async release({ sellerId, idempotency }) {
      await database.run(
        sellerId,
        `delete from ${keys} where seller_id = $1 and key = $2 and hash = $3 and body is null`,
        [sellerId, idempotency?.key, idempotency?.hash],
      );
    },

    find: (command) => findKept(database, schema, command),
  });
}

import type { IdempotencyRepository } from "@amused/core";
import { AmusedError } from "@amused/core/errors";
import type { Database } from "../database.ts";
import { findKept, replay } from "../sql/command.ts";

/** Keys of work that takes many transactions; those of single commands are kept by the commands themselves. */
export function idempotencyRepository(schema: string): (database: Database) => IdempotencyRepository {
  const keys = `${schema}.idempotency_keys`;
  return (database) => ({
    async begin(command, leaseMs) {
      const { sellerId, at, idempotency } = command;
      const until = new Date(at.getTime() + leaseMs);
      // Takes a free key, or one whose holder let its lease run out.
      const [taken] = await database.run(
        sellerId,
        `insert into ${keys} as k (seller_id, key, hash, created_at, leased_until) values ($1, $2, $3, $4, $5)
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

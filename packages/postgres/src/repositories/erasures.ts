import type { Erasure, ErasureRepository } from "@amused/core";
import type { Database, Row } from "../database.ts";
import { everySeller, tablesQuery } from "../row-security.ts";
import { isoTime } from "../sql/json.ts";

/** The erasing of sellers, over all tables that have a seller: the catalogue says which, so that none is forgotten. */
export function erasureRepository(schema: string): (database: Database) => ErasureRepository {
  const [table, streams] = [`${schema}.erasures`, `${schema}.event_streams`];
  /** What is left to the end, or goes in another way. */
  const kept = ["erasures", "event_streams", "file_claims"];
  const columns = `seller_id, state, ${isoTime("requested_at")} as requested_at, requested_by, ${isoTime("finished_at")} as finished_at, rows_erased`;
  const find = `select ${columns} from ${table} where seller_id = $1::text`;
  const hasLog = `select from ${streams} where seller_id = $1::text`;
  // Whoever is about to write waits for this, or this for them.
  const shut = `
    insert into ${streams} as s (seller_id, epoch, seq, erasing) values ($1::text, $2::text, 0, true)
    on conflict (seller_id) do update set seq = 0, erasing = true`;
  const revoke = `
    update ${schema}.api_keys set revoked_at = $2::timestamptz where seller_id = $1::text and revoked_at is null`;
  const note = `
    insert into ${table} as e (seller_id, state, requested_at, requested_by)
    values ($1::text, 'erasing', $2::timestamptz, $3::text)
    on conflict (seller_id) do update set state = 'erasing', requested_at = excluded.requested_at,
      requested_by = excluded.requested_by, finished_at = null, rows_erased = 0
    where e.state = 'erased'`;
  // Under the lock of its row, so that nobody who comes late takes away what began anew.
  const erasing = `mine as materialized (
    select from ${table} where seller_id = $1::text and state = 'erasing' for update)`;
  const batch = (name: string) => `
    with ${erasing},
    gone as (
      delete from ${schema}.${name} where exists (select from mine) and ctid = any (array (
        select ctid from ${schema}.${name} where seller_id = $1::text limit $2::int)) returning 1),
    counted as (
      update ${table} set rows_erased = rows_erased + (select count(*) from gone)
      where seller_id = $1::text and exists (select from gone))
    select count(*) from gone`;
  const finish = `
    with gone as (delete from ${streams} where seller_id = $1::text and erasing returning 1)
    update ${table} set state = 'erased', finished_at = $2::timestamptz
    where seller_id = $1::text and exists (select from gone)`;

  async function tables(database: Database): Promise<string[]> {
    const rows = await database.run(everySeller, tablesQuery, [schema]);
    return rows.map(({ name }) => name as string);
  }

  async function found(database: Database, sellerId: string): Promise<Erasure | null> {
    const [row] = await database.run(sellerId, find, [sellerId]);
    return row === undefined ? null : erasureOf(row);
  }

  return (database) => ({
    begin: (sellerId, { at, epoch, requestedBy }) =>
      database.transaction(sellerId, async (within) => {
        const known = await found(within, sellerId);
        const isDone =
          known?.state === "erased" && (await within.run(sellerId, hasLog, [sellerId])).length === 0;
        if (known !== null && (known.state === "erasing" || isDone)) return known;
        await within.run(sellerId, shut, [sellerId, epoch]);
        await within.run(sellerId, revoke, [sellerId, at]);
        await within.run(sellerId, note, [sellerId, at, requestedBy]);
        return (await found(within, sellerId)) as Erasure;
      }),

    find: (sellerId) => found(database, sellerId),

    async recent(after) {
      const those = `select ${columns} from ${table} where state = 'erasing' or finished_at > $1::timestamptz order by seller_id limit 1000`;
      return (await database.run(everySeller, those, [after])).map(erasureOf);
    },

    async step(sellerId, limit) {
      for (const name of await tables(database)) {
        if (kept.includes(name)) continue;
        const [row] = await database.run(sellerId, batch(name), [sellerId, limit]);
        const count = Number(row?.count);
        if (count > 0) return count;
      }
      return 0;
    },

    finish: (sellerId, at) =>
      database.transaction(sellerId, async (within) => {
        await within.run(sellerId, `with ${erasing} select count(*) from mine`, [sellerId]);
        const left = (await tables(within))
          .filter((name) => name === "file_claims" || !kept.includes(name))
          .map((name) => `exists (select from ${schema}.${name} where seller_id = $1::text)`);
        const [row] = await within.run(sellerId, `select ${left.join(" or ")} as leftover`, [sellerId]);
        if (row?.leftover !== true) await within.run(sellerId, finish, [sellerId, at]);
        return found(within, sellerId);
      }),
  });
}

function erasureOf(row: Row): Erasure {
  return {
    sellerId: row.seller_id as string,
    state: row.state as Erasure["state"],
    requestedAt: row.requested_at as string,
    requestedBy: row.requested_by as string | null,
    finishedAt: row.finished_at as string | null,
    rows: Number(row.rows_erased),
  };
}

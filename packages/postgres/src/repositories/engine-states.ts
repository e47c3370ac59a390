import type { EngineStateRepository } from "@amused/core";
import type { Database } from "../database.ts";
import { isoTime } from "../sql/json.ts";

/** What engines have learned. */
export function engineStateRepository(schema: string): (database: Database) => EngineStateRepository {
  const table = `${schema}.engine_states`;
  const own = "seller_id = $1::text and name = $2::text";
  const load = `select state, based_on, version, ${isoTime("updated_at")} as updated_at from ${table} where ${own}`;
  // What somebody learned of a seller who was erased meanwhile is not kept for the one who begins anew, nor of one who does not.
  const insert = `
    insert into ${table} (seller_id, name, state, based_on, updated_at)
    select $1::text, $2::text, $3::text, $4::bigint, $5::timestamptz
    where not exists (select from ${schema}.erasures e where e.seller_id = $1::text
      and (e.finished_at is null or e.finished_at > $5::timestamptz - interval '10 minutes'
        or not exists (select from ${schema}.event_streams s where s.seller_id = $1::text)))
    on conflict do nothing returning version`;
  const update = `
    update ${table} set state = $3::text, based_on = $4::bigint, updated_at = $5::timestamptz, version = default
    where ${own} and version = $6::bigint returning version`;
  const forget = `delete from ${table} where ${own}`;

  return (database) => ({
    async load(sellerId, name) {
      const [row] = await database.run(sellerId, load, [sellerId, name]);
      if (row === undefined) return null;
      return {
        state: row.state as string,
        basedOn: Number(row.based_on),
        version: Number(row.version),
        updatedAt: row.updated_at as string,
      };
    },

    async save(sellerId, name, { state, basedOn, version, at }) {
      const values = [sellerId, name, state, basedOn, at];
      const [row] =
        version === 0
          ? await database.run(sellerId, insert, values)
          : await database.run(sellerId, update, [...values, version]);
      return row === undefined ? false : Number(row.version);
    },

    async forget(sellerId, name) {
      await database.run(sellerId, forget, [sellerId, name]);
    },
  });
}

import type { FileClaimRepository } from "@amused/core";
import { beingErased } from "@amused/core/errors";
import type { Database } from "../database.ts";
import { everySeller } from "../row-security.ts";
import { isOpen } from "../sql/open.ts";

/** Who has put which file. */
export function fileClaimRepository(schema: string): (database: Database) => FileClaimRepository {
  const table = `${schema}.file_claims`;
  return (database) => ({
    async claim(sellerId, key) {
      const [row] = await database.run(
        sellerId,
        `with open as materialized (select where ${isOpen(schema)}),
         made as (insert into ${table} (seller_id, key) select $1::text, $2::text from open on conflict do nothing)
         select count(*) as open from open`,
        [sellerId, key],
      );
      if (Number(row?.open) === 0) throw beingErased();
    },

    async ofErased(sellerId, limit) {
      const rows = await database.run(
        sellerId,
        `select id, key from ${table} where seller_id = $1::text and not (${isOpen(schema)}) limit $2::int`,
        [sellerId, limit],
      );
      return rows.map(({ id, key }) => ({ id: Number(id), key: key as string }));
    },

    async isClaimed(key, except) {
      const others = `select from ${table} c where c.key = $1::text and c.id <> $2::bigint and ${isOpen(schema, "c.seller_id")} limit 1`;
      return (await database.run(everySeller, others, [key, except])).length > 0;
    },

    async release(sellerId, id) {
      const own = `delete from ${table} where seller_id = $1::text and id = $2::bigint`;
      await database.run(sellerId, own, [sellerId, id]);
    },
  });
}

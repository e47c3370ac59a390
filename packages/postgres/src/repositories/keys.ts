import type { ApiKey, KeyRepository } from "@amused/core";
import type { Database } from "../database.ts";
import { everySeller } from "../row-security.ts";
import { commandStatement } from "../sql/command.ts";
import { bare, keyJson, object, text } from "../sql/json.ts";
import { listPage } from "../sql/page.ts";

/** API keys. A seller's key stands in its log; an admin key has no seller and no log. */
export function keyRepository(schema: string): (database: Database) => KeyRepository {
  const keys = `${schema}.api_keys`;
  const fact = (type: string) => `
    facts as (
      select 1 as ord, null::bigint as product_id, '${type}' as type,
        ${object({ keyId: bare("id"), name: text("name"), scopes: text("scopes") })} as payload
      from made where seller_id is not null)`;

  const create = commandStatement(schema, {
    parameters: 5,
    sql: `
      made as (
        insert into ${keys} as k (seller_id, name, prefix, hash, scopes, expires_at, created_at)
        select nullif($1::text, ''), $5::text, $6::text, $7::text, $8::text[], $9::timestamptz, $3::timestamptz
        returning k.*),
      ${fact("keys.created")}`,
    outcome: `select ${keyJson("made")} as body, null::text as revision from made`,
  });

  const revoke = commandStatement(schema, {
    parameters: 1,
    sql: `
      made as (
        update ${keys} as k set revoked_at = $3::timestamptz where k.id = $5::bigint and k.revoked_at is null
          and k.seller_id is not distinct from nullif($1::text, '')
        returning k.*),
      ${fact("keys.revoked")}`,
    outcome: "select 'null' as body, null::text as revision from made",
  });

  async function findOne(database: Database, condition: string, value: unknown): Promise<ApiKey | null> {
    const [row] = await database.run(
      everySeller,
      `select ${keyJson("k")} as body from ${keys} k where ${condition} and k.revoked_at is null`,
      [value],
    );
    return row === undefined ? null : (JSON.parse(row.body as string) as ApiKey);
  }

  /** For commands on the key of no seller, an admin's, whose row is no seller's either. */
  const unbound = (database: Database): Database => ({
    ...database,
    run: (_, statement, values) => database.run(everySeller, statement, values),
  });

  return (database) => ({
    async create(command, row) {
      const values = [row.name, row.prefix, row.hash, row.scopes, row.expiresAt];
      const { written } = await create<ApiKey>(
        unbound(database),
        { ...command, sellerId: row.sellerId ?? "" },
        values,
      );
      return written as NonNullable<typeof written>;
    },

    find: (hash) => findOne(database, "k.hash = $1::text", hash),
    findById: (id) => findOne(database, "k.id = $1::bigint", id),

    list: (sellerId, { after, limit }) =>
      listPage(database, schema, sellerId, {
        from: keys,
        where: ["x.revoked_at is null", "($1::text is null or x.seller_id = $1::text)"],
        values: [],
        sort: { column: "id", type: "bigint" },
        descending: true,
        json: keyJson("x"),
        after,
        limit,
      }),

    async revoke(command, id) {
      // The event goes to the log of the key's seller, which only the row knows.
      const [row] = await database.run(everySeller, `select seller_id from ${keys} where id = $1::bigint`, [
        id,
      ]);
      if (row === undefined) return null;
      return (
        await revoke<null>(
          unbound(database),
          { ...command, sellerId: (row.seller_id as string | null) ?? "" },
          [id],
        )
      ).written;
    },

    async touch(uses) {
      await database.run(
        everySeller,
        `update ${keys} k set last_used_at = u.at from unnest($1::bigint[], $2::timestamptz[]) as u (id, at)
         where k.id = u.id and (k.last_used_at is null or k.last_used_at < u.at)`,
        [uses.map(({ id }) => id), uses.map(({ at }) => at)],
      );
    },
  });
}

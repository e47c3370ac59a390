import type { ApiKey, KeyRepository } from "@amused/core";
import type { Database } from "../database.ts";
import { everySeller } from "../row-security.ts";
import { commandStatement } from "../sql/command.ts";
import { bare, keyJson, object, text, time } from "../sql/json.ts";
import { listPage } from "../sql/page.ts";

/** API keys. A seller's key stands in its log; an admin key has no seller and no log. */
export function keyRepository(schema: string): (database: Database) => KeyRepository {
  const keys = `${schema}.api_keys`;
  const own = { keyId: bare("id"), name: text("name"), scopes: text("scopes") };
  const rotated = { ...own, replacedBy: bare("replaced_by"), expiresAt: time("expires_at") };
  const fact = (ord: number, type: string, payload: string, from: string) => `
      select ${ord} as ord, null::bigint as product_id, '${type}' as type, ${payload} as payload
      from ${from} where seller_id is not null`;

  const create = commandStatement(schema, {
    parameters: 6,
    sql: `
      made as (
        insert into ${keys} as k (seller_id, name, prefix, hash, scopes, origins, expires_at, created_at)
        select nullif($1::text, ''), $5::text, $6::text, $7::text, $8::text[], $9::text[], $10::timestamptz, $3::timestamptz
        returning k.*),
      facts as (${fact(1, "keys.created", object(own), "made")})`,
    outcome: `select ${keyJson("made")} as body, null::text as revision from made`,
  });

  const rotate = commandStatement(schema, {
    parameters: 6,
    sql: `
      old as (
        select k.* from ${keys} k where k.id = $5::bigint and k.revoked_at is null and k.replaced_by is null
          and (k.expires_at is null or k.expires_at > $3::timestamptz)
          and k.seller_id is not distinct from nullif($1::text, '')
        for update),
      made as (
        insert into ${keys} as k (seller_id, name, prefix, hash, scopes, origins, expires_at, created_at)
        select seller_id, name, $6::text, $7::text, scopes, origins,
          case when $8::boolean then expires_at else $9::timestamptz end, $3::timestamptz
        from old
        returning k.*),
      ended as (
        update ${keys} as k set replaced_by = made.id, expires_at = least(old.expires_at, $10::timestamptz)
        from old, made where k.id = old.id
        returning k.*),
      facts as (${fact(1, "keys.created", object(own), "made")}
        union all ${fact(2, "keys.rotated", object(rotated), "ended")})`,
    outcome: `select ${keyJson("made")} as body, null::text as revision from made`,
  });

  const revoke = commandStatement(schema, {
    parameters: 1,
    sql: `
      made as (
        update ${keys} as k set revoked_at = $3::timestamptz where k.id = $5::bigint and k.revoked_at is null
          and k.seller_id is not distinct from nullif($1::text, '')
        returning k.*),
      facts as (${fact(1, "keys.revoked", object(own), "made")})`,
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

  /** Whose key it is, in whose log its events stand: only the row knows. "" for an admin key, `null` where there is none. */
  async function sellerOf(database: Database, id: number): Promise<string | null> {
    const [row] = await database.run(
      everySeller,
      `select coalesce(seller_id, '') as seller from ${keys} where id = $1::bigint`,
      [id],
    );
    return row === undefined ? null : (row.seller as string);
  }

  return (database) => ({
    async create(command, row) {
      const values = [row.name, row.prefix, row.hash, row.scopes, row.origins, row.expiresAt];
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

    async knowsOrigin(origin) {
      const [row] = await database.run(
        everySeller,
        `select exists (select from ${keys} where origins @> array[$1::text] and revoked_at is null) as known`,
        [origin],
      );
      return row?.known === true;
    },

    async rotate(command, id, { prefix, hash, expiresAt, until }) {
      const sellerId = await sellerOf(database, id);
      if (sellerId === null) return null;
      const values = [id, prefix, hash, expiresAt === undefined, expiresAt ?? null, until];
      return (await rotate<ApiKey>(unbound(database), { ...command, sellerId }, values)).written;
    },

    async revoke(command, id) {
      const sellerId = await sellerOf(database, id);
      if (sellerId === null) return null;
      return (await revoke<null>(unbound(database), { ...command, sellerId }, [id])).written;
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

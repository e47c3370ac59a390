import type { ConsumerRepository } from "@amused/core";
import type { Database } from "../database.ts";
import { everySeller } from "../row-security.ts";

type Checkpoints = Pick<ConsumerRepository, "register" | "claim" | "renew" | "advance" | "postpone">;

/** Checkpoints under their leases. Each method is one statement, in which the lease is checked where it matters. */
export function checkpoints(schema: string): (database: Database) => Checkpoints {
  const [table, streams, letters] = [
    `${schema}.checkpoints`,
    `${schema}.event_streams`,
    `${schema}.dead_letters`,
  ];
  const held = "c.seller_id = $1::text and c.consumer = $2::text and c.token = $3::text";

  const register = `
    with new as (
      insert into ${schema}.consumers (name, created_at) values ($1::text, $2::timestamptz) on conflict do nothing returning name),
    begun as (
      insert into ${table} (seller_id, consumer, epoch, seq, updated_at)
      select s.seller_id, new.name, s.epoch, case when $3::text = 'now' then s.seq else ${beforeOldest(schema, "s")} end, $2::timestamptz
      from new, ${streams} s where not s.erasing on conflict do nothing)
    select count(*) from new`;

  const free =
    "(c.token is null or c.leased_until <= $5::timestamptz) and (c.retry_at is null or c.retry_at <= $5::timestamptz)";
  // Taken by whoever locks the row first; the second finds it leased. A lease that was never given back counts as a failure.
  const claim = (sellers: string) => `
    with news as materialized (
      select s.seller_id, s.epoch
      from ${sellers} left join ${table} c on c.seller_id = s.seller_id and c.consumer = $1::text
      where s.seller_id <> all ($2::text[]) and not s.erasing
        and (c.seq is distinct from s.seq and (c.seq is not null or s.seq > 0) or c.epoch <> s.epoch or exists (
          select from ${letters} d where d.seller_id = s.seller_id and d.consumer = $1::text and d.redrive_at is not null))
        and ${free}
      order by c.updated_at nulls first, s.seller_id limit $3::int),
    claimed as (
      insert into ${table} as c (seller_id, consumer, epoch, seq, token, leased_until, updated_at)
      select seller_id, $1::text, epoch, 0, $4::text, $6::timestamptz, $5::timestamptz from news order by seller_id
      on conflict (seller_id, consumer) do update set token = excluded.token, leased_until = excluded.leased_until,
        attempts = c.attempts + (c.token is not null)::int, updated_at = excluded.updated_at
      where ${free}
      returning c.seller_id, c.epoch, c.seq, c.attempts, c.error)
    select * from claimed`;
  const claimAny = claim(`${streams} s`);
  const claimAmong = claim(
    `unnest($7::text[]) as a (seller_id) join ${streams} s on s.seller_id = a.seller_id`,
  );

  const renew = `
    update ${table} c set leased_until = $4::timestamptz from unnest($2::text[], $3::text[]) as l (seller_id, token)
    where c.seller_id = l.seller_id and c.consumer = $1::text and c.token = l.token returning c.seller_id`;

  const stays = "c.epoch = $4::text and c.seq = $5::bigint";
  const advance = `
    with moved as (
      update ${table} c set epoch = $4::text, seq = $5::bigint, updated_at = $6::timestamptz, retry_at = null,
        attempts = case when ${stays} then c.attempts else 0 end, error = case when ${stays} then c.error end,
        token = case when $7::boolean then null else c.token end,
        leased_until = case when $7::boolean then null else c.leased_until end
      where ${held} returning c.seller_id),
    buried as (
      insert into ${letters} (seller_id, consumer, reason, after_cursor, until_cursor, event, attempts, error, created_at, failed_at)
      select moved.seller_id, $2::text, $8::text, $9::text, $10::text, $11::json, $12::int, $13::text, $6::timestamptz, $6::timestamptz
      from moved where $8::text is not null)
    select count(*) from moved`;

  const postpone = `
    update ${table} c set epoch = $4::text, seq = $5::bigint, updated_at = $6::timestamptz, attempts = $7::int,
      error = $8::text, retry_at = $9::timestamptz, token = null, leased_until = null
    where ${held} returning 1`;

  return (database) => ({
    async register(consumer, from, at) {
      const [row] = await database.run(everySeller, register, [consumer, at, from]);
      return Number(row?.count) > 0;
    },

    async claim({ consumer, among, except, limit, token, at, until }) {
      const values = [consumer, except, limit, token, at, until];
      const rows =
        among === null
          ? await database.run(everySeller, claimAny, values)
          : await database.run(everySeller, claimAmong, [...values, among]);
      return rows.map((row) => ({
        sellerId: row.seller_id as string,
        position: { epoch: row.epoch as string, seq: Number(row.seq) },
        attempts: Number(row.attempts),
        error: row.error as string | null,
      }));
    },

    async renew(consumer, leases, until) {
      const sellers = leases.map(({ sellerId }) => sellerId);
      const tokens = leases.map(({ token }) => token);
      const rows = await database.run(everySeller, renew, [consumer, sellers, tokens, until]);
      return rows.map((row) => row.seller_id as string);
    },

    async advance({ sellerId, consumer, token }, { position, at, letter, release }) {
      const { reason, after, until, event, attempts, error } = letter ?? {};
      const values = [sellerId, consumer, token, position.epoch, position.seq, at, release];
      const buried = [reason, after, until, event, attempts, error].map((value) => value ?? null);
      const [row] = await database.run(sellerId, advance, [...values, ...buried]);
      return Number(row?.count) > 0;
    },

    async postpone({ sellerId, consumer, token }, { position, attempts, error, retryAt, at }) {
      const values = [sellerId, consumer, token, position.epoch, position.seq, at, attempts, error, retryAt];
      return (await database.run(sellerId, postpone, values)).length > 0;
    },
  });
}

/** The `seq` before the oldest event held of a seller, by an alias of `event_streams`. */
export function beforeOldest(schema: string, s: string): string {
  return `coalesce((select e.seq from ${schema}.events e where e.seller_id = ${s}.seller_id order by e.seq limit 1) - 1, ${s}.seq)`;
}

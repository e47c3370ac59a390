import { type ConsumerProgress, type ConsumerRepository, encodedText } from "@amused/core";
import type { Database } from "../database.ts";
import { everySeller } from "../row-security.ts";
import { progressJson } from "../sql/json.ts";
import { beforeOldest } from "./checkpoints.ts";

type Replays = Pick<ConsumerRepository, "rewind" | "replayed" | "progress">;

/** Sets consumers back, and says where they stand. */
export function replays(schema: string): (database: Database) => Replays {
  const [table, streams] = [`${schema}.checkpoints`, `${schema}.event_streams`];
  const known = `select from ${schema}.consumers where name = $1::text`;

  // Without the token, whoever works on the seller can change nothing any more.
  const rewind = `
    with target as materialized (
      select s.seller_id, s.epoch, s.seq as head,
        case $3::text when 'start' then ${beforeOldest(schema, "s")} when 'now' then s.seq else $4::bigint end as seq
      from ${streams} s where ($2::text is null or s.seller_id = $2::text) and not s.erasing),
    done as (
      insert into ${table} (seller_id, consumer, epoch, seq, replay_from, replay_to, updated_at)
      select seller_id, $1::text, epoch, seq, seq, head, $5::timestamptz from target order by seller_id
      on conflict (seller_id, consumer) do update set epoch = excluded.epoch, seq = excluded.seq, token = null,
        leased_until = null, attempts = 0, error = null, retry_at = null, replay_from = excluded.replay_from,
        replay_to = excluded.replay_to, updated_at = excluded.updated_at
      returning 1)
    select count(*) from done`;

  const replayed = `
    select coalesce(sum(greatest(0, least(seq, replay_to) - replay_from)), 0) as done,
      coalesce(sum(replay_to - replay_from), 0) as total
    from ${table} where consumer = $1::text and ($2::text is null or seller_id = $2::text) and replay_to is not null`;

  const progress = `
    select k.name, s.seller_id, ${progressJson("k", "s", "c", `(select count(*) from ${schema}.dead_letters d where d.seller_id = s.seller_id and d.consumer = k.name)`)} as json
    from ${schema}.consumers k cross join ${streams} s
    left join ${table} c on c.seller_id = s.seller_id and c.consumer = k.name
    where ($1::text is null or k.name = $1::text) and ($2::text is null or s.seller_id = $2::text)
      and (k.name, s.seller_id) > ($3::text, $4::text)
    order by k.name, s.seller_id limit $5::int + 1`;

  return (database) => ({
    async rewind(consumer, { sellerId, to, at }) {
      if ((await database.run(everySeller, known, [consumer])).length === 0) return null;
      const target = typeof to === "number" ? ["seq", to] : [to, null];
      const [row] = await database.run(sellerId ?? everySeller, rewind, [consumer, sellerId, ...target, at]);
      return Number(row?.count);
    },

    async replayed(consumer, sellerId) {
      const [row] = await database.run(sellerId ?? everySeller, replayed, [consumer, sellerId]);
      return { done: Number(row?.done), total: Number(row?.total) };
    },

    async progress({ consumer, sellerId }, { limit, after }) {
      // Names hold no spaces.
      const [name = "", seller = ""] = after?.key.split(" ") ?? [];
      const rows = await database.run(sellerId ?? everySeller, progress, [
        consumer,
        sellerId,
        name,
        seller,
        limit,
      ]);
      const page = rows.slice(0, limit);
      const end = rows.length > limit ? page.at(-1) : undefined;
      return {
        body: encodedText<ConsumerProgress[]>(`[${page.map(({ json }) => json).join(",")}]`),
        last: end === undefined ? null : { key: `${end.name} ${end.seller_id}`, id: 0 },
        head: null,
      };
    },
  });
}

import type { Pruned, PruneRequest } from "@amused/core";
import type { Database } from "../database.ts";
import { everySeller } from "../row-security.ts";

/** How many sellers one statement looks at, and how many of them share its batch. */
const [lookedAt, sharing] = [1_000, 50];

/**
 * Lets go of old events, a batch in a statement. It only reads `event_streams`, and locks nothing but rows that nobody
 * writes any more. The rows go by their place in the table: there are no updates of events that could move one, and a join
 * by (seller, seq) would be planned anew as tables grow. None is skipped because another node has it, since a hole would
 * be left if that node then failed.
 */
export function pruneEvents(schema: string): (database: Database, request: PruneRequest) => Promise<Pruned> {
  const goes = (event: string, head: string) =>
    `(${event}.created_at < $1::timestamptz or ${event}.seq <= ${head} - $2::bigint)`;
  const oldest = (seller: string, limit: string) => `
    select e.ctid, e.seq, e.created_at from ${schema}.events e where e.seller_id = ${seller} order by e.seq limit ${limit}`;
  const statement = `
    with reach as materialized (
      select s.seller_id, s.seq as head from ${schema}.event_streams s
      where s.seller_id >= $4::text order by s.seller_id limit ${lookedAt}),
    those as materialized (
      select reach.seller_id, reach.head from reach cross join lateral (${oldest("reach.seller_id", "1")}) first
      where ${goes("first", "reach.head")} order by reach.seller_id limit least(${sharing}, $3::int)),
    batch as materialized (
      select e.ctid, bool_and(${goes("e", "those.head")}) over (partition by those.seller_id order by e.seq) as goes
      from those cross join lateral (${oldest("those.seller_id", "(select $3::int / greatest(count(*), 1) from those)")}) e),
    gone as (
      delete from ${schema}.events where ctid = any (array (select ctid from batch where goes)) returning 1)
    select (select count(*) from gone) as events,
      coalesce(min(those.seller_id), (select max(seller_id) from reach having count(*) = ${lookedAt})) as next
    from those`;

  return async (database, { before, keep, limit, from }) => {
    const [row] = await database.run(everySeller, statement, [before, keep, limit, from]);
    return { events: Number(row?.events), next: (row?.next ?? null) as string | null };
  };
}

import type { ConsumerRepository, DeadLetter, LetterSelection } from "@amused/core";
import type { Database } from "../database.ts";
import { everySeller } from "../row-security.ts";
import { deadLetterJson } from "../sql/json.ts";
import { listPage } from "../sql/page.ts";

type DeadLetters = Pick<ConsumerRepository, "letters" | "redrive" | "discard" | "redriven" | "settle">;

/** What consumers gave up on. */
export function deadLetters(schema: string): (database: Database) => DeadLetters {
  const table = `${schema}.dead_letters`;
  const selected = (x: string) =>
    `($1::text is null or ${x}.seller_id = $1::text) and ($2::text is null or ${x}.consumer = $2::text) and ($3::bigint is null or ${x}.id = $3::bigint)`;
  const valuesOf = ({ sellerId, consumer, id }: LetterSelection) => [sellerId, consumer, id];
  const counted = (change: string) => `with done as (${change} returning 1) select count(*) from done`;

  const redrive = counted(
    `update ${table} d set redrive_at = coalesce(d.redrive_at, $4::timestamptz) where ${selected("d")} and d.event is not null`,
  );
  const discard = counted(`delete from ${table} d where ${selected("d")}`);
  const redriven = `
    select ${deadLetterJson("d")} as json from ${table} d
    where d.seller_id = $1::text and d.consumer = $2::text and d.redrive_at is not null order by d.id limit $3::int`;

  // Locks the checkpoint, so that nobody takes the lease meanwhile.
  const lease = `
    lease as materialized (
      select from ${schema}.checkpoints where seller_id = $1::text and consumer = $2::text and token = $3::text for update)`;
  const settled = (change: string) => `
    with ${lease}, done as (${change} and d.seller_id = $1::text and d.consumer = $2::text and d.id = $4::bigint and exists (select from lease))
    select count(*) from lease`;
  const remove = settled(`delete from ${table} d where true`);
  const keep = settled(`
    update ${table} d set attempts = $5::int, error = $6::text, failed_at = $7::timestamptz, redrive_at = null where true`);

  return (database) => ({
    letters: (selection, { after, limit }) =>
      listPage<DeadLetter>(database, schema, selection.sellerId, {
        from: table,
        where: [selected("x")],
        values: [selection.consumer, selection.id],
        sort: { column: "id", type: "bigint" },
        descending: true,
        json: deadLetterJson("x"),
        after,
        limit,
      }),

    async redrive(selection, at) {
      const [row] = await database.run(selection.sellerId ?? everySeller, redrive, [
        ...valuesOf(selection),
        at,
      ]);
      return Number(row?.count);
    },

    async discard(selection) {
      const [row] = await database.run(selection.sellerId ?? everySeller, discard, valuesOf(selection));
      return Number(row?.count);
    },

    async redriven(sellerId, consumer, limit) {
      const rows = await database.run(sellerId, redriven, [sellerId, consumer, limit]);
      return rows.map(({ json }) => JSON.parse(json as string) as DeadLetter);
    },

    async settle({ sellerId, consumer, token }, id, failure, at) {
      const values = [sellerId, consumer, token, id];
      const [row] =
        failure === null
          ? await database.run(sellerId, remove, values)
          : await database.run(sellerId, keep, [...values, failure.attempts, failure.error, at]);
      return Number(row?.count) > 0;
    },
  });
}

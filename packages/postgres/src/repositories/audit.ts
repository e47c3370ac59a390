import { type AuditEntry, type AuditRepository, encodedText } from "@amused/core";
import type { Database } from "../database.ts";
import { auditJson, storedEvent } from "../sql/json.ts";
import { headOf } from "../sql/page.ts";
import { typeFilter } from "../sql/type-filter.ts";

/** How many events one call looks at. */
const lookedAt = 10_000;

/** The log with the origin of each event, newest first. */
export function auditRepository(schema: string): (database: Database) => AuditRepository {
  const events = `${schema}.events`;
  const stored = { ...storedEvent("span.epoch"), actor: "e.actor", requestId: "e.request_id" };

  // The log has no hole, so that what is looked at is told by counting; of one product it is found in its index. Times
  // are those at which commands began: one may lie behind its neighbours', by less than the day that is allowed for.
  const statement = (ofProduct: boolean) => {
    const own = `e.seller_id = $1::text ${ofProduct ? "and e.product_id = $9::bigint" : ""}`;
    const floor = ofProduct
      ? `coalesce((select min(seq) from (select e.seq from ${events} e where ${own} and e.seq < reach.before order by e.seq desc limit ${lookedAt}) looked), 1)`
      : `reach.before - ${lookedAt}`;
    return `
      with reach as materialized (
        select epoch, seq, least(coalesce($2::bigint, seq + 1), seq + 1) as before from ${schema}.event_streams where seller_id = $1::text),
      span as materialized (select reach.*, ${floor} as floor from reach)
      select span.epoch, span.seq, span.floor, e.event_seq, e.json,
        (select $7::timestamptz is null or e.created_at >= $7::timestamptz - interval '1 day' from ${events} e
          where ${own} and e.seq < span.floor order by e.seq desc limit 1) as more
      from span left join lateral (
        select e.seq as event_seq, ${auditJson(stored)} as json from ${events} e
        where ${own} and e.seq >= span.floor and e.seq < span.before
          and ($4::text[] is null or e.type = any ($4::text[]) or e.type like any ($5::text[]))
          and ($6::text is null or e.actor = $6::text)
          and ($7::timestamptz is null or e.created_at >= $7::timestamptz)
          and ($8::timestamptz is null or e.created_at < $8::timestamptz)
        order by e.seq desc limit $3::int + 1) e on true
      order by e.event_seq desc`;
  };
  const [ofAll, ofOne] = [statement(false), statement(true)];

  return (database) => ({
    async list(sellerId, { actor, types, productId, from, before, limit, after }) {
      const values = [sellerId, after?.id ?? null, limit, ...typeFilter(types), actor, from, before];
      const rows =
        productId === null
          ? await database.run(sellerId, ofAll, values)
          : await database.run(sellerId, ofOne, [...values, productId]);
      const [first] = rows;
      if (first === undefined) return { body: encodedText("[]"), last: null, head: null };
      const found = rows.filter(({ event_seq }) => event_seq !== null);
      const page = found.slice(0, limit);
      const end =
        found.length > limit ? page.at(-1)?.event_seq : first.more === true ? first.floor : undefined;
      return {
        body: encodedText<AuditEntry[]>(`[${page.map(({ json }) => json).join(",")}]`),
        last: end === undefined ? null : { key: "", id: Number(end) },
        head: headOf(first),
      };
    },
  });
}

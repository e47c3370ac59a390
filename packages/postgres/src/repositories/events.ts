import type { EventDraft, EventOf, EventRepository, EventRun, StoredEvent } from "@amused/core";
import { beingErased, notFound } from "@amused/core/errors";
import type { Database } from "../database.ts";
import { everySeller } from "../row-security.ts";
import { commandStatement } from "../sql/command.ts";
import { eventJson, list, storedEvent } from "../sql/json.ts";
import { headOf } from "../sql/page.ts";
import { typeFilter } from "../sql/type-filter.ts";
import { pruneEvents } from "./prune-events.ts";

/** The log. */
export function eventRepository(schema: string): (database: Database) => EventRepository {
  const events = `${schema}.events`;
  const streams = `${schema}.event_streams`;

  const append = commandStatement(schema, {
    parameters: 1,
    sql: `
      draft as materialized (
        select ord, d->>'type' as type, (d->>'productId')::bigint as product_id, d->'payload' as payload
        from json_array_elements($5::json) with ordinality as l (d, ord)),
      ok as materialized (
        select from draft left join ${schema}.products p on p.seller_id = $1::text and p.id = draft.product_id
        having bool_and(draft.product_id is null or p.id is not null)),
      facts as (select draft.* from draft, ok)`,
    // As `read` will give it; the place in the log is known once the counter is taken.
    outcome: `
      select ${list(
        eventJson({
          epoch: "stream.epoch",
          seq: "stream.seq - n.count + ord",
          type: "type",
          sellerId: "$1::text",
          productId: "product_id",
          payload: "payload",
          createdAt: "$3::timestamptz",
        }),
        "ord",
      )} as body, null::text as revision
      from facts, stream, (select count(*) from facts) as n having count(*) > 0`,
    refusal: "(select min(draft.product_id)::text::json from draft)",
  });

  const log = (where: string, limit: string) => `
    select s.epoch, s.seq, s.erasing, coalesce((select seq from ${events} where seller_id = $1::text order by seq limit 1), s.seq + 1) as oldest,
      e.seq as event_seq, e.type, e.product_id, e.json
    from ${streams} s left join lateral (
      select e.seq, e.type, e.product_id, ${eventJson(storedEvent("s.epoch"))} as json
      from ${events} e where e.seller_id = $1::text and e.seq > $2::bigint ${where} order by e.seq limit ${limit}) e on true
    where s.seller_id = $1::text order by e.seq`;
  const readAll = log("", "$3::int");
  const readSome = log(
    `and ($4::text[] is null or e.type = any ($4::text[]) or e.type like any ($5::text[])) and ($6::bigint is null or e.product_id = $6::bigint)`,
    "$3::int",
  );

  const prune = pruneEvents(schema);

  return (database) => ({
    async append(command, drafts: EventDraft[]) {
      const { written } = await append<EventOf<string, unknown>[]>(database, command, [
        JSON.stringify(drafts),
      ]);
      if (written === null)
        throw notFound("product", drafts.find(({ productId }) => productId !== null)?.productId ?? "");
      return written;
    },

    async read(sellerId, { after, limit, types, productId }): Promise<EventRun | null> {
      const all = types === null && productId === null;
      const rows = await database.run(sellerId, all ? readAll : readSome, [
        sellerId,
        after,
        limit,
        ...(all ? [] : [...typeFilter(types), productId]),
      ]);
      const [first] = rows;
      if (first === undefined) return null;
      if (first.erasing === true) throw beingErased();
      const held = rows.filter(({ event_seq }) => event_seq !== null);
      return {
        epoch: first.epoch as string,
        head: Number(first.seq),
        oldest: Number(first.oldest),
        events: held.map(
          (row): StoredEvent => ({
            seq: Number(row.event_seq),
            type: row.type as string,
            productId: row.product_id === null ? null : Number(row.product_id),
            text: row.json as string,
          }),
        ),
      };
    },

    async open(sellerId, epoch) {
      const find = `select epoch, seq from ${streams} where seller_id = $1::text`;
      const [found] = await database.run(sellerId, find, [sellerId]);
      if (found !== undefined) return headOf(found) as { epoch: string; seq: number };
      await database.run(
        sellerId,
        `insert into ${streams} (seller_id, epoch, seq) values ($1::text, $2::text, 0) on conflict do nothing`,
        [sellerId, epoch],
      );
      const [opened] = await database.run(sellerId, find, [sellerId]);
      return headOf(opened as Record<string, unknown>) as { epoch: string; seq: number };
    },

    async heads(sellerIds) {
      const rows = await database.run(
        everySeller,
        `select seller_id, epoch, seq from ${streams} where seller_id = any ($1::text[])`,
        [sellerIds],
      );
      return new Map(
        rows.map((row) => [row.seller_id as string, { epoch: row.epoch as string, seq: Number(row.seq) }]),
      );
    },

    prune: (request) => prune(database, request),
  });
}

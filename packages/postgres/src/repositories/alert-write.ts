import { type Alert, type AlertSteps, type Command, keptAlertDays, type Written } from "@amused/core";
import type { Database } from "../database.ts";
import { databaseError } from "../errors.ts";
import { commandStatement } from "../sql/command.ts";
import { alertJson, alive, list, object } from "../sql/json.ts";

/** Raises alerts and changes others: all of them, or none. */
export function writeAlerts(
  schema: string,
): (database: Database, command: Command, steps: AlertSteps) => Promise<Written<Alert[]> | null> {
  const table = `${schema}.alerts`;
  const run = commandStatement(schema, {
    parameters: 2,
    sql: `
      draft as materialized (
        select d.* from rows from (json_to_recordset($5::json) as ("productId" bigint, kind text, evidence json))
          with ordinality as d (product_id, kind, evidence, ord)),
      change as materialized (
        select c.* from rows from (json_to_recordset($6::json) as (
          id bigint, version bigint, current boolean, event text, state text, "acknowledgedAt" timestamptz, "acknowledgedBy" text,
          "snoozedUntil" timestamptz, "resolvedAt" timestamptz, "resolvedBy" text, resolution text))
          with ordinality as c (id, version, current, event, state, acknowledged_at, acknowledged_by,
            snoozed_until, resolved_at, resolved_by, resolution, ord)),
      had as materialized (
        select a.id from ${table} a, change c
        where a.seller_id = $1::text and a.id = c.id and a.version = c.version for no key update of a),
      -- Held until the commit, so that whoever deletes a product comes after its alerts and sees them.
      live as materialized (
        select p.id from ${schema}.products p
        where p.seller_id = $1::text and p.id in (select product_id from draft) and ${alive("p")} order by p.id for share),
      ok as materialized (
        select where (select count(*) from had) = (select count(*) from change) and not exists (
          select from draft d where d.product_id not in (select id from live) or exists (
            select from ${table} a where a.seller_id = $1::text and a.product_id = d.product_id and a.kind = d.kind and a.current))),
      dropped as (
        delete from ${table} a using draft d, ok
        where a.seller_id = $1::text and a.product_id = d.product_id and a.kind = d.kind and not a.current
          and a.updated_at < $3::timestamptz - interval '${keptAlertDays} days'
        returning 1),
      changed as (
        update ${table} a set state = c.state, current = c.current, acknowledged_at = c.acknowledged_at,
          acknowledged_by = c.acknowledged_by, snoozed_until = c.snoozed_until, resolved_at = c.resolved_at,
          resolved_by = c.resolved_by, resolution = c.resolution, version = a.version + 1, updated_at = $3::timestamptz
        from change c, ok where a.seller_id = $1::text and a.id = c.id
        returning a.product_id, c.ord, c.event, ${alertJson("a")} as body),
      made as (
        insert into ${table} as a (seller_id, product_id, kind, state, evidence, opened_at, updated_at)
        select $1::text, d.product_id, d.kind, 'open', d.evidence, $3::timestamptz, $3::timestamptz
        from draft d, ok order by d.ord
        returning a.id, a.product_id, ${alertJson("a")} as body),
      step as materialized (
        select product_id, 'alert.opened' as event, body, 1 as part, id as n from made
        union all
        select product_id, event, body, 0, ord from changed),
      facts as (
        select row_number() over (order by part, n) as ord, product_id, event as type, ${object({ alert: "body" })} as payload
        from step where event is not null)`,
    first: ["dropped"],
    outcome: `select coalesce((select ${list("body", "part, n")} from step), '[]') as body, null::text as revision from ok`,
  });

  return async (database, command, { open, change }) => {
    try {
      const values = [JSON.stringify(open), JSON.stringify(change)];
      return (await run<Alert[]>(database, command, values)).written;
    } catch (error) {
      // Somebody raised the same at the same moment.
      if (databaseError(error).constraint === "alerts_current") return null;
      throw error;
    }
  };
}

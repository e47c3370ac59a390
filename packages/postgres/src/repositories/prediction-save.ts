import {
  type Command,
  keptPredictionDays,
  type PredictionRow,
  type StoredPrediction,
  type Written,
} from "@amused/core";
import type { Database } from "../database.ts";
import { commandStatement } from "../sql/command.ts";
import { alive, list, object, predictionJson, quoted } from "../sql/json.ts";

/** Writes a batch of predictions, in the place of those before them, and lets go of what need not be kept. */
export function savePredictions(
  schema: string,
): (database: Database, command: Command, rows: PredictionRow[]) => Promise<Written<StoredPrediction[]>> {
  const table = `${schema}.ai_predictions`;
  const weekOf = (a: string) => `date_trunc('week', ${a}.created_at at time zone 'UTC')`;
  const run = commandStatement(schema, {
    parameters: 1,
    sql: `
      entry as materialized (
        select r.*
        from rows from (json_to_recordset($5::json) as (
          "productId" bigint, type text, data json, confidence double precision, model text, "basedOn" bigint, "runOutOn" date, "dueOn" date, "expiresAt" timestamptz))
          with ordinality as r (product_id, type, data, confidence, model, based_on, run_out_on, due_on, expires_at, ord)
        join ${schema}.products p on p.seller_id = $1::text and p.id = r.product_id and ${alive("p")}
        left join ${table} a on a.seller_id = $1::text and a.product_id = r.product_id and a.type = r.type and a.current
        where a.id is null or a.based_on <= r.based_on),
      superseded as (
        update ${table} a set current = false from entry
        where a.seller_id = $1::text and a.product_id = entry.product_id and a.type = entry.type and a.current
        returning a.id, a.product_id, a.type, a.created_at),
      dropped as (
        delete from ${table} a using superseded s
        where a.seller_id = $1::text and a.product_id = s.product_id and a.type = s.type and not a.current
          and (a.scored_at is null and ${weekOf("a")} = ${weekOf("s")} or a.created_at < $3::timestamptz - interval '${keptPredictionDays} days')
        returning 1),
      done as materialized (select (select count(*) from superseded), (select count(*) from dropped)),
      made as (
        insert into ${table} as a (seller_id, product_id, type, data, confidence, model, based_on, run_out_on, due_on, created_at, expires_at)
        select $1::text, product_id, type, data, confidence, model, based_on, run_out_on, due_on, $3::timestamptz, expires_at
        from entry, done order by ord
        returning a.id, a.product_id, a.type, ${predictionJson("a")} as body),
      facts as (
        select row_number() over (order by id) as ord, product_id, 'prediction.updated' as type,
          ${object({ predictionType: quoted("type"), prediction: "body" })} as payload
        from made)`,
    outcome: `select ${list("body", "id")} as body, null::text as revision from made`,
  });

  return async (database, command, rows) =>
    database.transaction(command.sellerId, async (locked) => {
      // Of two that predict the same, the second has to see what the first made current; so they take turns.
      await locked.run(
        command.sellerId,
        "select pg_advisory_xact_lock(hashtextextended($1::text, 20261124))",
        [`${schema} ${command.sellerId}`],
      );
      const anew = { ...locked, run: locked.runAnew };
      const { written } = await run<StoredPrediction[]>(anew, command, [JSON.stringify(rows)]);
      return written as NonNullable<typeof written>;
    });
}

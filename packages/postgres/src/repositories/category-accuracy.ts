import { confidenceBands } from "@amused/core";
import { bare, list, object } from "../sql/json.ts";
import { headColumns } from "../sql/page.ts";

/** How suggestions turned out, as one statement. */
export function accuracyQuery(schema: string): string {
  const tally = {
    settled: bare("sum(n) filter (where state in ('accepted', 'corrected', 'dismissed'))"),
    accepted: bare("sum(n) filter (where state = 'accepted')"),
    unquestioned: bare("sum(n) filter (where state = 'applied')"),
  };
  const zero = (value: string) => value.replace("'null'", "'0'");
  const counts = Object.fromEntries(Object.entries(tally).map(([name, value]) => [name, zero(value)]));
  return `
    with bands as (
      select ord, at, coalesce(lead(at) over (order by ord), 1) as until
      from unnest(array[${confidenceBands.join(", ")}]::float8[]) with ordinality b (at, ord)),
    tally as (
      select width_bucket(confidence, array[${confidenceBands.join(", ")}]::float8[]) as band, state, count(*) as n
      from ${schema}.category_suggestions
      where seller_id = $1::text and confidence is not null group by 1, 2),
    by_band as (
      select bands.ord, ${object({ from: bare("bands.at"), to: bare("bands.until"), ...counts })} as json
      from bands left join tally on tally.band = bands.ord group by bands.ord, bands.at, bands.until)
    select (select ${object({ ...counts, byConfidence: `(select ${list("json", "ord")} from by_band)` })} from tally) as body,
      ${headColumns(schema)}`;
}

/**
 * The times in which a product was without stock, as days `since` and `until`, that touch the span of days from $3 to $4.
 * A movement to 0 begins one and the next movement ends it. Times do not overlap, so that of those that began before the
 * span only the last can reach into it.
 */
export function emptySpans(schema: string, product: string): string {
  const movements = (m: string) =>
    `${schema}.stock_movements ${m} where ${m}.seller_id = $1::text and ${m}.product_id = ${product}`;
  return `
    select (m.created_at at time zone 'UTC')::date as since,
      (coalesce(next.created_at, greatest(now(), m.created_at)) at time zone 'UTC')::date as until
    from (
      (select m.id, m.created_at from ${movements("m")} and m.quantity = 0 and m.created_at < ${startOf("$3")}
        order by m.created_at desc, m.id desc limit 1)
      union all
      select m.id, m.created_at from ${movements("m")} and m.quantity = 0
        and m.created_at >= ${startOf("$3")} and m.created_at < ${startOf("$4", 1)}) m
    left join lateral (
      select n.created_at from ${movements("n")} and n.id > m.id order by n.id limit 1) next on true
    where next.created_at is null or next.created_at >= ${startOf("$3")}`;
}

/** The first moment of a day in UTC, so many days later. */
export function startOf(day: string, later = 0): string {
  return `(${day}::date + ${later})::timestamp at time zone 'UTC'`;
}

import { encodedText, type Position, type Rows } from "@amused/core";
import { invalidRequest } from "@amused/core/errors";
import type { Database, Row } from "../database.ts";
import { databaseError } from "../errors.ts";
import { everySeller } from "../row-security.ts";

/** A list by keyset, as one statement that answers with one row: the items as JSON, where they end, the log's head. */
export interface PageStatement {
  /** The table's rows as `x`, filtered; its parameters begin at $2, $1 is the seller. */
  from: string;
  where: string[];
  values: unknown[];
  /** The column of `x` sorted by; `type` is its SQL type, `text` makes its value the cursor's text. */
  sort: { column: string; type: string; text?: string };
  descending: boolean;
  json: string;
  after: Position | null;
  limit: number;
}

export async function listPage<T>(
  database: Database,
  schema: string,
  sellerId: string | null,
  page: PageStatement,
): Promise<Rows<T>> {
  const { sort, after, limit } = page;
  const values = [sellerId, ...page.values];
  const parameter = (value: unknown) => `$${values.push(value)}`;
  const [direction, beyond] = page.descending ? ["desc", "<"] : ["asc", ">"];
  const byId = sort.column === "id";
  const where = [...page.where];
  if (after !== null)
    where.push(
      byId
        ? `x.id ${beyond} ${parameter(after.id)}::bigint`
        : `(x.${sort.column}, x.id) ${beyond} (${parameter(after.key)}::${sort.type}, ${parameter(after.id)}::bigint)`,
    );
  const most = parameter(limit);
  const order = byId ? `x.id ${direction}` : `x.${sort.column} ${direction}, x.id ${direction}`;
  const text = `
    select coalesce('[' || string_agg(json, ',') filter (where n <= ${most}::int) || ']', '[]') as items,
      max(key) filter (where n = ${most}::int) as key, max(id) filter (where n = ${most}::int) as id, count(*) > ${most}::int as more,
      ${headColumns(schema)}
    from (
      select ${page.json} as json, ${sort.text ?? `x.${sort.column}::text`} as key, x.id, row_number() over () as n
      from (select x.* from ${page.from} x where ${where.join(" and ")} order by ${order} limit ${most}::int + 1) x
    ) rows`;
  const [row] = (await database.run(sellerId ?? everySeller, text, values).catch((error: unknown) => {
    // Cursors are not signed: one that was made by hand may hold what is no value of the column.
    if (after === null || !/^(22|invalid_request)/.test(databaseError(error).code)) throw error;
    throw invalidRequest([{ path: "cursor", message: "is not a cursor that this list gave out" }]);
  })) as [Row];
  return {
    body: encodedText(row.items as string),
    last: row.more ? { key: row.key as string, id: Number(row.id) } : null,
    head: headOf(row),
  };
}

/** The head of the seller's log ($1), in the same snapshot as the rest of the statement. */
export function headColumns(schema: string): string {
  return `(select epoch from ${schema}.event_streams where seller_id = $1::text) as epoch,
    (select seq from ${schema}.event_streams where seller_id = $1::text) as seq`;
}

export function headOf(row: Row): { epoch: string; seq: number } | null {
  return row.epoch === null ? null : { epoch: row.epoch as string, seq: Number(row.seq) };
}

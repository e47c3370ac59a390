import { Refusal } from "../fail.ts";
import type { SaleLine } from "./formats.ts";
import type { Rows } from "./rows.ts";
import { salesFormat } from "./sales-file.ts";
import { namesOf, openTable, plainName, type Table } from "./table.ts";
import { type DateOrder, dateIn, isoMoment, orderOf, type WrittenDay, writtenDay } from "./written-day.ts";

/**
 * The sales of a file in whatever format. `reopen` gives the file once more, to see first in which order its dates are
 * written; `null` where it comes only once.
 */
export async function salesRows(
  bytes: AsyncIterable<Uint8Array>,
  reopen: (() => AsyncIterable<Uint8Array>) | null,
  progress: (lines: number) => void,
): Promise<Rows> {
  const table = await openTable(bytes);
  const { format, read } = salesFormat(table);
  if (format.others !== null) checkColumns(table, [...format.needs.flatMap(alternatives), ...format.others]);
  const order = reopen === null ? "unknown" : await dateOrder(reopen());
  const leftOut: Record<string, number> = {};
  const places: number[] = [];
  let lines = 0;
  async function* rows(): AsyncGenerator<string> {
    for await (const batch of table.rows) {
      let text = "";
      for (const row of batch) {
        if (++lines % 10_000 === 0) progress(lines);
        const said = row === null ? "unreadable" : read(row);
        if (typeof said !== "string") text += `${JSON.stringify(saleOf(said, order))}\n`;
        else {
          leftOut[said] = (leftOut[said] ?? 0) + 1;
          places.push(lines);
        }
      }
      if (text !== "") yield text;
    }
  }
  return {
    format: "ndjson",
    rows: rows(),
    leftOut,
    rowInFile: (n) => {
      let row = n;
      for (const place of places) {
        if (place > row) break;
        row++;
      }
      return row;
    },
  };
}

const alternatives = (names: string): string[] => names.split(" or ");

/** A misspelt name must not leave its column out unseen. */
function checkColumns({ header }: Table, known: readonly string[]): void {
  const names = known.map(plainName);
  const strange = header.filter((name) => !names.includes(plainName(name)));
  if (strange.length > 0)
    throw new Refusal(
      `${namesOf(strange)}: no column of a sales file, which has ${known.join(", ")}. Rename it, or take it out.`,
    );
}

/** What the import judges: a value that is not understood goes on as it is written, for it to say so. */
function saleOf(said: SaleLine, order: DateOrder | null | "unknown"): object {
  const { sku, productId, quantity, price, soldAt, order: orderId } = said;
  return {
    ...(sku !== "" ? { sku } : productId !== "" ? { productId: Number(productId) } : {}),
    ...(quantity === "" ? {} : { quantity }),
    ...(price === "" ? {} : { price }),
    ...(soldAt === "" ? {} : { soldAt: momentOf(soldAt, order) }),
    ...(orderId === "" ? {} : { orderId }),
  };
}

function momentOf(text: string, order: DateOrder | null | "unknown"): string {
  if (order !== "unknown") return isoMoment(text, order) ?? text;
  const written = writtenDay(dateIn(text));
  if (written !== null && !("day" in written))
    throw new Refusal(
      `Whether ${text} has the day or the month first shows only in the whole: give a file, not standard input.`,
    );
  return isoMoment(text, null) ?? text;
}

/** The order in which a file writes its dates; how many different ones there are bounds the memory. */
async function dateOrder(bytes: AsyncIterable<Uint8Array>): Promise<DateOrder | null> {
  const table = await openTable(bytes);
  const { read } = salesFormat(table);
  const dates = new Map<string, WrittenDay>();
  for await (const rows of table.rows)
    for (const row of rows) {
      const said = row === null ? "unreadable" : read(row);
      if (typeof said === "string") continue;
      const date = dateIn(said.soldAt);
      if (dates.has(date)) continue;
      const written = writtenDay(date);
      if (written !== null && !("day" in written)) dates.set(date, written);
    }
  return orderOf([...dates.values()]);
}

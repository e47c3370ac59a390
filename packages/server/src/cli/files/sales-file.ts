import { oneLine, Refusal } from "../fail.ts";
import { columnsOf, type Format, formats, type LeftOut, type SaleLine } from "./formats.ts";
import { namesOf, openTable, type Table } from "./table.ts";

/** What says of each row after another which sale it is. */
export type SaleReader = (row: readonly string[]) => SaleLine | LeftOut;

export interface FileRead {
  readonly format: Format;
  readonly separator: string;
  /** Rows after the header. */
  readonly lines: number;
}

/** Reads a file of sales row by row; what each says goes to `take`. Nothing of the file is kept. */
export async function readSales(
  bytes: AsyncIterable<Uint8Array>,
  take: (said: SaleLine | LeftOut) => void,
  progress: (lines: number) => void = () => {},
): Promise<FileRead> {
  const table = await openTable(bytes);
  const { format, read } = salesFormat(table);
  let lines = 0;
  for await (const rows of table.rows)
    for (const row of rows) {
      take(row === null ? "unreadable" : read(row));
      if (++lines % 50_000 === 0) progress(lines);
    }
  return { format, separator: table.separator, lines };
}

/** Whose file of sales it is, by its columns; `null` where it is nobody's. */
export function findFormat({ header, separator }: Table): { format: Format; read: SaleReader } | null {
  const columns = columnsOf(header, separator);
  for (const format of formats) {
    const read = format.reader(columns);
    if (read !== null) return { format, read };
  }
  return null;
}

/** The same; refuses a file that is nobody's. */
export function salesFormat(table: Table): { format: Format; read: SaleReader } {
  const found = findFormat(table);
  if (found !== null) return found;
  const known = formats.map(({ name, needs }) => `${name} (${needs.join(", ")})`);
  throw new Refusal(
    oneLine(
      `No known columns: the file has ${namesOf(table.header)}; what is read is ${known.join(", or ")}.`,
    ),
  );
}

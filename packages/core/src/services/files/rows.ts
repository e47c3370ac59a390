import { Readable } from "node:stream";
import { parse as csvParser } from "csv-parse";
import type { FileFormat, FileSource } from "../../domain/import.ts";
import { AmusedError, invalidRequest } from "../../errors.ts";

/** One row of a file, counted from 1 (after the header): its fields by name, or why it can not be read. */
export type FileRow = { row: number; fields: { [name: string]: unknown } } | { row: number; error: string };

/** No row may be larger; a missing quote would otherwise swallow the rest of the file into one. */
const maxRowLength = 1_000_000;
/** More names of attributes than any catalogue has; each row has a cell for every one. */
const maxColumns = 1_000;

/** Refuses the columns of a CSV, before its first row is read; no columns at all are those of an empty file. */
type CheckHeader = (header: readonly string[]) => void;

/** Reads the rows of a file as they come. */
export function readRows(
  file: FileSource,
  format: FileFormat,
  checkHeader: CheckHeader,
): AsyncIterable<FileRow> {
  return format === "csv" ? readCsv(textOf(file), checkHeader) : readNdjson(textOf(file));
}

/** A file as it comes, piece by piece. */
export function piecesOf(
  file: FileSource,
): Iterable<string | Uint8Array> | AsyncIterable<string | Uint8Array> {
  const pieces = file instanceof Blob ? file.stream() : file;
  return typeof pieces === "string" || pieces instanceof Uint8Array ? [pieces] : pieces;
}

/** The text of a file. Bytes that are not UTF-8 become U+FFFD, which `readFields` then finds in the row they stand in. */
async function* textOf(file: FileSource): AsyncIterable<string> {
  const decoder = new TextDecoder();
  for await (const piece of piecesOf(file))
    yield typeof piece === "string" ? piece : decoder.decode(piece, { stream: true });
  yield decoder.decode();
}

async function* readCsv(text: AsyncIterable<string>, checkHeader: CheckHeader): AsyncIterable<FileRow> {
  let header: string[] | null = null;
  let row = 0;
  const unreadable: { row: number; count: number; error: string }[] = [];
  // The parser does not find its way out of a row that is too long.
  let lost = false;
  const parser = csvParser({
    bom: true,
    relax_column_count: true,
    skip_empty_lines: true,
    skip_records_with_error: true,
    max_record_size: maxRowLength,
    // Rows are numbered here, where they are parsed in order with those that can not be; row 0 is the header.
    on_record(cells: string[]) {
      if (lost) return null;
      if (header !== null) row++;
      header ??= cells;
      return [String(row), ...cells];
    },
    on_skip: (error) => {
      if (header === null || lost) return undefined;
      row++;
      lost = error?.code === "CSV_MAX_RECORD_SIZE";
      const why = lost
        ? "is longer than 1,000,000 characters (is a quote missing?); nothing after it was read"
        : `can not be read: ${error?.message ?? "not CSV"}`;
      const last = unreadable.at(-1);
      // A file of nothing but such rows must not fill the memory: beyond the first thousand they are counted.
      if (last !== undefined && unreadable.length > 1000 && last.row + last.count === row) last.count++;
      else unreadable.push({ row, count: 1, error: why });
      return undefined;
    },
  });
  async function* untilLost(): AsyncIterable<string> {
    for await (const piece of text) if (!lost) yield piece;
  }
  const source = Readable.from(untilLost());
  // An error of the source (a cut upload) has to end the parser too.
  source.on("error", (error) => parser.destroy(error));
  source.pipe(parser);
  let columns: string[] = [];
  try {
    for await (const [number, ...cells] of parser as AsyncIterable<string[]>) {
      const at = Number(number);
      while (unreadable[0] !== undefined && unreadable[0].row < at) yield* rowsOf(unreadable.shift());
      if (at > 0) yield readFields(at, columns, cells);
      else {
        columns = cells.map((name) => name.trim());
        if (columns.length > maxColumns)
          throw invalidRequest([
            {
              path: "",
              message: `has ${columns.length} columns, more than ${maxColumns.toLocaleString("en")}`,
            },
          ]);
        checkHeader(columns);
      }
    }
  } catch (error) {
    if (!isCsvError(error)) throw error;
    yield { row: row + 1, error: `can not be read: ${error.message}` };
  }
  if (header === null) checkHeader([]);
  for (const run of unreadable) yield* rowsOf(run);
}

function* rowsOf(run: { row: number; count: number; error: string } | undefined): Iterable<FileRow> {
  for (let i = 0; run !== undefined && i < run.count; i++) yield { row: run.row + i, error: run.error };
}

function isCsvError(error: unknown): error is Error {
  return error instanceof Error && "code" in error && String(error.code).startsWith("CSV_");
}

function readFields(row: number, columns: string[], cells: string[]): FileRow {
  if (cells.length !== columns.length)
    return { row, error: `has ${cells.length} cells, the header has ${columns.length}` };
  if (cells.some((cell) => cell.includes("\uFFFD"))) return { row, error: "is not UTF-8" };
  return { row, fields: Object.fromEntries(columns.map((name, index) => [name, cells[index]])) };
}

async function* readNdjson(text: AsyncIterable<string>): AsyncIterable<FileRow> {
  let rest = "";
  let row = 0;
  for await (const piece of text) {
    const lines = (rest + piece).split("\n");
    rest = lines.pop() as string;
    if (rest.length > maxRowLength)
      throw new AmusedError(
        "payload_too_large",
        `Line ${row + lines.length + 1} is longer than 1,000,000 characters.`,
        { limit: maxRowLength },
      );
    for (const line of lines) if (line.trim() !== "") yield readLine(++row, line);
  }
  if (rest.trim() !== "") yield readLine(++row, rest);
}

function readLine(row: number, line: string): FileRow {
  if (line.includes("\uFFFD")) return { row, error: "is not UTF-8" };
  try {
    const value: unknown = JSON.parse(row === 1 ? line.replace(/^\uFEFF/, "") : line);
    if (typeof value === "object" && value !== null && !Array.isArray(value))
      return { row, fields: value as { [name: string]: unknown } };
    return { row, error: "must be a JSON object" };
  } catch (error) {
    return { row, error: `is not JSON: ${(error as Error).message}` };
  }
}

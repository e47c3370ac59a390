import { once } from "node:events";
import { parse as csvParser } from "csv-parse";
import { Refusal } from "../fail.ts";
import { longestLine, textOf } from "./text.ts";

/** A file of rows, opened: its header is read, its rows come when they are asked for. */
export interface Table {
  readonly separator: string;
  readonly header: readonly string[];
  /** As many at a time as a piece of the file holds; `null` for a row that is no CSV. */
  readonly rows: AsyncIterable<Row[]>;
}

export type Row = readonly string[] | null;

/** Opens a CSV of whatever separator and encoding. Only a piece of it is held at a time. */
export async function openTable(bytes: AsyncIterable<Uint8Array>): Promise<Table> {
  const text = textOf(bytes);
  const head = await untilFirstLine(text);
  if (head.trim() === "") throw new Refusal("The file is empty.");
  const separator = separatorOf(head);
  async function* all() {
    yield head;
    yield* text;
  }
  const rows = rowsOf(all(), separator);
  for (;;) {
    const { value, done } = await rows.next();
    if (done) throw new Refusal("The file is empty.");
    const [header, ...others] = value;
    if (header === undefined) continue;
    if (header === null) throw new Refusal("The header of the file is no CSV: is a quote missing in it?");
    return { separator, header: header.map((name) => name.trim()), rows: withFirst(others, rows) };
  }
}

async function* withFirst(first: Row[], rows: AsyncIterable<Row[]>): AsyncGenerator<Row[]> {
  yield first;
  yield* rows;
}

async function* rowsOf(text: AsyncIterable<string>, delimiter: string): AsyncGenerator<Row[]> {
  let rows: Row[] = [];
  let before = 0;
  let isTooLong = false;
  const parser = csvParser({
    bom: true,
    delimiter,
    relax_column_count: true,
    relax_quotes: true,
    skip_empty_lines: true,
    skip_records_with_error: true,
    max_record_size: longestLine,
    // Rows that go through the parser's stream one by one take longer than their parsing.
    on_record(row: string[]) {
      rows.push(row);
      return null;
    },
    on_skip(error) {
      if (error?.code === "CSV_MAX_RECORD_SIZE") isTooLong = true;
      // The parser does not find its way out of a row that is too long.
      if (!isTooLong) rows.push(null);
      return undefined;
    },
  });
  parser.resume();
  function taken(): Row[] {
    const batch = rows;
    rows = [];
    before += batch.length;
    if (isTooLong)
      throw new Refusal(
        `Line ${(before + 1).toLocaleString("en")} is longer than 1,000,000 characters: is a quote missing in it?`,
      );
    return batch;
  }
  try {
    for await (const piece of text) {
      await new Promise<void>((resolve, reject) => {
        parser.write(piece, (error) => (error ? reject(error) : resolve()));
      });
      yield taken();
    }
    const ended = once(parser, "end");
    parser.end();
    await ended;
    yield taken();
  } finally {
    parser.destroy();
  }
}

/** What comes until the first line is whole, or is longer than any. */
async function untilFirstLine(text: AsyncGenerator<string>): Promise<string> {
  let head = "";
  while (head.length < longestLine && !/[\r\n]/.test(head.trimStart())) {
    const { value, done } = await text.next();
    if (done) break;
    head += value;
  }
  return head;
}

function separatorOf(head: string): string {
  const first = head.split(/[\r\n]+/).find((line) => line.trim() !== "") ?? "";
  const names = first.replace(/"[^"]*"/g, "");
  const count = (separator: string) => names.split(separator).length;
  return [",", ";", "\t", "|"].sort((a, b) => count(b) - count(a))[0] as string;
}

/** Column names as they are compared: case, spaces and signs do not matter. */
export function plainName(name: string): string {
  return name.toLowerCase().replace(/[^\p{L}\p{N}]/gu, "");
}

/** The names of a header, for a sentence. */
export function namesOf(header: readonly string[]): string {
  const named = header
    .slice(0, 20)
    .map((name) => (name.length > 40 ? `${name.slice(0, 40)}…` : name))
    .join(", ");
  return header.length > 20 ? `${named} and ${header.length - 20} more` : named;
}

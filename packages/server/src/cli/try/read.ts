import { Readable } from "node:stream";
import { finished } from "node:stream/promises";
import { parse as csvParser } from "csv-parse";
import { oneLine, Refusal } from "../fail.ts";
import { columnsOf, type Format, formats, type LeftOut, type SaleLine } from "./formats.ts";
import { longestLine, textOf } from "./text.ts";

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
  const text = textOf(bytes);
  const head = await untilFirstLine(text);
  if (head.trim() === "") throw new Refusal("The file is empty.");
  const separator = separatorOf(head);
  let lines = 0;
  const state: { file: Recognised | null; refused: Refusal | null } = { file: null, refused: null };
  const parser = csvParser({
    bom: true,
    delimiter: separator,
    relax_column_count: true,
    relax_quotes: true,
    skip_empty_lines: true,
    skip_records_with_error: true,
    max_record_size: longestLine,
    // What is read is used here at once: handing on half a million rows takes longer than parsing them.
    on_record(row: string[]) {
      if (state.refused !== null) return null;
      try {
        if (state.file === null) state.file = recognised(row, separator);
        else {
          take(state.file.read(row));
          if (++lines % 50_000 === 0) progress(lines);
        }
      } catch (error) {
        // The parser would take it for a fault of the row.
        if (!(error instanceof Refusal)) throw error;
        state.refused = error;
      }
      return null;
    },
    on_skip(error) {
      if (error?.code === "CSV_MAX_RECORD_SIZE")
        state.refused ??= new Refusal(
          `Line ${lines + 2} is longer than 1,000,000 characters: is a quote missing in it?`,
        );
      else if (state.file !== null) {
        lines++;
        take("unreadable");
      }
      return undefined;
    },
  });
  async function* all() {
    yield head;
    for await (const piece of text) {
      if (state.refused !== null) return;
      yield piece;
    }
  }
  const source = Readable.from(all());
  source.on("error", (error) => parser.destroy(error));
  await finished(source.pipe(parser).resume());
  if (state.refused !== null) throw state.refused;
  if (state.file === null) throw new Refusal("The file is empty.");
  return { format: state.file.format, separator, lines };
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
  return [",", ";", "\t"].sort((a, b) => count(b) - count(a))[0] as string;
}

interface Recognised {
  format: Format;
  read(row: readonly string[]): SaleLine | LeftOut;
}

function recognised(header: readonly string[], separator: string): Recognised {
  const columns = columnsOf(header, separator);
  for (const format of formats) {
    const read = format.reader(columns);
    if (read !== null) return { format, read };
  }
  const named = header
    .slice(0, 20)
    .map((name) => (name.length > 40 ? `${name.slice(0, 40)}…` : name))
    .join(", ");
  const more = header.length > 20 ? ` and ${header.length - 20} more` : "";
  const known = formats.map(({ name, needs }) => `${name} (${needs.join(", ")})`);
  throw new Refusal(
    oneLine(`No known columns: the file has ${named}${more}; what is read is ${known.join(", or ")}.`),
  );
}

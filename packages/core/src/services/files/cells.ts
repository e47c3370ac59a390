/**
 * How values stand in the cells of a CSV, so that what is written reads back as it was: a cell that is a JSON number,
 * `true`, `false` or a JSON string (in its quotes) is that; everything else is the text it shows.
 */
export function attributeCell(value: string | number | boolean): string {
  return typeof value === "string" && (value === "" || readAttributeCell(value) !== value)
    ? JSON.stringify(value)
    : String(value);
}

export function readAttributeCell(cell: string): string | number | boolean {
  if (cell === "true" || cell === "false") return cell === "true";
  // Only the number's own spelling: 007 and 1.50 are codes and sizes, not numbers.
  if (/^-?\d/.test(cell) && String(Number(cell)) === cell) return Number(cell);
  if (cell.length > 1 && cell.startsWith('"') && cell.endsWith('"')) {
    try {
      return JSON.parse(cell) as string;
    } catch {
      return cell;
    }
  }
  return cell;
}

/** A whole number as it stands in a cell; other text is handed on for the schema to refuse. */
export function readWholeCell(cell: unknown): unknown {
  return typeof cell === "string" && /^-?\d{1,15}$/.test(cell.trim()) ? Number(cell) : cell;
}

/** A decimal fraction as it stands in a cell; other text is handed on for the schema to refuse. */
export function readDecimalCell(cell: unknown): unknown {
  return typeof cell === "string" && /^\d{0,15}\.?\d{1,15}$/.test(cell.trim()) ? Number(cell) : cell;
}

/** One line of CSV, RFC 4180. */
export function csvLine(cells: readonly (string | number | null)[]): string {
  return `${cells.map((cell) => quoted(cell === null ? "" : String(cell))).join(",")}\r\n`;
}

function quoted(cell: string): string {
  return /[",\r\n]/.test(cell) ? `"${cell.replaceAll('"', '""')}"` : cell;
}

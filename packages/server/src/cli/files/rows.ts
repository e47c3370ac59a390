/** A file as the import takes it, made of a file as it was found. */
export interface Rows {
  readonly format: "csv" | "ndjson";
  readonly rows: AsyncIterable<string | Uint8Array>;
  /** How many lines were left out, and why; known when all rows were taken. */
  readonly leftOut: Record<string, number>;
  /** Where the n-th of the rows stands in the file, counted from 1 after the header. */
  rowInFile(n: number): number;
}

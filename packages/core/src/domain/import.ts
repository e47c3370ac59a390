import { z } from "zod";

/** What an import did, or would do in a dry run. Rows count from 1 after the header. */
export interface ImportResult {
  created: number;
  updated: number;
  skipped: number;
  failed: number;
  /** The first 1,000 faults; `failed` counts all rows that had one. */
  errors: ImportRowError[];
}

export interface ImportRowError {
  row: number;
  message: string;
  path?: string;
}

export type FileFormat = "csv" | "ndjson";

/** A file's content as it comes: whole, or in pieces of text or bytes. */
export type FileSource =
  | string
  | Uint8Array
  | Blob
  | ReadableStream<Uint8Array>
  | AsyncIterable<string | Uint8Array>;

export const importQuerySchema = z.strictObject({ dryRun: z.boolean().default(false) });

export const formatSchema = z.enum(["csv", "ndjson"]);

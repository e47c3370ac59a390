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

/** What is written to files; of the log, who did what. */
export type ExportKind = "products" | "sales" | "audit";

/** A file's content as it comes: whole, or in pieces of text or bytes. */
export type FileSource =
  | string
  | Uint8Array
  | Blob
  | ReadableStream<Uint8Array>
  | AsyncIterable<string | Uint8Array>;

export const importQuerySchema = z.strictObject({ dryRun: z.boolean().default(false) });

export const formatSchema = z.enum(["csv", "ndjson"]);

/** The columns of an import file: of `needed`, one of each list must be there. */
export interface ImportColumns {
  readonly needed: readonly (readonly string[])[];
  readonly others: readonly string[];
}

/** The columns of import files, each named as the field it is; a products file may have `attributes.<name>` too. */
export const importColumns = {
  products: {
    needed: [["sku", "name"]],
    others: [
      ...(["description", "price", "currency", "quantity", "category"] as const),
      ...(["reorderPoint", "leadTimeDays", "serviceLevel", "packSize", "minimumOrder"] as const),
    ],
  },
  sales: {
    needed: [["sku", "productId"], ["quantity"], ["soldAt"]],
    others: ["price", "orderId"],
  },
} as const satisfies Record<string, ImportColumns>;

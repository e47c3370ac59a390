import type { ReadOptions, WriteOptions } from "./call-options.ts";
import type { FileFormat } from "./domain/import.ts";

export interface ImportOptions extends WriteOptions {
  /** `csv` when not said. */
  format?: FileFormat;
  /** Says what would happen and writes nothing. */
  dryRun?: boolean;
}

export interface ExportOptions extends ReadOptions {
  /** `csv` when not said. */
  format?: FileFormat;
}

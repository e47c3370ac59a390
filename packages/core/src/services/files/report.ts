import type { ImportResult } from "../../domain/import.ts";
import { isAmusedError } from "../../errors.ts";

/** How many faults an import tells one by one; the rest are counted. */
const maxErrors = 1000;

/** Counts what becomes of the rows of an import. */
export interface Report extends ImportResult {
  /** Notes a row that can not be taken. */
  fail(row: number, error: unknown): void;
}

export function importReport(): Report {
  return {
    created: 0,
    updated: 0,
    skipped: 0,
    failed: 0,
    errors: [],
    fail(row, error) {
      this.failed++;
      if (this.errors.length >= maxErrors) return;
      if (isAmusedError(error, "invalid_request")) {
        const [fault] = error.errors;
        this.errors.push({ row, message: error.message, ...(fault?.path ? { path: fault.path } : {}) });
      } else this.errors.push({ row, message: String(error) });
    },
  };
}

/** The result as everyone sees it. */
export function resultOf({ created, updated, skipped, failed, errors }: Report): ImportResult {
  return { created, updated, skipped, failed, errors };
}

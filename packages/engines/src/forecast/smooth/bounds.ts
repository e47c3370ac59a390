import { EngineError, finite } from "../../errors.ts";

/** Older values say little about the next ones, and work must be bounded: almost three years of days, twenty of weeks. */
export const longest = 1024;

/** More than any shop sells, and far from where squares overflow. */
const largest = 1e15;

/** The newest `longest` values of a history. Throws an `EngineError` where one is negative, infinite or above 1e15; NaN stands for an unknown one. */
export function checked(field: string, history: Float64Array): Float64Array {
  const values = history.subarray(Math.max(0, history.length - longest));
  for (let i = 0; i < values.length; i++)
    checkedValue(`${field}.${history.length - values.length + i}`, values[i]!);
  return values;
}

export function checkedValue(field: string, value: number): number {
  return Number.isNaN(value) ? value : finite(field, value, 0, largest);
}

/** Throws an `EngineError` where a number is not whole or not from 1 to `longest`. */
export function whole(field: string, value: number): void {
  if (!(Number.isSafeInteger(value) && value >= 1 && value <= longest))
    throw new EngineError(field, `expected a whole number from 1 to ${longest}, not ${String(value)}`);
}

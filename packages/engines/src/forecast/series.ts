import { EngineError, finite } from "../errors.ts";
import { log } from "../numeric/elementary.ts";
import { type Calendar, calendar } from "./calendar.ts";
import type { Frequency, SeriesInput } from "./types.ts";

/** Values beyond this many are too old to matter; leaving them out bounds the work. */
const longest = 1500;

/** A column of regressors, ready for a log-linear model: over the history and the horizon. */
export interface Column {
  readonly name: string;
  readonly x: Float64Array;
  /** What was subtracted. */
  readonly center: number;
}

/** A checked series. */
export interface Series {
  readonly frequency: Frequency;
  /** Demand; NaN where it is unknown. */
  readonly y: Float64Array;
  readonly n: number;
  readonly known: number;
  readonly mean: number;
  readonly zeros: number;
  /** Whether all values are whole units. */
  readonly counts: boolean;
  readonly calendar: Calendar;
  readonly columns: readonly Column[];
  readonly category: string;
}

/** Checks a series and its regressors, which must reach `horizon` periods beyond the history. */
export function prepare(input: SeriesInput, horizon: number): Series {
  const { values, frequency, start } = input;
  if (frequency !== "daily" && frequency !== "weekly" && frequency !== "monthly")
    throw new EngineError("frequency", `expected daily, weekly or monthly, not ${String(frequency)}`);
  const offset = Math.max(0, values.length - longest);
  const n = values.length - offset;
  const y = new Float64Array(n);
  let known = 0;
  let sum = 0;
  let zeros = 0;
  let counts = true;
  for (let i = 0; i < n; i++) {
    const value = values[i + offset];
    if (value === null || value === undefined) {
      y[i] = Number.NaN;
      continue;
    }
    // Squares and their sums must stay finite.
    y[i] = finite(`values.${i + offset}`, value, 0, 1e100);
    known++;
    sum += value;
    if (value === 0) zeros++;
    if (value !== Math.floor(value)) counts = false;
  }
  const columns = Object.keys(input.regressors ?? {})
    .sort()
    .map((name) => column(name, input.regressors![name]!, values.length, horizon, offset));
  return {
    frequency,
    y,
    n,
    known,
    mean: known > 0 ? sum / known : 0,
    zeros,
    counts,
    calendar: calendar(frequency, start, offset),
    columns,
    category: input.category ?? "",
  };
}

/** The same series as it stood after its first `n` values. */
export function before(series: Series, n: number): Series {
  const y = series.y.subarray(0, n);
  let known = 0;
  let sum = 0;
  let zeros = 0;
  for (const value of y) {
    if (Number.isNaN(value)) continue;
    known++;
    sum += value;
    if (value === 0) zeros++;
  }
  return { ...series, y, n, known, mean: known > 0 ? sum / known : 0, zeros };
}

/** A regressor's value as the model takes it. */
export function regressor(field: string, name: string, value: number): number {
  return name === "price" ? log(finite(field, value, 1e-12, 1e12)) : finite(field, value, -1e12, 1e12);
}

function column(
  name: string,
  values: readonly number[],
  history: number,
  horizon: number,
  offset: number,
): Column {
  const field = `regressors.${name}`;
  if (values.length < history + horizon)
    throw new EngineError(
      field,
      `expected ${history + horizon} values (history and horizon), not ${values.length}`,
    );
  const x = new Float64Array(history + horizon - offset);
  for (let i = 0; i < x.length; i++) {
    x[i] = regressor(`${field}.${i + offset}`, name, values[i + offset]!);
  }
  // Effects are told against the history's usual state.
  let sum = 0;
  for (let i = 0; i < history - offset; i++) sum += x[i]!;
  const center = history > offset ? sum / (history - offset) : 0;
  for (let i = 0; i < x.length; i++) x[i]! -= center;
  return { name, x, center };
}

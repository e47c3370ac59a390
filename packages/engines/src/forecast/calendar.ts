import { EngineError } from "../errors.ts";
import type { Frequency } from "./types.ts";

/** Days from 1970-01-01 to a date of the Gregorian calendar. Source: Hinnant, "chrono-compatible low-level date algorithms". */
export function dayNumber(iso: string): number {
  const match = /^(\d{4})-(\d{2})-(\d{2})/.exec(iso);
  const [year, month, day] = match ? [Number(match[1]), Number(match[2]), Number(match[3])] : [0, 0, 0];
  if (month < 1 || month > 12 || day < 1 || day > 31)
    throw new EngineError("start", `expected a date (2026-11-24), not ${iso}`);
  const y = month <= 2 ? year - 1 : year;
  const era = Math.floor(y / 400);
  const ofEra = y - era * 400;
  const ofYear = Math.floor((153 * (month + (month > 2 ? -3 : 9)) + 2) / 5) + day - 1;
  return era * 146097 + ofEra * 365 + Math.floor(ofEra / 4) - Math.floor(ofEra / 100) + ofYear - 719468;
}

/** The month, 0 to 11, of a day number (the same source). */
export function monthOf(day: number): number {
  const z = day + 719468;
  const ofEra = z - Math.floor(z / 146097) * 146097;
  const year = Math.floor(
    (ofEra - Math.floor(ofEra / 1460) + Math.floor(ofEra / 36524) - Math.floor(ofEra / 146096)) / 365,
  );
  const ofYear = ofEra - (365 * year + Math.floor(year / 4) - Math.floor(year / 100));
  const m = Math.floor((5 * ofYear + 2) / 153);
  return m < 10 ? m + 2 : m - 10;
}

/** Where a series' periods lie in the week and in the year. */
export interface Calendar {
  /** Whether the positions are true ones; without a start they count from the first value. */
  readonly dated: boolean;
  /** 0 (Monday) to 6. */
  readonly weekday: (i: number) => number;
  /** 0 (January) to 11. */
  readonly month: (i: number) => number;
}

const perYear = { daily: 365.25, weekly: 365.25 / 7, monthly: 12 };

/** The calendar of a series; `offset` values before its first one were left out. */
export function calendar(frequency: Frequency, start: string | undefined, offset: number): Calendar {
  const dated = start !== undefined;
  const first = dated ? dayNumber(start) : 0;
  const firstMonth = dated ? monthOf(first) : 0;
  // 1970-01-01 was a Thursday. A week belongs to the month of its middle.
  const weekday = (i: number): number => (((first + i + offset + 3) % 7) + 7) % 7;
  if (frequency === "monthly") return { dated, weekday, month: (i) => (firstMonth + i + offset) % 12 };
  const days = frequency === "weekly" ? 7 : 1;
  const month = dated
    ? (i: number) => monthOf(first + (i + offset) * days + (days >> 1))
    : (i: number) => Math.floor((((i + offset) % perYear[frequency]) / perYear[frequency]) * 12) % 12;
  return { dated, weekday, month };
}

/** Periods in a year, rounded. */
export const yearLength: Readonly<Record<Frequency, number>> = { daily: 365, weekly: 52, monthly: 12 };

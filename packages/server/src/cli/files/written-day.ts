/** The day of a date as it is written, before it is known whether its month comes first. Times and zones are left out: the shop's own days count. */
export type WrittenDay =
  | { readonly day: number }
  | { readonly first: number; readonly second: number; readonly year: number };

/** Which of two numbers is the month: `12/1/10` is the first of December, or the twelfth of January. */
export type DateOrder = "month first" | "day first";

/** `2010-12-01T08:26:00Z`, `2010/12/01`, `12/1/10 8:26`, `1.12.2010`, `01-12-2010`; `null` for what is no date. */
export function writtenDay(text: string): WrittenDay | null {
  const iso = /^(\d{4})[-/.](\d{1,2})[-/.](\d{1,2})$/.exec(text);
  if (iso) {
    const day = dayOf(Number(iso[1]), Number(iso[2]), Number(iso[3]));
    return day === null ? null : { day };
  }
  const other = /^(\d{1,2})([-/.])(\d{1,2})\2(\d{4}|\d{2})$/.exec(text);
  if (!other) return null;
  const [first, second, written] = [Number(other[1]), Number(other[3]), Number(other[4])];
  const year = written >= 100 ? written : written + (written < 70 ? 2000 : 1900);
  if (other[2] !== ".") return { first, second, year };
  const day = dayOf(year, second, first);
  return day === null ? null : { day };
}

/** The date of a written moment, without its time. */
export function dateIn(moment: string): string {
  return /^[^\sT]*/.exec(moment)?.[0] ?? "";
}

/**
 * A written moment as ISO 8601: with the zone behind it, or else taken for UTC, so that its day stays. A time that is not
 * understood leaves the day; `null` for what is no date.
 */
export function isoMoment(text: string, order: DateOrder | null): string | null {
  const date = dateIn(text);
  const written = writtenDay(date);
  const day = written === null ? null : dayNumber(written, order);
  if (day === null) return null;
  const time =
    /^[T\s]\s*(\d{1,2}):(\d{2})(?::(\d{2})(\.\d{1,9})?)?(?:\s*([ap]m))?\s*(?:Z|UTC|([+-]\d{2}):?(\d{2}))?$/i.exec(
      text.slice(date.length),
    );
  if (time === null) return isoDay(day);
  const [, said = "", minute = "", second = "00", fraction = "", half, zone, zoneMinutes] = time;
  const hour = half === undefined ? Number(said) : (Number(said) % 12) + (/p/i.test(half) ? 12 : 0);
  if (hour > 23 || Number(minute) > 59 || Number(second) > 59) return isoDay(day);
  const offset = zone === undefined ? "Z" : `${zone}:${zoneMinutes}`;
  return `${isoDay(day)}T${String(hour).padStart(2, "0")}:${minute}:${second}${fraction}${offset}`;
}

/** Days since 1970; `null` for a day that the calendar does not have. */
export function dayNumber(written: WrittenDay, order: DateOrder | null): number | null {
  if ("day" in written) return written.day;
  const { first, second, year } = written;
  return order === "day first" ? dayOf(year, second, first) : dayOf(year, first, second);
}

/**
 * The order in which more of the dates exist; `null` where all are plain. Where both do as well it is the month that comes first, as
 * most exports have it.
 */
export function orderOf(written: readonly WrittenDay[]): DateOrder | null {
  if (written.every((one) => "day" in one)) return null;
  let monthFirst = 0;
  let dayFirst = 0;
  for (const one of written) {
    if (dayNumber(one, "month first") !== null) monthFirst++;
    if (dayNumber(one, "day first") !== null) dayFirst++;
  }
  return dayFirst > monthFirst ? "day first" : "month first";
}

export function isoDay(day: number): string {
  return new Date(day * dayMs).toISOString().slice(0, 10);
}

export const dayMs = 86_400_000;

function dayOf(year: number, month: number, day: number): number | null {
  const at = new Date(Date.UTC(year, month - 1, day));
  const exists = at.getUTCFullYear() === year && at.getUTCMonth() === month - 1 && at.getUTCDate() === day;
  return exists ? at.getTime() / dayMs : null;
}

import { z } from "zod";

const isoMoment = z.iso.datetime({
  offset: true,
  error: "must be an ISO 8601 time with a zone, such as 2026-11-23T09:30:00Z",
});

/** A moment: a `Date`, or ISO 8601 with a zone, on input; UTC with milliseconds from here on. Years 0001–9999. */
export const momentSchema: z.ZodType<string, string | Date> = z
  // In JSON a date is what it says of itself, and so it is here.
  .preprocess((value: string | Date) => (value instanceof Date ? value.toJSON() : value), isoMoment)
  .transform((value, context) => {
    const moment = new Date(value);
    const year = moment.getUTCFullYear();
    if (year >= 1 && year <= 9999) return moment.toISOString();
    context.addIssue({ code: "custom", message: "must be a time of the years 0001 to 9999" });
    return z.NEVER;
  });

/** A day in UTC. */
export const dateSchema: z.ZodISODate = z.iso
  .date("must be a date such as 2026-11-23")
  .refine((date) => !date.startsWith("0000"), "must be a date of the years 0001 to 9999");

/** An end of a span: a UTC day, or a time. */
export const boundSchema: z.ZodOptional<
  z.ZodUnion<readonly [z.ZodISODate, z.ZodType<string, string | Date>]>
> = z
  .union([dateSchema, momentSchema], { error: "must be a date or an ISO 8601 time with a zone" })
  .optional();

export const dayMs = 86_400_000;

/** The UTC day of a moment: `2026-11-23`. */
export function dateOf(moment: Date): string {
  return moment.toISOString().slice(0, 10);
}

/** The day that many days later (earlier, if negative). */
export function addDays(date: string, days: number): string {
  return dateOf(new Date(Date.parse(date) + days * dayMs));
}

/** The first moment of a day in UTC: a day alone begins when a database's own zone says. */
export function startOf(date: string): string {
  return `${date}T00:00:00.000Z`;
}

/** How far a time handed in may lie ahead of our clock: clocks differ. */
export const clockTolerance: { ms: number; words: string } = {
  ms: 5 * 60_000,
  words: "more than 5 minutes ahead",
};

/** What expires then has expired by every clock, also by one that is set back. */
export const longAgo: Date = new Date(0);

/** The first moment after an inclusive end: the next day of a date, the next millisecond of a time. */
export function endOf(to: string): string {
  const end = Date.parse(to) + (/T/.test(to) ? 1 : dayMs);
  // "Until 9999-12-31" is a way to say "with no end", and the year 10000 is none that a store knows.
  return new Date(Math.min(end, Date.parse("9999-12-31T23:59:59.999Z"))).toISOString();
}

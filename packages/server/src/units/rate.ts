import { z } from "zod";
import type { Rate } from "../limits/request-limits.ts";

const windows = { s: 1_000, min: 60_000, h: 3_600_000 };

/** `off`, or so many in a time: `600/min`, `10/s`, `5000/h`. */
export const rateSchema: z.ZodType<Rate | null, string> = z.string().transform((text, context) => {
  if (text === "off") return null;
  const match = /^([1-9]\d{0,8})\/(s|min|h)$/.exec(text);
  if (match !== null) return { limit: Number(match[1]), windowMs: windows[match[2] as keyof typeof windows] };
  context.addIssue({ code: "custom", message: "must be off, or N/s, N/min or N/h, such as 600/min" });
  return z.NEVER;
});

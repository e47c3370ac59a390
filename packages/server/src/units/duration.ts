import { z } from "zod";

const unitMs = { ms: 1, s: 1_000, m: 60_000, min: 60_000, h: 3_600_000, d: 86_400_000 };

/** A length of time with a unit (`15s`, `500ms`, `1h`), in milliseconds. */
export const durationSchema: z.ZodType<number, string> = z
  .string("must be a duration with a unit, such as 15s")
  .transform((text, context) => {
    const match = /^(\d{1,9}(?:\.\d{1,3})?)(ms|s|m|min|h|d)$/.exec(text);
    if (match !== null) return Number(match[1]) * unitMs[match[2] as keyof typeof unitMs];
    context.addIssue({
      code: "custom",
      message: "must be a duration with a unit (ms, s, m, h or d), such as 15s",
    });
    return z.NEVER;
  });

import { z } from "zod";

const unitBytes = { b: 1, kb: 1024, mb: 1024 ** 2, gb: 1024 ** 3 };

/** An amount of bytes with a unit (`512kb`, `1mb`), in bytes. */
export const sizeSchema: z.ZodType<number, string> = z.string().transform((text, context) => {
  const match = /^(\d{1,9}(?:\.\d{1,3})?)\s?(b|kb|mb|gb)$/i.exec(text);
  const bytes =
    match === null
      ? 0
      : Math.floor(Number(match[1]) * unitBytes[match[2]?.toLowerCase() as keyof typeof unitBytes]);
  if (bytes >= 1) return bytes;
  context.addIssue({ code: "custom", message: "must be a size with a unit (b, kb, mb or gb), such as 1mb" });
  return z.NEVER;
});

import { z } from "zod";

/**
 * What names a request in logs: some whole visible word, so that nothing can be smuggled into a log or a spreadsheet by it.
 */
export const requestIdSchema: z.ZodString = z
  .string()
  .regex(
    /^[A-Za-z0-9][A-Za-z0-9._:/+=@-]{0,127}$/,
    "must be 1 to 128 letters, digits and . _ : / + = @ -, the first a letter or digit",
  );

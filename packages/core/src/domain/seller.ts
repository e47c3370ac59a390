import { z } from "zod";
import { text } from "./text.ts";

/** The host's own name for a seller: 1–200 characters without spaces or control characters. */
export const sellerIdSchema: z.ZodString = text(1, 200).regex(
  /^[^\s\p{Cc}]+$/u,
  "must not hold spaces or control characters",
);

/** An id that a database made: a whole number from 1. */
export const idSchema: z.ZodInt = z
  .int("must be a whole number from 1")
  .min(1, "must be a whole number from 1");

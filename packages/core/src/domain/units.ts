import { z } from "zod";

/** The most units that one request may name. */
export const maxUnits = 1_000_000_000;

const whole = z.int("must be a whole number").max(maxUnits, "must be at most 1,000,000,000");

/** So many units, or none. */
export const unitsSchema: z.ZodInt = whole.min(0, "must not be negative");

/** So many units, at least one. */
export const someUnitsSchema: z.ZodInt = whole.min(1, "must be at least 1");

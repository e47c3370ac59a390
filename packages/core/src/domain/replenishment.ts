import { z } from "zod";
import { someUnitsSchema } from "./units.ts";

/** What orders to a supplier rest on: of one product, or of all that have none of their own. */
export interface Replenishment {
  /** Days from an order to its arrival. */
  leadTimeDays: number;
  /** The probability that stock lasts until an order arrives. */
  serviceLevel: number;
  /** Units are ordered in multiples of this. */
  packSize: number;
  /** Units ordered at least, if any. */
  minimumOrder: number;
}

/** `null`: as it is without. */
export const replenishmentFields = {
  leadTimeDays: z
    .int("must be a whole number")
    .min(0, "must not be negative")
    .max(3650, "must be at most 3650")
    .nullable(),
  serviceLevel: z
    .number()
    .min(0.5, "must be from 0.5 to 0.999")
    .max(0.999, "must be from 0.5 to 0.999")
    .nullable(),
  packSize: someUnitsSchema.nullable(),
  minimumOrder: someUnitsSchema.nullable(),
};

export const replenishmentNames = Object.keys(replenishmentFields) as (keyof Replenishment)[];

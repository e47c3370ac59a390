import { z } from "zod";
import { maxUnits } from "./product.ts";

/** What a seller has decided once for all products; a product's own value goes before it. */
export interface SellerSettings {
  /** Days from an order to its arrival; 14 when nothing was set. */
  leadTimeDays: number;
  /** The probability that stock lasts until an order arrives; 0.95 when nothing was set. */
  serviceLevel: number;
  /** Units are ordered in multiples of this; 1 when nothing was set. */
  packSize: number;
  /** Units ordered at least, if any; 1 when nothing was set. */
  minimumOrder: number;
  /** A category is given by itself from this confidence on, else it waits for a review; 0.9 when nothing was set, 1 for never. */
  categorizeFrom: number;
}

export const defaultSettings: Readonly<SellerSettings> = {
  ...{ leadTimeDays: 14, serviceLevel: 0.95, packSize: 1, minimumOrder: 1 },
  categorizeFrom: 0.9,
};

const units = z
  .int("must be a whole number")
  .min(1, "must be at least 1")
  .max(maxUnits, "must be at most 1,000,000,000");

/** Days from an order to its arrival. */
export const leadTimeSchema = z
  .int("must be a whole number")
  .min(0, "must not be negative")
  .max(3650, "must be at most 3650");

/** What a product can have as its own, and a seller for all. */
export const replenishmentFields = {
  serviceLevel: z.number().min(0.5, "must be from 0.5 to 0.999").max(0.999, "must be from 0.5 to 0.999"),
  packSize: units,
  minimumOrder: units,
};

/** `null` goes back to what it is when nothing was set. */
export const settingsChangesSchema = z
  .strictObject({
    leadTimeDays: leadTimeSchema.nullable(),
    serviceLevel: replenishmentFields.serviceLevel.nullable(),
    packSize: replenishmentFields.packSize.nullable(),
    minimumOrder: replenishmentFields.minimumOrder.nullable(),
    categorizeFrom: z.number().min(0, "must be from 0 to 1").max(1, "must be from 0 to 1").nullable(),
  })
  .partial();
export interface SettingsChanges extends z.input<typeof settingsChangesSchema> {}

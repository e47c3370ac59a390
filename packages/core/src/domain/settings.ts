import { z } from "zod";
import { type Replenishment, replenishmentFields } from "./replenishment.ts";

/** What a seller has decided once for all products; a product's own value goes before it. */
export interface SellerSettings extends Replenishment {
  /** A category is given by itself from this confidence on, else it waits for a review; 0.9 when nothing was set, 1 for never. */
  categorizeFrom: number;
}

/** What holds when nothing was set. */
export const defaultSettings: Readonly<SellerSettings> = {
  ...{ leadTimeDays: 14, serviceLevel: 0.95, packSize: 1, minimumOrder: 1 },
  categorizeFrom: 0.9,
};

/** `null` goes back to what it is when nothing was set. */
export const settingsChangesSchema = z
  .strictObject({
    ...replenishmentFields,
    categorizeFrom: z.number().min(0, "must be from 0 to 1").max(1, "must be from 0 to 1").nullable(),
  })
  .partial();
export interface SettingsChanges extends z.input<typeof settingsChangesSchema> {}

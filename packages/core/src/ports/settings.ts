import type { SellerSettings, SettingsChanges } from "../domain/settings.ts";
import type { Command, Written } from "./command.ts";
import type { Read } from "./rows.ts";

/** What sellers have set; what they have not is not in it. */
export interface SettingsRepository {
  find(sellerId: string): Promise<Read<Partial<SellerSettings>>>;
  /**
   * Sets what the changes name, and takes away what they name with `null`. Event `settings.updated` with those that are
   * other than before, `null` for what was taken away; none where nothing changes. Answers with all that is set then.
   */
  update(command: Command, changes: SettingsChanges): Promise<Written<Partial<SellerSettings>>>;
}

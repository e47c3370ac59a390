import { encodedValue } from "../domain/encoded.ts";
import type { SellerSettings } from "../domain/settings.ts";
import type { SettingsRepository } from "../ports/settings.ts";
import type { Run } from "./access.ts";
import { perform } from "./command.ts";
import { fact, headOf } from "./log.ts";
import { type Database, sellerToRead } from "./state.ts";

export function settingsRepository(db: Database, run: Run): SettingsRepository {
  return {
    find: (sellerId) =>
      run(() => {
        const seller = sellerToRead(db, sellerId);
        return { body: encodedValue(seller.settings), head: headOf(seller) };
      }),

    update: (command, changes) =>
      run(() =>
        perform(db, command, ({ seller, emit }) => {
          const before: Record<string, unknown> = seller.settings;
          const changed = Object.entries(changes).filter(
            ([name, value]) => value !== undefined && (before[name] ?? null) !== value,
          );
          const after = Object.entries({ ...before, ...Object.fromEntries(changed) });
          const settings = Object.fromEntries(after.filter(([, value]) => value !== null));
          if (changed.length > 0) {
            db.journal.assign(seller, { settings });
            emit(fact("settings.updated", null, { changed: Object.fromEntries(changed) }));
          }
          return { body: settings as Partial<SellerSettings> };
        }),
      ),
  };
}

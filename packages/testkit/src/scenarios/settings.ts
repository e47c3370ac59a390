import { describe, expect, test } from "vitest";
import { expectFaults } from "./expect-error.ts";
import type { NewShop } from "./new-shop.ts";

export function settingsScenarios(newShop: NewShop): void {
  describe("settings", () => {
    const usual = { leadTimeDays: 14, serviceLevel: 0.95, packSize: 1, minimumOrder: 1, categorizeFrom: 0.9 };

    test("are the usual ones until they are set, and again after null", async () => {
      const shop = await newShop();
      expect(await shop.settings.get()).toEqual(usual);
      const set = { leadTimeDays: 5, serviceLevel: 0.98 };
      expect(await shop.settings.update(set)).toEqual({ ...usual, ...set });
      expect(await shop.settings.update({ leadTimeDays: null })).toEqual({ ...usual, serviceLevel: 0.98 });
      expect(await shop.settings.get()).toEqual({ ...usual, serviceLevel: 0.98 });
      const { items } = await shop.events.list({ types: ["settings.*"] });
      expect(items.map(({ payload }) => payload)).toEqual([
        { changed: set },
        { changed: { leadTimeDays: null } },
      ]);
      expect(await (await newShop()).settings.get()).toEqual(usual);
    });

    test("refuse what can not be", async () => {
      const shop = await newShop();
      await expectFaults(
        shop.settings.update({
          ...{ leadTimeDays: -1, serviceLevel: 1, packSize: 0, minimumOrder: 1.5, categorizeFrom: 2 },
          ...({ taxes: true } as object),
        }),
        ["leadTimeDays", "serviceLevel", "packSize", "minimumOrder", "categorizeFrom", "taxes"],
      );
      expect(await shop.settings.get()).toEqual(usual);
    });
  });
}

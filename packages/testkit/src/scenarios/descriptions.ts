import { describe, expect, test } from "vitest";
import { expectError } from "./expect-error.ts";
import type { NewShop } from "./new-shop.ts";

/** These run without a model: what a model makes of it is a test of its own. */
export function descriptionScenarios(newShop: NewShop): void {
  describe("a suggested description", () => {
    test("is what is known of the product where there is no model, and says how there could be one", async () => {
      const shop = await newShop();
      const { id } = await shop.products.create({
        ...{ name: "Green tea", category: "Tea", price: "4.90" },
        attributes: { weight: "100 g", organic: true },
      });
      const suggested = await shop.products.describe(id);
      expect(suggested).toEqual({
        description: "Green tea. Tea. weight: 100 g, organic: true.",
        model: null,
        generatedAt: expect.stringMatching(/^\d{4}-.*Z$/),
        reasons: [
          { kind: "made_from", fields: ["name", "category", "attributes.weight", "attributes.organic"] },
          { kind: "no_model", reason: "off", message: expect.stringContaining("AI_MODEL") },
        ],
      });
    });

    test("is written nowhere until somebody takes it over", async () => {
      const shop = await newShop();
      const tea = await shop.products.create({ name: "Tea", description: "Mine." });
      const { description } = await shop.products.describe(tea.id);
      expect(await shop.products.get(tea.id)).toEqual(tea);
      expect((await shop.events.list()).items.map(({ type }) => type)).toEqual(["product.created"]);
      expect((await shop.products.update(tea.id, { description })).description).toBe("Tea.");
    });

    test("is of this seller's products only", async () => {
      const [shop, other] = [await newShop(), await newShop()];
      const { id } = await other.products.create({ name: "Tea" });
      await expectError(shop.products.describe(id), "not_found");
      await other.products.delete(id);
      await expectError(other.products.describe(id), "not_found");
    });
  });
}

import type { Seller } from "@amused/core";
import { describe, expect, test } from "vitest";
import { expectError, expectFaults } from "./expect-error.ts";
import type { NewShop } from "./new-shop.ts";

const teas = ["Green tea", "Black tea", "Mint tea", "Earl Grey tea", "White tea", "Oolong tea"];
const pots = ["Steel pot", "Iron pot", "Clay pot", "Copper pot", "Glass pot", "Enamel pot"];

/** Six teas and six pots. */
async function stockUp(shop: Seller): Promise<void> {
  for (const name of teas) await shop.products.create({ name, category: "Drinks > Tea" });
  for (const name of pots) await shop.products.create({ name, category: "Kitchen" });
}

export function categoryScenarios(newShop: NewShop): void {
  describe("categories", () => {
    test("are suggested from a general list in a shop without products, and from its own in one with", async () => {
      const shop = await newShop();
      const general = await shop.categories.suggest({ name: "Espresso coffee beans" });
      expect(general).toMatchObject({ model: "taxonomy", behind: 0 });
      expect(general.suggestions[0]?.category).toBe("Food, Beverages & Tobacco > Beverages");
      expect(general.suggestions[0]?.because).toContainEqual(expect.objectContaining({ kind: "taxonomy" }));

      await stockUp(shop);
      const own = await shop.categories.suggest({
        ...{
          name: "Jasmine tea",
          description: "A tea.",
          price: "4.90",
          attributes: { brand: "Leaf", bags: 20 },
        },
        limit: 2,
      });
      expect(own).toMatchObject({ model: "linear-text", behind: 0 });
      expect(own.suggestions).toHaveLength(2);
      expect(own.suggestions[0]?.category).toBe("Drinks > Tea");
      expect(own.suggestions[0]?.because).toContainEqual(
        expect.objectContaining({ kind: "word", word: "tea", weight: expect.any(Number) }),
      );
      for (const { confidence } of own.suggestions) {
        expect(confidence).toBeGreaterThanOrEqual(0);
        expect(confidence).toBeLessThanOrEqual(1);
      }
      expect(await (await newShop()).categories.suggest({ name: "Jasmine tea" })).toMatchObject({
        model: "taxonomy",
      });
    });

    test("are listed with their counts, and gone with their last product", async () => {
      const shop = await newShop();
      await stockUp(shop);
      const last = await shop.products.create({ name: "Teapot, clay", category: "Teapots" });
      expect((await shop.categories.list()).items).toEqual([
        { category: "Drinks > Tea", count: 6 },
        { category: "Kitchen", count: 6 },
        { category: "Teapots", count: 1 },
      ]);
      const names = async () => {
        const { suggestions } = await shop.categories.suggest({ name: "Teapot, clay", limit: 10 });
        return suggestions.map(({ category }) => category);
      };
      expect((await names())[0]).toBe("Teapots");
      await shop.products.delete(last.id);
      expect(await names()).not.toContain("Teapots");
      const pages = [];
      for await (const { category } of shop.categories.list({ limit: 1 })) pages.push(category);
      expect(pages).toEqual(["Drinks > Tea", "Kitchen"]);
    });

    test("what is decided of one product is learned at once for those like it", async () => {
      const shop = await newShop();
      await stockUp(shop);
      const mate = await shop.products.create({ name: "Mate guarana cup" });
      const settled = await shop.categories.settle(mate.id, { category: "Drinks > Mate" });
      expect(settled).toEqual({
        ...{ ...mate, category: "Drinks > Mate", version: 2, updatedAt: settled.updatedAt },
      });
      expect(await shop.products.get(mate.id)).toEqual(settled);
      const [best] = (await shop.categories.suggest({ name: "Mate guarana bowl" })).suggestions;
      expect(best?.category).toBe("Drinks > Mate");
      // An ordinary edit says the same.
      await shop.products.update(mate.id, { category: "Cups" });
      const [other] = (await shop.categories.suggest({ name: "Mate guarana bowl" })).suggestions;
      expect(other?.category).toBe("Cups");
      await shop.categories.settle(mate.id, { category: null });
      expect(await shop.products.get(mate.id)).toMatchObject({ category: null, version: 4 });
      expect((await shop.categories.suggest({ name: "Mate" })).suggestions).not.toContainEqual(
        expect.objectContaining({ category: "Cups" }),
      );
    });

    test("a decision has one effect for its key", async () => {
      const shop = await newShop();
      const { id } = await shop.products.create({ name: "Tea" });
      const options = { idempotencyKey: "decide" };
      const first = await shop.categories.settle(id, { category: "Tea" }, options);
      await shop.categories.settle(id, { category: "Pots" });
      expect(await shop.categories.settle(id, { category: "Tea" }, options)).toEqual(first);
      expect((await shop.products.get(id)).category).toBe("Pots");
      await expectError(shop.categories.settle(id, { category: "Cups" }, options), "idempotency_mismatch");
    });

    test("are explained by words, rivals and products of the seller's own", async () => {
      const shop = await newShop();
      await stockUp(shop);
      const { id } = await shop.products.create({ name: "Green tea, 20 bags" });
      const explained = await shop.categories.explain(id);
      expect(explained).toMatchObject({
        ...{ productId: id, category: null, state: null, model: "linear-text", chosen: null, behind: 0 },
        suggestion: { category: "Drinks > Tea" },
        examples: { count: 6 },
      });
      expect(explained.suggestion?.because).toContainEqual(
        expect.objectContaining({ kind: "word", word: "tea" }),
      );
      expect(explained.rivals[0]?.category).toBe("Kitchen");
      const [alike] = explained.examples.alike;
      expect((await shop.products.get(alike as number)).name).toBe("Green tea");
      expect((await shop.categories.accuracy()).byConfidence).toHaveLength(6);
      expect((await shop.categories.reviews()).items).toEqual([]);
    });

    test("nonsense is answered, or refused, and changes nothing", async () => {
      const shop = await newShop();
      await stockUp(shop);
      for (const name of ["🍵🫖", "?!", "名前", "x".repeat(200), "tea ".repeat(50).trim()]) {
        const { suggestions } = await shop.categories.suggest({
          ...{ name, description: "é".repeat(10_000) },
        });
        for (const { confidence } of suggestions) expect(confidence).toBeLessThanOrEqual(1);
      }
      await shop.categories.suggest({ name: "Tea", description: "" });
      await expectFaults(shop.categories.suggest({ name: "" }), ["name"]);
      await expectFaults(shop.categories.suggest({ name: "a\0b", description: "\ud800" }), [
        ...["name", "description"],
      ]);
      await expectFaults(
        shop.categories.suggest({
          ...{ name: "Tea", limit: 0, description: "x".repeat(10_001), price: "free" },
          ...({ sku: "T-1" } as object),
        }),
        ["limit", "description", "price", "sku"],
      );
      await expectFaults(shop.categories.suggest({} as never), ["name"]);
      const { id } = await shop.products.create({ name: "Tea" });
      await expectFaults(shop.categories.settle(id, {} as never), ["category"]);
      await expectFaults(shop.categories.settle(id, { category: " " }), ["category"]);
      await expectFaults(shop.categories.settle(id, { category: "a\0" }), ["category"]);
      await expectFaults(shop.categories.list({ limit: 500 }), ["limit"]);
      await expectFaults(shop.categories.reviews({ cursor: "none" }), ["cursor"]);
      const other = await newShop();
      for (const missing of [id, 999_999]) {
        await expectError(other.categories.explain(missing), "not_found");
        await expectError(other.categories.settle(missing, { category: "Tea" }), "not_found");
      }
      expect((await shop.products.get(id)).version).toBe(1);
    });
  });
}

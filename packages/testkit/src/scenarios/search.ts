import { describe, expect, test } from "vitest";
import { expectFaults } from "./expect-error.ts";
import type { NewShop } from "./new-shop.ts";

/** These run without a model: what a model makes of it is a test of its own. */
export function searchScenarios(newShop: NewShop): void {
  describe("a search", () => {
    async function stocked() {
      const shop = await newShop();
      const make = (name: string, sku: string | null, quantity = 5) =>
        shop.products.create({ name, sku, quantity, price: "4.00" });
      const sencha = await make("Green tea sencha", "TEA-1");
      const matcha = await make("Green tea matcha", "TEA-10", 0);
      const pot = await make("Iron pot", null);
      const lamp = await make("Lamp named TEA-1", "L-9");
      const find = async (text: string, more = {}) =>
        (await shop.products.search({ text, ...more })).items.map(({ product }) => product.id);
      return { shop, sencha, matcha, pot, lamp, find };
    }

    test("finds an exact SKU first, then what has all the words, then what is like them", async () => {
      const { shop, sencha, matcha, pot, lamp, find } = await stocked();
      const { items, model, generatedAt, reasons } = await shop.products.search({ text: " tea-1 " });
      expect(items[0]).toEqual({
        product: await shop.products.get(sencha.id),
        score: 1,
        because: [
          { kind: "sku", sku: "TEA-1" },
          { kind: "words", words: ["tea-1"] },
        ],
      });
      expect(items.map(({ product }) => product.id)).toEqual(expect.arrayContaining([matcha.id, lamp.id]));
      expect(items.map(({ score }) => score)).toEqual(
        items.map(({ score }) => score).toSorted((a, b) => b - a),
      );
      expect([model, Date.parse(generatedAt) > 0, reasons]).toEqual(["words", true, []]);

      expect((await find("GREEN matcha"))[0]).toBe(matcha.id);
      const words = await shop.products.search({ text: "green matcha" });
      expect(words.items.map(({ product, score }) => [product.id, score >= 0.5])).toEqual([
        [matcha.id, true],
        [sencha.id, false],
      ]);
      expect(words.items[1]?.because).toEqual([{ kind: "words", words: ["green"] }]);
      expect(await find("irn pott")).toEqual([pot.id]);
      expect(await find("sencah")).toEqual([sencha.id]);
    });

    test("shows products as they are now, those in stock where asked, and as many as asked", async () => {
      const { shop, sencha, matcha, find } = await stocked();
      expect((await find("green")).toSorted()).toEqual([sencha.id, matcha.id].toSorted());
      expect(await find("green", { inStock: true })).toEqual([sencha.id]);
      expect(await find("green", { limit: 1 })).toHaveLength(1);
      await shop.products.update(sencha.id, { name: "Red tea" });
      expect(await find("green")).toEqual([matcha.id]);
      expect(await find("sencha")).toEqual([]);
      await shop.products.delete(matcha.id);
      expect(await find("green")).toEqual([]);
    });

    test("that finds nothing is an empty list, of this seller's products only", async () => {
      const { find } = await stocked();
      for (const text of ["umbrella", "  ", "%", "🍎", "ﷺ".repeat(20)])
        expect(await find(text), text).toEqual([]);
      const other = await newShop();
      expect((await other.products.search({ text: "tea" })).items).toEqual([]);
    });

    test("refuses what can not be asked", async () => {
      const { shop } = await stocked();
      const { search } = shop.products;
      await expectFaults(search({ text: "" }), ["text"]);
      await expectFaults(search({ text: "x".repeat(201) }), ["text"]);
      await expectFaults(search({} as { text: string }), ["text"]);
      for (const limit of [0, 51, 1.5]) await expectFaults(search({ text: "tea", limit }), ["limit"]);
    });
  });
}

import type { Product, Seller } from "@amused/core";
import { describe, expect, test } from "vitest";
import { expectError, expectFaults } from "./expect-error.ts";
import type { NewShop } from "./new-shop.ts";

/** Four products, of which two are alike; the fourth has no stock. */
async function stocked(shop: Seller): Promise<[Product, Product, Product, Product]> {
  const tea = { category: "Tea > Green", attributes: { brand: "Mori" }, quantity: 50 };
  return [
    await shop.products.create({ name: "Green tea sencha", price: "4.00", ...tea }),
    await shop.products.create({ name: "Green tea matcha", price: "5.00", ...tea }),
    await shop.products.create({ name: "Iron pot", price: "40.00", quantity: 50 }),
    await shop.products.create({ name: "Green tea tin", price: "3.00" }),
  ];
}

const order = (shop: Seller, orderId: string, products: Product[]) =>
  shop.sales.record({ orderId, lines: products.map(({ id }) => ({ productId: id, quantity: 1 })) });

export function recommendationScenarios(newShop: NewShop): void {
  describe("recommendations", () => {
    test("are what is like a product, each with what decided, as it is now", async () => {
      const shop = await newShop();
      const [sencha, matcha, pot, tin] = await stocked(shop);
      const { items, model, generatedAt, expiresAt, behind } = await shop.recommendations.similar(sencha.id);
      expect(items.map(({ product }) => product.name)).toEqual([matcha.name, tin.name]);
      expect(items[0]?.product).toEqual(await shop.products.get(matcha.id));
      expect(items[0]?.because).toEqual([
        { kind: "words", with: sencha.id, words: ["green", "tea"] },
        { kind: "category", with: sencha.id, category: "Tea > Green" },
        { kind: "attribute", with: sencha.id, name: "brand", value: "Mori" },
        { kind: "price", with: sencha.id, ratio: 0.8 },
      ]);
      const [first = 0, second = 0] = items.map(({ score }) => score);
      expect([first <= 1, first > second, second > 0]).toEqual([true, true, true]);
      expect([typeof model, behind]).toEqual(["string", 0]);
      expect(Date.parse(expiresAt)).toBeGreaterThan(Date.parse(generatedAt));
      const few = await shop.recommendations.similar(sencha.id, { limit: 1 });
      expect(few.items).toEqual(items.slice(0, 1));
      const inStock = await shop.recommendations.similar(sencha.id, { inStock: true });
      expect(inStock.items.map(({ product }) => product.id)).toEqual([matcha.id]);

      await shop.products.update(matcha.id, { price: "6.00" });
      await shop.products.delete(tin.id);
      const later = await shop.recommendations.similar(sencha.id);
      expect(later.items.map(({ product }) => [product.id, product.price])).toEqual([[matcha.id, "6.00"]]);
      expect((await shop.recommendations.similar(pot.id)).items).toEqual([]);
    });

    test("are made anew when their product was edited", async () => {
      const shop = await newShop();
      const [sencha, matcha, pot] = await stocked(shop);
      const names = async () =>
        (await shop.recommendations.similar(sencha.id)).items.map(({ product }) => product.name);
      expect(await names()).toContain(matcha.name);
      await shop.products.update(sencha.id, {
        name: "Iron pan",
        category: null,
        attributes: { brand: null },
      });
      // What is younger than a second is served though something happened since, and says so.
      await expect.poll(names, { timeout: 5_000 }).toEqual([pot.name]);
    });

    test("are what was bought together, before what is only like it", async () => {
      const shop = await newShop();
      const [sencha, matcha, pot] = await stocked(shop);
      expect((await shop.recommendations.boughtTogether(pot.id)).items).toEqual([]);
      for (const n of [1, 2, 3]) await order(shop, `o-${n}`, [sencha, pot]);
      await order(shop, "o-4", [pot]);
      await shop.sales.import(
        `productId,quantity,soldAt,orderId\n${[matcha, pot].map(({ id }) => `${id},1,2024-05-01,old`).join("\n")}\n`,
      );
      const { items, model } = await shop.recommendations.boughtTogether(sencha.id);
      expect(typeof model).toBe("string");
      expect(items[0]?.product.id).toBe(pot.id);
      expect(items[0]?.because[0]).toEqual({
        ...{ kind: "bought_together", with: sencha.id, baskets: 3, lift: 1 },
      });
      expect(items.map(({ score }) => score)).toEqual(
        items.map(({ score }) => score).toSorted((a, b) => b - a),
      );
      const ofPot = async () =>
        (await shop.recommendations.boughtTogether(pot.id)).items.map(({ product }) => product.id);
      await expect.poll(ofPot, { timeout: 5_000 }).toEqual([sencha.id, matcha.id]);
    });

    test("are explained by the baskets that held both, down to the sales, and by what both are", async () => {
      const shop = await newShop();
      const [sencha, matcha, pot, tin] = await stocked(shop);
      const sales = (await order(shop, "o-1", [sencha, pot])).sales.map(({ id }) => id);
      await order(shop, "o-2", [pot, sencha]);
      await order(shop, "o-3", [matcha, pot]);
      const kind = "bought_together" as const;
      const why = await shop.recommendations.explain(sencha.id, pot.id, { kind });
      const { items, ...said } = await shop.recommendations.boughtTogether(sencha.id);
      expect(why).toMatchObject({
        productId: sencha.id,
        otherId: pot.id,
        kind,
        listed: items.length,
        ...said,
      });
      expect([why.rank, why.because]).toEqual([1, items[0]?.because]);
      expect(why.rivals[0]).toEqual({ productId: matcha.id, rank: 2, score: items[1]?.score });
      expect(why.baskets).toMatchObject({ total: 3, product: 2, other: 3, both: 2, byChance: 2, lift: 1 });
      expect(why.baskets?.orders.map(({ orderId }) => orderId).toSorted()).toEqual(["o-1", "o-2"]);
      expect(why.baskets?.orders.find(({ orderId }) => orderId === "o-1")?.saleIds).toEqual(sales);

      const like = await shop.recommendations.explain(sencha.id, matcha.id);
      expect(like).toMatchObject({ kind: "similar", rank: 1, baskets: null });
      expect(like.likeness).toMatchObject({
        ...{ words: ["green", "tea"], category: "Tea > Green", likeness: like.score },
        ...{ attributes: [{ name: "brand", value: "Mori" }] },
        price: { product: "4.00", other: "5.00", ratio: 0.8 },
      });
      const unlike = await shop.recommendations.explain(sencha.id, pot.id);
      expect(unlike).toMatchObject({ rank: null, score: null, because: [], listed: 2 });
      expect(unlike.rivals.map(({ productId }) => productId)).toEqual([matcha.id, tin.id]);
      expect(unlike.likeness).toMatchObject({ likeness: expect.any(Number), words: [], category: null });
    });

    test("of a shop's only product there are none", async () => {
      const shop = await newShop();
      const { id } = await shop.products.create({ name: "Tea", quantity: 5 });
      await shop.sales.record({ orderId: "o-1", lines: [{ productId: id, quantity: 1 }] });
      expect((await shop.recommendations.similar(id)).items).toEqual([]);
      expect((await shop.recommendations.boughtTogether(id, { limit: 50, inStock: false })).items).toEqual(
        [],
      );
    });

    test("are of this seller's products only, and refuse what can not be asked", async () => {
      const [shop, other] = [await newShop(), await newShop()];
      const [sencha, matcha] = await stocked(other);
      const { id } = await shop.products.create({ name: sencha.name });
      const { similar, boughtTogether, explain } = shop.recommendations;
      await expectError(similar(sencha.id), "not_found");
      await expectError(boughtTogether(sencha.id), "not_found");
      await expectError(explain(sencha.id, matcha.id), "not_found");
      await expectError(explain(id, sencha.id), "not_found");
      expect((await similar(id)).items).toEqual([]);
      for (const limit of [0, 51, 1.5]) await expectFaults(similar(id, { limit }), ["limit"]);
      await expectFaults(explain(id, id), ["otherId"]);
      await expectFaults(explain(id, 0), ["otherId"]);
      await expectFaults(explain(id, sencha.id, { kind: "popular" as "similar" }), ["kind"]);
      await shop.products.delete(id);
      await expectError(similar(id), "not_found");
    });
  });
}

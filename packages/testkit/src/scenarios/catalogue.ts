import type { Product } from "@amused/core";
import { describe, expect, test } from "vitest";
import { expectError, expectFaults } from "./expect-error.ts";
import type { NewShop } from "./new-shop.ts";

export function catalogueScenarios(newShop: NewShop): void {
  describe("the catalogue", () => {
    test("makes a product of a name alone, with everything else at its default", async () => {
      const shop = await newShop();
      const product = await shop.products.create({ name: "Green tea" });
      expect(product).toMatchObject({
        ...{
          name: "Green tea",
          sku: null,
          description: "",
          price: "0.00",
          currency: "USD",
          quantity: 0,
          category: null,
        },
        ...{ attributes: {}, imageUrl: null, reorderPoint: null, leadTimeDays: null, version: 1 },
        ...{ serviceLevel: null, packSize: null, minimumOrder: null },
      });
      expect(await shop.products.get(product.id)).toEqual(product);
      expect(product.createdAt).toMatch(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/);
    });

    test("keeps all that a product can have, exactly", async () => {
      const shop = await newShop();
      const whole = {
        sku: "TEA-1",
        name: 'Grüner "Tee" \\ 緑茶 🍵 \u2028',
        description: "two\nlines, a\ttab and 'quotes'",
        price: "4.90",
        currency: "EUR",
        quantity: 40,
        category: "Tea/Green",
        attributes: { "leaf size": "large", grams: 250.5, organic: true, empty: "" },
        reorderPoint: 5,
        leadTimeDays: 14,
        ...{ serviceLevel: 0.975, packSize: 12, minimumOrder: 24 },
      };
      const { id } = await shop.products.create(whole);
      expect(await shop.products.get(id)).toMatchObject(whole);
    });

    test("writes money with the decimals of its currency and refuses finer amounts", async () => {
      const shop = await newShop();
      const price = async (price: string | number, currency: string) =>
        (await shop.products.create({ name: "x", price, currency })).price;
      expect(await price("4.9", "USD")).toBe("4.90");
      expect(await price(4.9, "EUR")).toBe("4.90");
      expect(await price("5", "JPY")).toBe("5");
      expect(await price("0.5", "KWD")).toBe("0.500");
      expect(await price("9999999999.99", "USD")).toBe("9999999999.99");
      await expectFaults(price("4.999", "USD"), ["price"]);
      await expectFaults(price("4.5", "JPY"), ["price"]);
      await expectFaults(price("99999999999", "USD"), ["price"]);
      await expectFaults(price("-1", "USD"), ["price"]);
      await expectFaults(price("1", "NOPE"), ["currency"]);
    });

    test("edits what is named, clears by null, merges attributes, and counts versions", async () => {
      const shop = await newShop();
      const made = await shop.products.create({
        name: "Tea",
        sku: "T",
        category: "Hot",
        attributes: { a: 1, b: "x" },
      });
      const edited = await shop.products.update(made.id, {
        price: "2",
        category: null,
        attributes: { b: null, c: true },
      });
      expect(edited).toMatchObject({
        name: "Tea",
        sku: "T",
        price: "2.00",
        category: null,
        attributes: { a: 1, c: true },
        version: 2,
      });
      expect(await shop.products.update(made.id, { price: "2.00" })).toMatchObject({ version: 2 });
      await expectFaults(shop.products.update(made.id, { quantity: 3 } as object), ["quantity"]);
    });

    test("refuses an edit or a deletion of another version than the one that was read", async () => {
      const shop = await newShop();
      const { id } = await shop.products.create({ name: "Tea" });
      await shop.products.update(id, { name: "Green tea" }, { ifVersion: 1 });
      await expectError(
        shop.products.update(id, { name: "Black tea" }, { ifVersion: 1 }),
        "precondition_failed",
        { version: 2 },
      );
      await expectError(shop.products.delete(id, { ifVersion: 1 }), "precondition_failed", { version: 2 });
      await shop.stock.adjust(id, { adjust: 3, reason: "delivery" });
      await shop.products.delete(id, { ifVersion: 2 });
    });

    test("gives a SKU to one product at a time, and again after a deletion", async () => {
      const shop = await newShop();
      const first = await shop.products.create({ name: "a", sku: "S" });
      await expectError(shop.products.create({ name: "b", sku: "S" }), "conflict", { sku: "S" });
      const other = await shop.products.create({ name: "b" });
      await expectError(shop.products.update(other.id, { sku: "S" }), "conflict");
      await shop.products.delete(first.id);
      expect(await shop.products.update(other.id, { sku: "S" })).toMatchObject({ sku: "S" });
      await expectError(shop.products.get(first.id), "not_found");
      await expectError(shop.products.delete(first.id), "not_found");
    });

    test("lists by page and as a whole, searched, filtered and sorted both ways", async () => {
      const shop = await newShop();
      const names = ["Éclair", "apple pie", "Apple tart", "Bun", "bagel", "Café crème"];
      for (const [index, name] of names.entries())
        await shop.products.create({
          name,
          sku: `B-${index}`,
          price: `${index % 3}`,
          quantity: index,
          category: index < 3 ? "Cake" : "Bread",
        });
      const all = async (query: Parameters<typeof shop.products.list>[0]) => {
        const found: string[] = [];
        for await (const { name } of shop.products.list({ limit: 2, ...query })) found.push(name);
        return found;
      };
      expect(await all({})).toEqual(names);
      expect(await all({ sort: "name" })).toEqual([
        "apple pie",
        "Apple tart",
        "bagel",
        "Bun",
        "Café crème",
        "Éclair",
      ]);
      expect(await all({ sort: "-quantity" })).toEqual([...names].reverse());
      expect(await all({ sort: "price" })).toEqual([
        "Éclair",
        "Bun",
        "apple pie",
        "bagel",
        "Apple tart",
        "Café crème",
      ]);
      expect(await all({ sort: "-price" })).toEqual([
        "Café crème",
        "Apple tart",
        "bagel",
        "apple pie",
        "Bun",
        "Éclair",
      ]);
      expect(await all({ category: "Bread", maxQuantity: 4 })).toEqual(["Bun", "bagel"]);
      expect(await all({ search: "APPLE" })).toEqual(["apple pie", "Apple tart"]);
      expect(await all({ search: "creme cafe" })).toEqual(["Café crème"]);
      expect(await all({ search: "b-4" })).toEqual(["bagel"]);
      expect(await all({ search: "%" })).toEqual([]);
      const page = await shop.products.list({ limit: 5 });
      expect(page.items).toHaveLength(5);
      const rest = await shop.products.list({ limit: 5, cursor: page.nextCursor as string });
      expect(rest).toMatchObject({ items: [{ name: "Café crème" }], nextCursor: null });
      await expectFaults(
        shop.products.list({ limit: 5, cursor: page.nextCursor as string, category: "Cake" }),
        ["cursor"],
      );
      await expectFaults(shop.products.list({ cursor: "nonsense" }), ["cursor"]);
      await expectFaults(shop.products.list({ limit: 201 }), ["limit"]);
    });

    test("shows an image that was set, under a name made of its content", async () => {
      const shop = await newShop();
      const { id } = await shop.products.create({ name: "Tea" });
      const png = Uint8Array.from(atob(onePixel), (character) => character.charCodeAt(0));
      const { imageUrl, version } = await shop.products.setImage(id, png);
      expect(imageUrl).toMatch(/\/v1\/files\/[0-9a-f]{64}\.png$/);
      expect(version).toBe(2);
      expect(await shop.products.setImage(id, new Blob([png]))).toMatchObject({ imageUrl, version: 2 });
      await expectError(
        shop.products.setImage(id, new TextEncoder().encode("<svg/>")),
        "unsupported_media_type",
      );
      await expectError(shop.products.setImage(id, new Uint8Array()), "invalid_request");
    });

    test("keeps one seller's products from another, as if they were not there", async () => {
      const [mine, theirs] = [await newShop(), await newShop()];
      const { id } = await mine.products.create({ name: "Tea", sku: "T", quantity: 5 });
      await theirs.products.create({ name: "Tea", sku: "T" });
      const refused: (() => PromiseLike<unknown>)[] = [
        () => theirs.products.get(id),
        () => theirs.products.update(id, { name: "x" }),
        () => theirs.products.delete(id),
        () => theirs.stock.adjust(id, { adjust: -1, reason: "theft" }),
        () => theirs.stock.movements(id),
        () => theirs.sales.record({ lines: [{ productId: id, quantity: 1 }] }),
        () => theirs.sales.daily(id),
        () => theirs.sales.list({ productId: id }),
        () => theirs.events.list({ productId: id }),
      ];
      for (const call of refused) await expectError(call(), "not_found");
      expect(((await theirs.products.list()).items as Product[]).map(({ name }) => name)).toEqual(["Tea"]);
      expect(await mine.products.get(id)).toMatchObject({ name: "Tea", quantity: 5, version: 1 });
    });
  });
}

const onePixel =
  "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg==";

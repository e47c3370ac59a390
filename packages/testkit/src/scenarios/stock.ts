import { describe, expect, test } from "vitest";
import { expectError, expectFaults } from "./expect-error.ts";
import type { NewShop } from "./new-shop.ts";

export function stockScenarios(newShop: NewShop): void {
  describe("stock", () => {
    test("moves by adjustments and counts, each a line in the ledger", async () => {
      const shop = await newShop();
      const { id } = await shop.products.create({ name: "Tea", quantity: 10 });
      const { product, movement } = await shop.stock.adjust(id, { adjust: -3, reason: "broken" });
      expect(product).toMatchObject({ quantity: 7, version: 1 });
      expect(movement).toMatchObject({
        productId: id,
        delta: -3,
        quantity: 7,
        reason: "broken",
        cause: null,
      });
      expect((await shop.stock.count(id, { count: 9, reason: "counted" })).movement).toMatchObject({
        delta: 2,
        quantity: 9,
      });
      const { items } = await shop.stock.movements(id);
      expect(items.map(({ delta, quantity, reason }) => [delta, quantity, reason])).toEqual([
        [2, 9, "counted"],
        [-3, 7, "broken"],
        [10, 10, "initial"],
      ]);
    });

    test("never falls below zero, and says what there was", async () => {
      const shop = await newShop();
      const { id } = await shop.products.create({ name: "Tea", quantity: 2 });
      const available = [{ productId: id, requested: 3, available: 2 }];
      await expectError(shop.stock.adjust(id, { adjust: -3, reason: "x" }), "insufficient_stock", {
        available,
      });
      expect(await shop.products.get(id)).toMatchObject({ quantity: 2 });
    });

    test("changes nothing when the caller believed in another quantity", async () => {
      const shop = await newShop();
      const { id } = await shop.products.create({ name: "Tea", quantity: 2 });
      await expectError(shop.stock.adjust(id, { adjust: 1, reason: "x", expected: 3 }), "conflict", {
        quantity: 2,
      });
      await expectError(shop.stock.count(id, { count: 1, reason: "x", expected: 3 }), "conflict", {
        quantity: 2,
      });
      expect((await shop.stock.adjust(id, { adjust: 1, reason: "x", expected: 2 })).product.quantity).toBe(3);
    });

    test("adds to a count what moved since it was taken", async () => {
      const shop = await newShop();
      const { id, createdAt } = await shop.products.create({ name: "Tea", quantity: 10 });
      const countedAt = new Date(Date.parse(createdAt) + 1).toISOString();
      await new Promise((done) => setTimeout(done, 5));
      await shop.sales.record({ lines: [{ productId: id, quantity: 4 }] });
      expect((await shop.stock.count(id, { count: 9, countedAt, reason: "counted" })).product.quantity).toBe(
        5,
      );
      await expectFaults(shop.stock.count(id, { count: 9, countedAt: "2999-01-01T00:00:00Z", reason: "x" }), [
        "countedAt",
      ]);
    });

    test("wants a reason and a change", async () => {
      const shop = await newShop();
      const { id } = await shop.products.create({ name: "Tea", quantity: 10 });
      await expectFaults(shop.stock.adjust(id, { adjust: 0, reason: "" }), ["adjust", "reason"]);
      await expectFaults(shop.stock.adjust(id, { adjust: 1.5, reason: "x" }), ["adjust"]);
      await expectFaults(shop.stock.count(id, { count: -1, reason: "x" }), ["count"]);
      await expectFaults(shop.stock.adjust(id, {} as { adjust: number; reason: string }), [""]);
      await expectError(shop.stock.adjust(123_456_789, { adjust: 1, reason: "x" }), "not_found");
    });

    test("pages through a long ledger, newest first", async () => {
      const shop = await newShop();
      const { id } = await shop.products.create({ name: "Tea" });
      for (let i = 1; i <= 7; i++) await shop.stock.adjust(id, { adjust: i, reason: `${i}` });
      const deltas: number[] = [];
      for await (const { delta } of shop.stock.movements(id, { limit: 3 })) deltas.push(delta);
      expect(deltas).toEqual([7, 6, 5, 4, 3, 2, 1]);
    });
  });
}

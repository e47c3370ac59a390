import { describe, expect, test } from "vitest";
import { expectError, expectFaults } from "./expect-error.ts";
import type { NewShop } from "./new-shop.ts";

export function incomingScenarios(newShop: NewShop): void {
  describe("incoming stock", () => {
    test("is noted, corrected, listed and taken in, with a line in the ledger and events", async () => {
      const shop = await newShop();
      const { id: productId } = await shop.products.create({ name: "Tea", quantity: 3 });
      const order = { productId, quantity: 24, expectedOn: "2030-01-15" };
      const goods = await shop.incoming.create({ ...order, reference: "PO 7" });
      expect(goods).toMatchObject({ ...order, reference: "PO 7", received: 0, state: "open" });
      expect(await shop.incoming.get(goods.id)).toEqual(goods);
      const later = await shop.incoming.create({ ...order, expectedOn: "2030-02-01" });
      expect(later.reference).toBeNull();
      const moved = await shop.incoming.update(later.id, { expectedOn: "2030-01-01", quantity: 6 });
      expect(moved).toMatchObject({ id: later.id, expectedOn: "2030-01-01", quantity: 6 });
      expect(await shop.incoming.list()).toMatchObject({ items: [moved, goods], nextCursor: null });

      const part = await shop.incoming.receive(goods.id, { quantity: 4 });
      expect(part.incoming).toMatchObject({ received: 4, state: "open" });
      const came = await shop.incoming.receive(goods.id);
      expect(came.incoming).toMatchObject({ received: 24, state: "received" });
      expect(came.product).toMatchObject({ id: productId, quantity: 27 });
      const { items } = await shop.stock.movements(productId);
      expect(items[0]).toEqual(came.movement);
      expect(items.slice(0, 2).map(({ delta, reason, cause }) => [delta, reason, cause])).toEqual([
        [20, "received", "PO 7"],
        [4, "received", "PO 7"],
      ]);
      await shop.incoming.cancel(later.id);
      const ids: number[] = [];
      for await (const { id } of shop.incoming.list({ productId, limit: 1 })) ids.push(id);
      expect(ids).toEqual([goods.id, later.id]);
      expect((await shop.incoming.list({ state: "open" })).items).toEqual([]);
      const told = (await shop.events.list({ types: ["incoming.*", "stock.*"] })).items;
      expect(told.map(({ type }) => type)).toEqual([
        ...["incoming.created", "incoming.created", "incoming.updated"],
        ...["stock.adjusted", "incoming.received", "stock.adjusted", "incoming.received"],
        "incoming.cancelled",
      ]);
      expect(told[6]?.payload).toEqual({ incoming: came.incoming });
    });

    test("is not expected on a day that is over, nor beyond ten years, but may come late", async () => {
      const shop = await newShop();
      const { id: productId } = await shop.products.create({ name: "Tea" });
      const day = (days: number) => new Date(Date.now() + days * 86_400_000).toISOString().slice(0, 10);
      const expected = (days: number) =>
        shop.incoming.create({ productId, quantity: 5, expectedOn: day(days) });
      for (const days of [-3, -400, 4000]) await expectFaults(expected(days), ["expectedOn"]);
      // Where the seller is, yesterday in UTC may not be over.
      for (const days of [-1, 0, 3600]) expect((await expected(days)).expectedOn).toBe(day(days));
      const { id } = await expected(3);
      for (const days of [-3, 4000])
        await expectFaults(shop.incoming.update(id, { expectedOn: day(days) }), ["expectedOn"]);
      await expectFaults(shop.incoming.create({ productId, quantity: 1e9 + 1, expectedOn: day(3) }), [
        "quantity",
      ]);
      await expectFaults(shop.incoming.receive(id, { quantity: 1e9 + 1 }), ["quantity"]);
    });

    test("of which more comes than was ordered is all taken in, and says so", async () => {
      const shop = await newShop();
      const { id: productId } = await shop.products.create({ name: "Tea", quantity: 1 });
      const { id } = await shop.incoming.create({ productId, quantity: 5, expectedOn: "2030-01-15" });
      const { incoming, product, movement } = await shop.incoming.receive(id, { quantity: 7 });
      expect(incoming).toMatchObject({ quantity: 5, received: 7, state: "received" });
      expect([product.quantity, movement.delta]).toEqual([8, 7]);
      const { items } = await shop.events.list({ types: ["incoming.received"] });
      expect(items.map(({ payload }) => payload)).toEqual([{ incoming }]);
    });

    test("comes in once for a key, and not again once it has come", async () => {
      const shop = await newShop();
      const { id: productId } = await shop.products.create({ name: "Tea" });
      const { id } = await shop.incoming.create({ productId, quantity: 5, expectedOn: "2030-01-15" });
      const twice = () => shop.incoming.receive(id, {}, { idempotencyKey: "dock 3" });
      expect(await twice()).toEqual(await twice());
      expect((await shop.products.get(productId)).quantity).toBe(5);
      for (const again of [
        () => shop.incoming.receive(id),
        () => shop.incoming.update(id, { quantity: 9 }),
        () => shop.incoming.cancel(id),
      ])
        await expectError(again(), "conflict", { state: "received" });
    });

    test("is refused where it can not be, and nothing of another seller's is seen", async () => {
      const [shop, other] = [await newShop(), await newShop()];
      const { id: productId } = await shop.products.create({ name: "Tea" });
      const order = { productId, quantity: 5, expectedOn: "2030-01-15" };
      const { id } = await shop.incoming.create(order);
      const wrong = { productId: 0, quantity: 0, expectedOn: "2030-02-30", reference: " ", more: 1 };
      await expectFaults(shop.incoming.create(wrong as never), [
        ...["productId", "quantity", "expectedOn", "reference", "more"],
      ]);
      await expectFaults(shop.incoming.create({} as never), ["productId", "quantity", "expectedOn"]);
      await expectFaults(shop.incoming.update(id, { productId: 3, quantity: 1.5 } as never), [
        ...["productId", "quantity"],
      ]);
      await expectFaults(shop.incoming.receive(id, { quantity: 0 }), ["quantity"]);
      await expectFaults(shop.incoming.list({ state: "lost" as never, limit: 201 }), ["state", "limit"]);
      for (const refused of [
        () => other.incoming.create(order),
        () => other.incoming.get(id),
        () => other.incoming.update(id, { quantity: 9 }),
        () => other.incoming.receive(id),
        () => other.incoming.cancel(id),
        () => other.incoming.list({ productId }).then(() => {}),
        () => shop.incoming.get(999_999_999),
      ])
        await expectError(refused(), "not_found");
      expect((await other.incoming.list()).items).toEqual([]);
      await shop.products.delete(productId);
      await expectError(shop.incoming.create(order), "not_found");
      await expectError(shop.incoming.receive(id), "not_found");
      await shop.incoming.cancel(id);
      expect((await shop.incoming.get(id)).state).toBe("cancelled");
    });
  });
}

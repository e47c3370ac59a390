import type { AmusedEvent } from "@amused/core";
import { describe, expect, test } from "vitest";
import { expectError, expectFaults } from "./expect-error.ts";
import type { NewShop } from "./new-shop.ts";

export function refusalScenarios(newShop: NewShop): void {
  describe("bad input", () => {
    test("changes nothing and is told with every fault by its path", async () => {
      const shop = await newShop();
      const create = (product: object) => shop.products.create(product as { name: string });
      await expectFaults(create({}), ["name"]);
      await expectFaults(create({ name: "" }), ["name"]);
      await expectFaults(create({ name: "  " }), ["name"]);
      await expectFaults(create({ name: 7, nmae: "x", price: "a", quantity: 1.5, attributes: { a: {} } }), [
        ...["name", "nmae", "price", "quantity", "attributes.a"],
      ]);
      await expectFaults(create({ name: "a\0b" }), ["name"]);
      await expectFaults(create({ name: "a\ud800" }), ["name"]);
      await expectFaults(
        create({ name: "x".repeat(201), description: "x".repeat(10_001), sku: "x".repeat(101) }),
        ["name", "description", "sku"],
      );
      await expectFaults(create({ name: "x", quantity: -1 }), ["quantity"]);
      await expectFaults(create({ name: "x", quantity: 2 ** 53 }), ["quantity"]);
      await expectFaults(create({ name: "x", price: 1e21 }), ["price"]);
      await expectFaults(
        create({ name: "x", id: 5, sellerId: "other", version: 3, createdAt: "2025-01-01T00:00:00Z" }),
        [...["id", "sellerId", "version", "createdAt"]],
      );
      await expectFaults(
        create({
          name: "x",
          attributes: Object.fromEntries(Array.from({ length: 51 }, (_, i) => [`a${i}`, 1])),
        }),
        ["attributes"],
      );
      await expectFaults(shop.products.create({ name: "x" }, { idempotencyKey: "" }), [
        "idempotencyKey",
      ]).catch(() =>
        expectFaults(shop.products.create({ name: "x" }, { idempotencyKey: "x".repeat(256) }), [
          "Idempotency-Key",
        ]),
      );
      expect(await shop.products.list()).toMatchObject({ items: [], nextCursor: null });
      expect((await shop.events.list()).items).toEqual([]);
    });

    test("can not reach through names that objects already have", async () => {
      const shop = await newShop();
      const attributes = { constructor: "y", toString: "z" } as unknown as Record<string, string>;
      const { id } = await shop.products.create({ name: "x", attributes });
      expect((await shop.products.get(id)).attributes).toEqual(attributes);
      const polluting = JSON.parse('{"__proto__":"x"}') as Record<string, string>;
      await expectError(shop.products.create({ name: "x", attributes: polluting }), "invalid_request");
      const csv = "sku,name,attributes.constructor,attributes.toString\nT-1,Tea,a,b\n";
      expect(await shop.products.import(csv)).toMatchObject({ created: 1, failed: 0 });
      const [tea] = (await shop.products.list({ search: "tea" })).items;
      expect(tea?.attributes).toEqual({ constructor: "a", toString: "b" });
      const reaching = "sku,name,attributes.__proto__\nC-1,Coffee,x\n";
      expect(await shop.products.import(reaching)).toMatchObject({ created: 0, failed: 1 });
      const payload = { constructor: { prototype: { x: 1 } }, toString: "z" };
      const publish = (event: unknown) =>
        (shop.events.publish as (event: unknown) => Promise<AmusedEvent>)(event);
      expect((await publish({ type: "acme.said", payload })).payload).toEqual(payload);
      const hidden = JSON.parse('{"a":{"__proto__":{"x":1}}}') as Record<string, unknown>;
      await expectError(publish({ type: "acme.said", payload: hidden }), "invalid_request");
      await expectError(shop.products.list(JSON.parse('{"__proto__":{"limit":1}}')), "invalid_request");
      expect(({} as { x?: unknown }).x).toBeUndefined();
    });
  });
}

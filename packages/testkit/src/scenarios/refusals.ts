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
      for (const idempotencyKey of ["", "x".repeat(256)])
        await expectFaults(shop.products.create({ name: "x" }, { idempotencyKey }), ["Idempotency-Key"]);
      expect(await shop.products.list()).toMatchObject({ items: [], nextCursor: null });
      expect((await shop.events.list()).items).toEqual([]);
    });

    test("is told in the same words by every store, through every transport", async () => {
      const shop = await newShop();
      const tea = await shop.products.create({ name: "Tea", sku: "T", quantity: 2 });
      const gone = await shop.products.create({ name: "Gone" });
      await shop.products.delete(gone.id);
      const goods = await shop.incoming.create({ productId: tea.id, quantity: 5, expectedOn: "2030-01-15" });
      await shop.incoming.receive(goods.id, { quantity: 3 });
      const done = await shop.incoming.create({ productId: tea.id, quantity: 5, expectedOn: "2030-01-15" });
      await shop.incoming.cancel(done.id);
      await shop.products.create({ name: "Pot" }, { idempotencyKey: "pot" });
      const wrong = <T>(value: unknown) => value as T;
      const short = (requested: number) => ({
        code: "insufficient_stock",
        message: `There is not enough stock: product ${tea.id} has 5, not ${requested}. Nothing was changed.`,
        evidence: { available: [{ productId: tea.id, requested, available: 5 }] },
      });
      const invalid = (...errors: [path: string, message: string][]) => ({
        code: "invalid_request",
        message: errors.map(([path, message]) => (path === "" ? message : `${path}: ${message}`)).join("; "),
        evidence: { errors: errors.map(([path, message]) => ({ path, message })) },
      });
      const missing = (resource: string, id: number) => ({
        code: "not_found",
        message: `There is no ${resource} ${id}.`,
        evidence: { resource },
      });
      const noId = "must be a whole number from 1";
      const faults: [call: () => PromiseLike<unknown>, problem: object][] = [
        ...[0, -1, 1.5, 2 ** 53, Number.NaN].map((id): [() => PromiseLike<unknown>, object] => [
          () => shop.products.get(id),
          invalid(["id", noId]),
        ]),
        [() => shop.alerts.acknowledge(0), invalid(["id", noId])],
        [() => shop.sales.list({ productId: 0 }), invalid(["productId", noId])],
        [() => shop.recommendations.explain(tea.id, 0), invalid(["otherId", noId])],
        [() => shop.products.get(999_999_999), missing("product", 999_999_999)],
        [() => shop.stock.adjust(gone.id, { adjust: 1, reason: "x" }), missing("product", gone.id)],
        [() => shop.alerts.resolve(999_999_999), missing("alert", 999_999_999)],
        [() => shop.incoming.receive(999_999_999), missing("incoming stock", 999_999_999)],
        [() => shop.stock.adjust(tea.id, { adjust: -6, reason: "x" }), short(6)],
        [() => shop.sales.record({ lines: [{ productId: tea.id, quantity: 7 }] }), short(7)],
        [
          () => shop.stock.adjust(tea.id, { adjust: 1, reason: "x", expected: 9 }),
          {
            code: "conflict",
            message: `Product ${tea.id} has 5 units, not 9 as expected. Nothing was changed.`,
            evidence: { quantity: 5, expected: 9 },
          },
        ],
        [
          () => shop.products.create({ name: "Tea", sku: "T" }),
          { code: "conflict", message: "Another product has the SKU T.", evidence: { sku: "T" } },
        ],
        [
          () => shop.incoming.receive(done.id),
          {
            code: "conflict",
            message: `Incoming stock ${done.id} is cancelled and is changed no more: what else is to come is incoming stock of its own, what else came is for stock.adjust.`,
            evidence: { state: "cancelled" },
          },
        ],
        [
          () => shop.incoming.update(goods.id, { quantity: 3 }),
          {
            code: "conflict",
            message: "Of these goods 3 have come: 3 is not more. Cancel what is still to come instead.",
            evidence: { state: "open", received: 3 },
          },
        ],
        [
          () => shop.products.update(tea.id, { name: "x" }, { ifVersion: 7 }),
          {
            code: "precondition_failed",
            message: "The product has version 1 by now. Read it again and decide anew.",
            evidence: { version: 1 },
          },
        ],
        [
          () => shop.products.create({ name: "Pan" }, { idempotencyKey: "pot" }),
          {
            code: "idempotency_mismatch",
            message: "This idempotency key was used for another request. Use a new key for a new request.",
            evidence: {},
          },
        ],
        [
          () => shop.sales.record({ lines: [{ productId: tea.id, quantity: 1, price: "1.234" }] }),
          invalid(["lines.0.price", "must have at most 2 decimals in the product's currency"]),
        ],
        [
          () => shop.stock.adjust(tea.id, wrong({ delta: 5 })),
          invalid(
            ["", "must have adjust or count"],
            ["delta", "is unknown here; known: adjust, reason, expected, count, countedAt"],
          ),
        ],
        [
          () => shop.stock.adjust(tea.id, wrong({ adjust: 5, reason: "x", delta: 5 })),
          invalid(["delta", "is unknown here; known: adjust, reason, expected"]),
        ],
        [
          () => shop.sales.record({ lines: [wrong({ productId: tea.id, quantity: 1, qty: 1 })] }),
          invalid(["lines.0.qty", "is unknown here; known: productId, quantity, price"]),
        ],
        [
          () => shop.products.list(wrong({ productId: 1, limit: 0 })),
          invalid(
            ["limit", "must be from 1 to 200"],
            [
              "productId",
              "is unknown here; known: limit, cursor, category, search, maxQuantity, stockoutWithin, sort",
            ],
          ),
        ],
        [
          () => shop.alerts.snooze(1, { until: new Date(Number.NaN) }),
          invalid(["until", "must be an ISO 8601 time with a zone, such as 2026-11-23T09:30:00Z"]),
        ],
      ];
      for (const [call, problem] of faults) {
        const caught = await Promise.resolve(call()).then(
          () => null,
          (error: unknown) => error,
        );
        expect(caught, call.toString()).toMatchObject(problem);
      }
    });

    test("a Date is the moment that it is, in bodies and in queries", async () => {
      const shop = await newShop();
      const { id: productId } = await shop.products.create({ name: "Tea", quantity: 2 });
      const soldAt = new Date("2025-03-04T05:06:07.000Z");
      await shop.sales.record({ soldAt, lines: [{ productId, quantity: 1 }] });
      const found = async (from: Date) => (await shop.sales.list({ from })).items.map(({ soldAt }) => soldAt);
      expect(await found(soldAt)).toEqual([soldAt.toISOString()]);
      expect(await found(new Date(soldAt.getTime() + 1))).toEqual([]);
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

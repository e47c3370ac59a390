import { describe, expect, test } from "vitest";
import { expectError, expectFaults } from "./expect-error.ts";
import type { NewShop } from "./new-shop.ts";

export function salesScenarios(newShop: NewShop): void {
  describe("sales", () => {
    test("are listed from the first year to the last, and there is no year 0", async () => {
      const shop = await newShop();
      const { id } = await shop.products.create({ name: "Tea", quantity: 10 });
      await shop.sales.record({ soldAt: "2025-01-01T00:00:00Z", lines: [{ productId: id, quantity: 1 }] });
      for (const to of ["9999-12-31", "9999-12-31T23:59:59.999Z"])
        expect((await shop.sales.list({ from: "0001-01-01", to })).items).toHaveLength(1);
      await expectFaults(shop.sales.list({ from: "0000-02-29" }), ["from"]);
      await expectFaults(shop.sales.daily(id, { from: "0000-01-01", to: "0000-01-05" }), ["from", "to"]);
      expect((await shop.sales.daily(id, { to: "0001-01-03" })).items).toHaveLength(3);
      expect((await shop.sales.daily(id, { from: "9999-12-30", to: "9999-12-31" })).items).toHaveLength(2);
      const { errors } = await shop.sales.import(`productId,quantity,soldAt\n${id},1,0000-01-01\n`);
      expect(errors.map(({ row, path }) => [row, path])).toEqual([[1, "soldAt"]]);
    });

    test("take stock, all lines or none, at the product's price or the line's", async () => {
      const shop = await newShop();
      const tea = await shop.products.create({ name: "Tea", price: "4.90", quantity: 10 });
      const cup = await shop.products.create({ name: "Cup", price: "7", quantity: 1 });
      const { sales } = await shop.sales.record({
        orderId: "o-1",
        lines: [
          { productId: tea.id, quantity: 2 },
          { productId: cup.id, quantity: 1, price: "6.5" },
          { productId: tea.id, quantity: 3, price: 4 },
        ],
      });
      expect(
        sales.map(({ productId, quantity, price, orderId }) => [productId, quantity, price, orderId]),
      ).toEqual([
        [tea.id, 2, "4.90", "o-1"],
        [cup.id, 1, "6.50", "o-1"],
        [tea.id, 3, "4.00", "o-1"],
      ]);
      expect(await shop.products.get(tea.id)).toMatchObject({ quantity: 5, version: 1 });
      const order = {
        lines: [
          { productId: tea.id, quantity: 3 },
          { productId: cup.id, quantity: 1 },
          { productId: tea.id, quantity: 4 },
        ],
      };
      const available = [
        { productId: tea.id, requested: 7, available: 5 },
        { productId: cup.id, requested: 1, available: 0 },
      ];
      await expectError(shop.sales.record(order), "insufficient_stock", { available });
      expect(await shop.products.get(tea.id)).toMatchObject({ quantity: 5 });
      expect(
        (await shop.stock.movements(tea.id)).items.map(({ reason, cause, quantity }) => [
          reason,
          cause,
          quantity,
        ]),
      ).toEqual([
        ["sale", "o-1", 5],
        ["sale", "o-1", 8],
        ["initial", null, 10],
      ]);
    });

    test("are refused with every fault by its path", async () => {
      const shop = await newShop();
      const { id } = await shop.products.create({ name: "Tea", price: "4.90", quantity: 10 });
      await expectFaults(shop.sales.record({ lines: [] }), ["lines"]);
      await expectFaults(
        shop.sales.record({
          orderId: "",
          soldAt: "yesterday",
          lines: [
            { productId: id, quantity: 0 },
            { productId: -1, quantity: 1 },
          ],
        }),
        ["orderId", "soldAt", "lines.0.quantity", "lines.1.productId"],
      );
      await expectFaults(shop.sales.record({ lines: [{ productId: id, quantity: 1, price: "1.234" }] }), [
        "lines.0.price",
      ]);
      await expectFaults(
        shop.sales.record({ soldAt: "2999-01-01T00:00:00Z", lines: [{ productId: id, quantity: 1 }] }),
        ["soldAt"],
      );
      await expectError(shop.sales.record({ lines: [{ productId: 123_456_789, quantity: 1 }] }), "not_found");
      expect(await shop.products.get(id)).toMatchObject({ quantity: 10 });
    });

    test("come back as returns: stock rises and the rows are negative", async () => {
      const shop = await newShop();
      const { id } = await shop.products.create({ name: "Tea", price: "4.90", quantity: 10 });
      await shop.sales.record({ orderId: "o", lines: [{ productId: id, quantity: 4 }] });
      const { sales } = await shop.sales.return({ orderId: "o", lines: [{ productId: id, quantity: 1 }] });
      expect(sales).toMatchObject([{ quantity: -1, price: "4.90", orderId: "o" }]);
      expect(await shop.products.get(id)).toMatchObject({ quantity: 7 });
      expect((await shop.stock.movements(id, { limit: 1 })).items).toMatchObject([
        { delta: 1, reason: "return", cause: "o" },
      ]);
    });

    test("are listed newest first, by product and by time", async () => {
      const shop = await newShop();
      const a = await shop.products.create({ name: "a", quantity: 100 });
      const b = await shop.products.create({ name: "b", quantity: 100 });
      for (const [day, productId] of [
        [3, a.id],
        [1, b.id],
        [2, a.id],
        [4, b.id],
      ] as const)
        await shop.sales.record({
          soldAt: `2025-03-0${day}T12:00:00Z`,
          orderId: `d${day}`,
          lines: [{ productId, quantity: day }],
        });
      const orders = async (query: Parameters<typeof shop.sales.list>[0]) => {
        const found: (string | null)[] = [];
        for await (const { orderId } of shop.sales.list({ limit: 2, ...query })) found.push(orderId);
        return found;
      };
      expect(await orders({})).toEqual(["d4", "d3", "d2", "d1"]);
      expect(await orders({ productId: a.id })).toEqual(["d3", "d2"]);
      expect(await orders({ from: "2025-03-02", to: "2025-03-03" })).toEqual(["d3", "d2"]);
      await expectFaults(shop.sales.list({ from: "2025-03-03", to: "2025-03-02" }), ["from"]);
      expect(await orders({ from: "2025-03-02T12:00:00.001Z", to: "2025-03-04T12:00:00Z" })).toEqual([
        "d4",
        "d3",
      ]);
    });

    test("have a history of every day, which knows the days without stock", async () => {
      const shop = await newShop();
      const { id } = await shop.products.create({ name: "Tea", price: "2.50", quantity: 5 });
      await shop.sales.record({
        soldAt: "2025-03-02T23:59:59.999Z",
        lines: [{ productId: id, quantity: 2 }],
      });
      await shop.sales.return({
        soldAt: "2025-03-04T00:00:00Z",
        lines: [{ productId: id, quantity: 1, price: "2" }],
      });
      const { items } = await shop.sales.daily(id, { from: "2025-03-01", to: "2025-03-04" });
      expect(items).toEqual([
        { date: "2025-03-01", quantity: 0, revenue: "0.00", stockedOut: false },
        { date: "2025-03-02", quantity: 2, revenue: "5.00", stockedOut: false },
        { date: "2025-03-03", quantity: 0, revenue: "0.00", stockedOut: false },
        { date: "2025-03-04", quantity: -1, revenue: "-2.00", stockedOut: false },
      ]);
      await shop.stock.count(id, { count: 0, reason: "all gone" });
      expect((await shop.sales.daily(id)).items.at(-1)).toMatchObject({ quantity: 0, stockedOut: true });
      expect((await shop.sales.daily(id)).items).toHaveLength(90);
      await expectFaults(shop.sales.daily(id, { from: "2025-03-02", to: "2025-03-01" }), ["from"]);
    });

    test("are one sale, however often the same request with its key is sent", async () => {
      const shop = await newShop();
      const { id } = await shop.products.create({ name: "Tea", quantity: 3 });
      const sale = { orderId: "o", lines: [{ productId: id, quantity: 3 }] };
      const options = { idempotencyKey: "sale-1" };
      const [first, ...others] = await Promise.all(
        Array.from({ length: 5 }, () => shop.sales.record(sale, options)),
      );
      for (const other of others) expect(other).toEqual(first);
      expect(await shop.sales.record(sale, options)).toEqual(first);
      expect(await shop.products.get(id)).toMatchObject({ quantity: 0 });
      await expectError(shop.sales.record({ ...sale, orderId: "p" }, options), "idempotency_mismatch");
      const edit = () => shop.products.update(id, { name: "Green tea" }, { idempotencyKey: "edit-1" });
      expect(await edit()).toEqual(await edit());
      await shop.products.delete(id, { idempotencyKey: "delete-1" });
      await shop.products.delete(id, { idempotencyKey: "delete-1" });
    });
  });
}

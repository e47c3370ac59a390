import type { ProductStockout, ReorderAdvice, Seller } from "@amused/core";
import { describe, expect, test } from "vitest";
import { expectFaults } from "./expect-error.ts";
import type { NewShop } from "./new-shop.ts";

const day = (days: number) => new Date(Date.now() + days * 86_400_000).toISOString().slice(0, 10);

/** A product that sells five a day, seven on every third, and has sold so for two months. */
async function sold(shop: Seller, quantity: number): Promise<number> {
  const { id } = await shop.products.create({ name: "Tea", price: "2.50", quantity });
  const rows = Array.from({ length: 60 }, (_, n) => `${id},${n % 3 === 0 ? 7 : 5},${day(-n - 1)}`);
  await shop.sales.import(`productId,quantity,soldAt\n${rows.join("\n")}\n`);
  return id;
}

/** The prediction that knows all that happened: a burst of edits is answered as it was, for a second at most. */
async function current(shop: Seller, id: number): Promise<ProductStockout> {
  let stockout = await shop.predictions.stockout(id);
  const behind = async () => {
    stockout = await shop.predictions.stockout(id);
    return stockout.behind;
  };
  await expect.poll(behind, { timeout: 5_000, interval: 100 }).toBe(0);
  return stockout;
}

async function advice(shop: Seller, id: number): Promise<ReorderAdvice> {
  return (await current(shop, id)).reorder ?? expect.fail("nothing is advised");
}

export function reorderScenarios(newShop: NewShop): void {
  describe("what to order", () => {
    test("rests on what is assumed, then on what the seller has set, then on the product's own", async () => {
      const shop = await newShop();
      const id = await sold(shop, 40);
      const assumed = await advice(shop, id);
      expect(assumed).toMatchObject({ leadTimeDays: 14, serviceLevel: 0.95, packSize: 1, minimumOrder: 1 });
      const sources = ({ because }: ReorderAdvice) => because.slice(0, 4);
      expect(sources(assumed)).toEqual([
        { kind: "lead_time", days: 14, source: "assumed" },
        { kind: "service_level", level: 0.95, source: "assumed" },
        { kind: "pack_size", units: 1, source: "assumed" },
        { kind: "minimum_order", units: 1, source: "assumed" },
      ]);

      await shop.settings.update({ leadTimeDays: 3, packSize: 24 });
      const set = await shop.predictions.stockout(id);
      expect(set.behind).toBe(0);
      expect(set.reorder).toMatchObject({ leadTimeDays: 3, packSize: 24 });
      expect(set.reorder?.point).toBeLessThan(assumed.point);
      expect((set.reorder?.quantity ?? 1) % 24).toBe(0);

      await shop.products.update(id, { leadTimeDays: 21, serviceLevel: 0.5, minimumOrder: 5_000 });
      const own = await advice(shop, id);
      expect(sources(own)).toEqual([
        { kind: "lead_time", days: 21, source: "product" },
        { kind: "service_level", level: 0.5, source: "product" },
        { kind: "pack_size", units: 24, source: "seller" },
        { kind: "minimum_order", units: 5_000, source: "product" },
      ]);
      expect(own.quantity).toBe(5_016);
      expect(own.because.map(({ kind }) => kind)).toEqual(
        expect.arrayContaining(["raised_to_minimum", "rounded_to_pack"]),
      );
      await shop.products.update(id, { serviceLevel: 0.99 });
      const surer = await advice(shop, id);
      expect(surer.point).toBeGreaterThan(own.point);
      expect(surer.safetyStock).toBeGreaterThan(own.safetyStock);
      await shop.products.update(id, { leadTimeDays: null });
      expect((await advice(shop, id)).because[0]).toEqual({ kind: "lead_time", days: 3, source: "seller" });
    });

    test("says when to order at the latest, when that comes, and when it is too late for it", async () => {
      const shop = await newShop();
      const id = await sold(shop, 120);
      await shop.products.update(id, { leadTimeDays: 7 });
      const { by, arrives, late, lostSales, quantity } = await advice(shop, id);
      expect([late, quantity > 0, (by ?? "") > day(0), (by ?? "") < day(21)]).toEqual([
        ...[false, true, true, true],
      ]);
      expect(Date.parse(arrives ?? "") - Date.parse(by ?? "")).toBe(7 * 86_400_000);
      expect(Number(lostSales.money)).toBeCloseTo(lostSales.units * 2.5, 1);
      expect(lostSales.units).toBeGreaterThan(100);
      await shop.products.update(id, { leadTimeDays: 45 });
      expect(await advice(shop, id)).toMatchObject({ by: day(0), late: true, arrives: day(45) });
    });

    test("counts on goods from the day they are expected, and on those that came", async () => {
      const shop = await newShop();
      const id = await sold(shop, 40);
      const before = await current(shop, id);
      const { id: order } = await shop.incoming.create({ productId: id, quantity: 60, expectedOn: day(3) });
      const counted = await current(shop, id);
      expect((counted.date.p50 ?? "") > (before.date.p50 ?? "")).toBe(true);
      expect(counted.reorder?.incoming).toBe(60);
      expect(counted.reorder?.quantity).toBeLessThan(before.reorder?.quantity ?? 0);
      expect(counted.reorder?.because).toContainEqual({
        ...{ kind: "incoming_counted", quantity: 60, arrivals: [{ date: day(3), quantity: 60 }] },
      });
      const { stock } = await shop.predictions.explain(id);
      expect(stock.incoming.map((goods) => goods.id)).toEqual([order]);

      // What comes after stock has run out does not keep it from running out.
      await shop.incoming.update(order, { expectedOn: day(25) });
      const late = await current(shop, id);
      expect(late.date.p50).toBe(before.date.p50);
      expect(late.reorder?.because).toContainEqual({
        ...{ kind: "incoming_too_late", quantity: 60, date: day(25) },
      });

      await shop.incoming.receive(order);
      const came = await current(shop, id);
      expect([came.quantity, came.reorder?.incoming]).toEqual([100, 0]);
      expect((came.date.p50 ?? "") > (before.date.p50 ?? "")).toBe(true);
    });

    test("refuses rules that can not be, of products as of settings", async () => {
      const shop = await newShop();
      const { id } = await shop.products.create({ name: "Tea", packSize: 12 });
      const wrong = { leadTimeDays: 3651, serviceLevel: 0.4, packSize: 0, minimumOrder: 1.5 };
      const fields = Object.keys(wrong);
      await expectFaults(shop.products.create({ name: "Pot", ...wrong }), fields);
      await expectFaults(shop.products.update(id, wrong), fields);
      const file = `sku,name,serviceLevel,packSize\nA,Pot,0.975,6\nB,Cup,high,6\nC,Jar,,-1\n`;
      const { created, errors } = await shop.products.import(file);
      expect([created, errors.map(({ row, path }) => [row, path])]).toEqual([
        1,
        [
          [2, "serviceLevel"],
          [3, "packSize"],
        ],
      ]);
      const [, pot] = (await shop.products.list()).items;
      expect(pot).toMatchObject({ sku: "A", serviceLevel: 0.975, packSize: 6, minimumOrder: null });
    });
  });
}

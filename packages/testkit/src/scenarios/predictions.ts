import type { Seller } from "@amused/core";
import { describe, expect, test } from "vitest";
import { expectError, expectFaults } from "./expect-error.ts";
import type { NewShop } from "./new-shop.ts";

const dayMs = 86_400_000;
const today = () => new Date().toISOString().slice(0, 10);
const daysAgo = (days: number) => new Date(Date.now() - days * dayMs).toISOString().slice(0, 10);

/** Imports so many days of sales, up to yesterday: five a day, seven on every third. */
async function sell(shop: Seller, productId: number, days: number): Promise<void> {
  const rows = Array.from(
    { length: days },
    (_, day) => `${productId},${day % 3 === 0 ? 7 : 5},${daysAgo(day + 1)}`,
  );
  await shop.sales.import(`productId,quantity,soldAt\n${rows.join("\n")}\n`);
}

export function predictionScenarios(newShop: NewShop): void {
  describe("predictions", () => {
    test("say how much history they need where there is too little", async () => {
      const shop = await newShop();
      const { id } = await shop.products.create({ name: "Tea", quantity: 10 });
      const empty = await shop.products.create({ name: "Pot" });
      const forecast = await shop.predictions.forecast(id);
      expect(forecast).toMatchObject({
        verdict: "not_enough_history",
        points: [],
        model: null,
        confidence: 0,
      });
      expect(forecast.need?.days).toBeGreaterThan(1);
      expect(forecast.reasons[0]).toMatchObject({ kind: "not_enough_history" });
      expect(await shop.predictions.stockout(id)).toMatchObject({
        verdict: "not_enough_history",
        reorder: null,
      });
      expect(await shop.predictions.stockout(empty.id)).toMatchObject({ verdict: "out_of_stock" });
    });

    test("forecast from today on, for as many days as asked, with a band around the middle", async () => {
      const shop = await newShop();
      const { id } = await shop.products.create({ name: "Tea", quantity: 30 });
      await sell(shop, id, 90);
      const { verdict, points, accuracy, history, model, behind, reasons } =
        await shop.predictions.forecast(id);
      expect({ verdict, behind, days: points.length, first: points[0]?.date }).toEqual({
        ...{ verdict: "ok", behind: 0, days: 28, first: today() },
      });
      expect(history).toEqual({ from: daysAgo(90), to: daysAgo(1), days: 90, withoutStock: 0 });
      for (const { mean, p10, p50, p90 } of points) {
        expect(mean).toBeGreaterThan(4);
        expect(mean).toBeLessThan(8);
        expect(p10).toBeLessThanOrEqual(p50);
        expect(p50).toBeLessThanOrEqual(p90);
      }
      expect(accuracy?.windows).toBeGreaterThan(0);
      expect(accuracy?.wape).toBeLessThan(0.3);
      expect([typeof model, reasons.length > 0]).toEqual(["string", true]);
      expect((await shop.predictions.forecast(id, { horizon: 3 })).points).toEqual(points.slice(0, 3));
      const long = await shop.predictions.forecast(id, { horizon: 365 });
      expect([long.points.length, long.points[0]?.date]).toEqual([365, today()]);
    });

    test("are made anew when sales of the past are imported", async () => {
      const shop = await newShop();
      const { id } = await shop.products.create({ name: "Tea", quantity: 30 });
      expect((await shop.predictions.forecast(id)).verdict).toBe("not_enough_history");
      await sell(shop, id, 40);
      expect((await shop.predictions.forecast(id)).verdict).toBe("ok");
    });

    test("say when stock runs out and what to order, and list what runs out soon", async () => {
      const shop = await newShop();
      const tea = await shop.products.create({ name: "Tea", quantity: 30, leadTimeDays: 7 });
      const pot = await shop.products.create({ name: "Pot", quantity: 100_000 });
      for (const { id } of [tea, pot]) await sell(shop, id, 60);
      const soon = await shop.predictions.stockout(tea.id);
      expect(soon).toMatchObject({ verdict: "runs_out", quantity: 30 });
      expect(soon.daysOfCover).toBeGreaterThan(4);
      expect(soon.daysOfCover).toBeLessThan(7);
      const { p10, p50, p90 } = soon.date;
      expect([p10, p50, p90].toSorted()).toEqual([p10, p50, p90]);
      expect(Date.parse(p50 ?? "") - Date.parse(today())).toBeLessThan(8 * dayMs);
      const { "7": week = 0, "14": fortnight = 0, "30": month = 0 } = soon.probabilityWithin;
      expect([week > 0.5, fortnight >= week, month >= fortnight]).toEqual([true, true, true]);
      expect(soon.reorder?.quantity).toBeGreaterThan(50);
      expect(soon.reorder?.by).toBe(today());
      expect(soon.reorder?.because[0]).toEqual({ kind: "lead_time", days: 7, source: "product" });
      expect(await shop.predictions.stockout(pot.id)).toMatchObject({ verdict: "safe", date: { p50: null } });

      const { items } = await shop.predictions.atRisk();
      expect(items.map(({ product, stockout }) => [product.name, stockout.verdict])).toEqual([
        ["Tea", "runs_out"],
      ]);
      expect(items[0]?.product).toEqual(await shop.products.get(tea.id));
      expect(items[0]?.stockout).toEqual(soon);
      await shop.sales.record({ lines: [{ productId: tea.id, quantity: 1 }] });
      expect((await shop.predictions.atRisk()).items[0]?.stockout.behind).toBe(1);
      expect((await shop.predictions.atRisk({ within: 1 })).items).toEqual([]);
      const within = async (stockoutWithin: number) =>
        (await shop.products.list({ stockoutWithin })).items.map(({ name }) => name);
      expect([await within(14), await within(1)]).toEqual([["Tea"], []]);
      await expectFaults(shop.products.list({ stockoutWithin: 0 }), ["stockoutWithin"]);
    });

    test("are made anew after a sale, and kept as they were made", async () => {
      const shop = await newShop();
      const { id } = await shop.products.create({ name: "Tea", quantity: 30 });
      await sell(shop, id, 60);
      const before = await shop.predictions.stockout(id);
      // What is younger than a second is served though something happened since, and says so.
      await new Promise((resolve) => setTimeout(resolve, 1_100));
      await shop.sales.record({ lines: [{ productId: id, quantity: 20 }] });
      const after = await shop.predictions.stockout(id);
      expect([before.quantity, after.quantity, after.behind]).toEqual([30, 10, 0]);
      expect(Date.parse(after.date.p50 ?? "")).toBeLessThan(Date.parse(before.date.p50 ?? ""));
      const kept = await shop.predictions.list({ productId: id, type: "stockout" });
      const { behind, ...made } = after;
      expect(kept.items[0]).toMatchObject({ productId: id, type: "stockout", confidence: after.confidence });
      expect(kept.items[0]?.data).toEqual(made);
      const types = (await shop.predictions.list()).items.map(({ type }) => type);
      expect(new Set(types)).toEqual(new Set(["forecast", "stockout"]));
    });

    test("say what they rest on, down to the sales and movements", async () => {
      const [shop, other] = [await newShop(), await newShop()];
      const { id } = await shop.products.create({ name: "Tea", quantity: 30 });
      await sell(shop, id, 60);
      const stockout = await shop.predictions.stockout(id);
      const explained = await shop.predictions.explain(id);
      const { history, members, rivals, prediction } = explained;
      const { model, accuracy, reasons, quantity, behind, ...rest } = stockout;
      expect(explained).toMatchObject({ model, reasons, stock: { quantity }, since: [] });
      expect(prediction.data).toEqual({ model, accuracy, reasons, quantity, ...rest });
      expect(rivals).toEqual([
        { name: model, mase: accuracy?.mase, wape: accuracy?.wape },
        { name: "naive", ...accuracy?.naive },
      ]);
      expect(members.reduce((sum, { weight }) => sum + weight, 0)).toBeCloseTo(1, 1);
      expect([history.from, history.to, history.days]).toEqual([daysAgo(60), daysAgo(1), 60]);
      expect(history.sales).toEqual((await shop.sales.list({ to: daysAgo(1), limit: 20 })).items);

      await shop.sales.record({ lines: [{ productId: id, quantity: 30 }] });
      await shop.stock.adjust(id, { adjust: 8, reason: "delivery" });
      const later = await shop.predictions.explain(id);
      expect(later.stock.movements).toEqual((await shop.stock.movements(id)).items);
      expect(later.stock.incoming).toEqual([]);
      expect(later.history.emptied.map(({ reason }) => reason)).toEqual(["sale"]);
      // The prediction may be younger than a second, or one that was made by now.
      const known = Number(later.cursor?.split(".")[1]);
      const { items: events } = await shop.events.list({ types: ["sale.*", "stock.adjusted"] });
      expect(later.since).toEqual(events.filter(({ seq }) => seq > known).map(({ id }) => id));
      const forecast = await shop.predictions.explain(id, { type: "forecast" });
      expect(forecast.prediction.type).toBe("forecast");

      const young = await shop.products.create({ name: "Pot" });
      expect(await shop.predictions.explain(young.id)).toMatchObject({
        ...{ model: null, members: [], rivals: [], history: { from: null, sales: [] } },
      });
      await expectError(other.predictions.explain(id), "not_found");
      await expectFaults(shop.predictions.explain(id, { type: "price" as "forecast" }), ["type"]);
    });

    test("have a record, which begins when the first one's last day is over", async () => {
      const [shop, other] = [await newShop(), await newShop()];
      const { id } = await shop.products.create({ name: "Tea", quantity: 30 });
      await sell(shop, id, 40);
      expect((await shop.predictions.forecast(id)).receipts).toBeNull();
      for (const query of [{}, { productId: id }]) {
        const { since, forecast, stockout } = await shop.predictions.record(query);
        expect([since, forecast.scored, forecast.wape]).toEqual([daysAgo(90), 0, null]);
        expect([stockout.scored, stockout.dayError]).toEqual([0, null]);
      }
      expect((await shop.predictions.scores({ type: "forecast" })).items).toEqual([]);
      await expectError(other.predictions.record({ productId: id }), "not_found");
      await shop.products.delete(id);
      expect(await shop.predictions.record({ productId: id }), "as in lists").toMatchObject({
        forecast: { scored: 0 },
      });
      await expectError(other.predictions.scores({ productId: id }), "not_found");
      await expectFaults(shop.predictions.scores({ limit: 0 }), ["limit"]);
    });

    test("are of this seller's products only, and refuse what can not be asked", async () => {
      const [shop, other] = [await newShop(), await newShop()];
      const { id } = await other.products.create({ name: "Tea", quantity: 3 });
      await expectError(shop.predictions.forecast(id), "not_found");
      await expectError(shop.predictions.stockout(id), "not_found");
      await expectError(shop.predictions.forecast(id, { horizon: 90 }), "not_found");
      expect((await shop.predictions.list()).items).toEqual([]);
      for (const horizon of [0, 366, 1.5])
        await expectFaults(other.predictions.forecast(id, { horizon }), ["horizon"]);
      await expectFaults(other.predictions.atRisk({ within: 0 }), ["within"]);
      await other.products.delete(id);
      await expectError(other.predictions.forecast(id), "not_found");
    });
  });
}

import type { Alert, Seller } from "@amused/core";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { expectError, expectFaults } from "./expect-error.ts";
import type { NewShop } from "./new-shop.ts";
import type { OpenTransport, Transport } from "./transport.ts";

const dayMs = 86_400_000;
const inDays = (days: number) => new Date(Date.now() + days * dayMs).toISOString();
const eventually = (value: () => unknown) => expect.poll(value, { timeout: 15_000, interval: 50 });

export function alertScenarios(newShop: NewShop, open: Transport["open"]): void {
  describe("alerts", () => {
    test("there are none at first, and none of other sellers'", async () => {
      const [shop, other] = [await newShop(), await newShop()];
      const { id } = await other.products.create({ name: "Tea", quantity: 3 });
      expect((await shop.alerts.list()).items).toEqual([]);
      await expectError(shop.alerts.list({ productId: id }), "not_found");
      const snooze = { until: inDays(1) };
      for (const call of [
        () => shop.alerts.get(999_999_999),
        () => shop.alerts.acknowledge(999_999_999),
        () => shop.alerts.snooze(999_999_999, snooze),
        () => shop.alerts.resolve(999_999_999),
      ])
        await expectError(call(), "not_found", { resource: "alert" });
    });

    test("refuse what can not be asked", async () => {
      const { alerts } = await newShop();
      await expectFaults(alerts.list({ state: "closed" as "open", kind: "x" as "low_stock", limit: 0 }), [
        "state",
        "kind",
        "limit",
      ]);
      await expectFaults(alerts.snooze(1, {} as { until: string }), ["until"]);
      await expectFaults(alerts.snooze(1, { until: "tomorrow" }), ["until"]);
      await expectFaults(alerts.snooze(1, { until: inDays(1), reason: "x" } as never), ["reason"]);
      await expectError(alerts.get(0), "invalid_request");
      const many = Array.from({ length: 201 }, (_, n) => n + 1);
      for (const [which, paths] of [
        [{}, [""]],
        [{ ids: [1], kind: "low_stock" }, [""]],
        [{ ids: [] }, ["ids"]],
        [{ ids: many }, ["ids"]],
        [{ ids: [0], state: "open" }, ["ids.0", "state"]],
        [{ kind: "cheap" }, ["kind"]],
      ] as [never, string[]][])
        await expectFaults(alerts.acknowledgeAll(which), paths);
      expect(await alerts.acknowledgeAll({ ids: [999_999_999] })).toEqual({ items: [] });
      expect(await alerts.acknowledgeAll({ kind: "order_due" })).toEqual({ items: [] });
    });

    describe("while background work runs", () => {
      let transport: OpenTransport;
      let started = false;
      beforeAll(async () => {
        transport = await open();
        started = transport.start !== undefined;
        await transport.start?.();
      });
      afterAll(() => transport.close());

      /** A shop with an alert of low stock. */
      async function lowShop(name: string): Promise<{ shop: Seller; productId: number; alert: Alert }> {
        const shop = await transport.seller(name);
        const { id } = await shop.products.create({ name: "Tea", quantity: 12, reorderPoint: 10 });
        await shop.sales.record({ lines: [{ productId: id, quantity: 4 }] });
        await eventually(async () => (await shop.alerts.list()).items.length).toBe(1);
        return { shop, productId: id, alert: (await shop.alerts.list()).items[0] as Alert };
      }
      const statesOf = async (shop: Seller) => {
        const { items } = await shop.events.list({ types: ["alert.*"] });
        return items.map(({ type }) => type);
      };

      test("stock that falls to its point raises one, which people see to until it is over", async ({
        skip,
      }) => {
        skip(!started, "the transport has no start()");
        const { shop, productId, alert } = await lowShop("seen-to");
        expect(alert).toMatchObject({
          ...{ productId, kind: "low_stock", state: "open", version: 1, toldAt: null, resolution: null },
          evidence: { quantity: 8, reorderPoint: 10 },
        });
        expect(await shop.alerts.get(alert.id)).toEqual(alert);
        const until = inDays(2);
        const snoozed = await shop.alerts.snooze(alert.id, { until });
        expect(snoozed).toMatchObject({ state: "snoozed", snoozedUntil: until });
        const key = { idempotencyKey: "seen" };
        const known = await shop.alerts.acknowledge(alert.id, key);
        expect(known).toMatchObject({ state: "acknowledged", snoozedUntil: null });
        const resolved = await shop.alerts.resolve(alert.id);
        expect(resolved).toMatchObject({ state: "resolved", resolution: "by_hand" });
        expect(await shop.alerts.acknowledge(alert.id, key), "the first answer").toEqual(known);
        expect(await shop.alerts.resolve(alert.id), "it is already").toEqual(resolved);
        await expectError(shop.alerts.acknowledge(alert.id), "conflict", { state: "resolved" });
        await expectError(shop.alerts.snooze(alert.id, { until }), "conflict", { state: "resolved" });
        expect(await statesOf(shop)).toEqual([
          ...["alert.opened", "alert.snoozed", "alert.acknowledged", "alert.resolved"],
        ]);
      });

      test("one whose cause goes before anybody was told is withdrawn", async ({ skip }) => {
        skip(!started, "the transport has no start()");
        const { shop, productId, alert } = await lowShop("withdrawn");
        await shop.stock.adjust(productId, { adjust: 30, reason: "delivery" });
        const now = async () => (await shop.alerts.get(alert.id)).state;
        await eventually(now).toBe("withdrawn");
        await expectError(shop.alerts.resolve(alert.id), "conflict", { state: "withdrawn" });
      });

      test("are listed newest first, by state, kind and product", async ({ skip }) => {
        skip(!started, "the transport has no start()");
        const { shop, productId, alert } = await lowShop("listed");
        const pot = await shop.products.create({ name: "Pot", quantity: 1 });
        await shop.sales.record({ lines: [{ productId: pot.id, quantity: 1 }] });
        const listed = async (query: Parameters<typeof shop.alerts.list>[0]) =>
          (await shop.alerts.list(query)).items.map(({ kind }) => kind);
        await eventually(() => listed({})).toEqual(["out_of_stock", "low_stock"]);
        await shop.alerts.resolve(alert.id);
        expect(await listed({ state: "active" })).toEqual(["out_of_stock"]);
        expect(await listed({ state: "resolved" })).toEqual(["low_stock"]);
        expect(await listed({ productId })).toEqual(["low_stock"]);
        expect(await listed({ kind: "order_due" })).toEqual([]);
        const all: number[] = [];
        for await (const { id } of shop.alerts.list({ limit: 1 })) all.push(id);
        expect(all).toEqual(all.toSorted((a, b) => b - a));
        expect(all).toHaveLength(2);
      });

      test("many are acknowledged at once, by id or of a kind, and what is not open is left alone", async ({
        skip,
      }) => {
        skip(!started, "the transport has no start()");
        const shop = await transport.seller("many");
        const other = await transport.seller("not-many");
        const products: number[] = [];
        for (const name of ["A", "B", "C", "D"])
          products.push((await shop.products.create({ name, quantity: 12, reorderPoint: 10 })).id);
        for (const productId of products)
          await shop.sales.record({ lines: [{ productId, quantity: productId === products[3] ? 12 : 4 }] });
        await eventually(async () => (await shop.alerts.list()).items.length).toBe(4);
        const alertOf = async (at: number) =>
          (await shop.alerts.list({ productId: products[at] as number })).items[0] as Alert;
        const [a, b, c, d] = [await alertOf(0), await alertOf(1), await alertOf(2), await alertOf(3)];
        await shop.alerts.snooze(a.id, { until: inDays(1) });
        await shop.alerts.resolve(b.id);
        expect(await other.alerts.acknowledgeAll({ ids: [c.id] })).toEqual({ items: [] });

        const key = { idempotencyKey: "of a kind" };
        const first = await shop.alerts.acknowledgeAll({ kind: "low_stock" }, key);
        expect(first.items).toEqual([await shop.alerts.get(c.id)]);
        expect(first.items[0]).toMatchObject({ state: "acknowledged", productId: products[2] });
        expect(await shop.alerts.acknowledgeAll({ kind: "low_stock" }, key), "the first answer").toEqual(
          first,
        );
        expect(await shop.alerts.acknowledgeAll({ kind: "low_stock" })).toEqual({ items: [] });
        const ids = [a.id, b.id, c.id, d.id, d.id, 999_999_999];
        const { items } = await shop.alerts.acknowledgeAll({ ids });
        expect(new Set(items.map(({ id }) => id))).toEqual(new Set([a.id, d.id]));
        expect((await shop.alerts.get(b.id)).state).toBe("resolved");
        expect((await statesOf(shop)).filter((type) => type === "alert.acknowledged")).toHaveLength(3);
      });

      test("can not be snoozed into the past, or for longer than 90 days", async ({ skip }) => {
        skip(!started, "the transport has no start()");
        const { shop, alert } = await lowShop("snoozed");
        for (const days of [-1, 91])
          await expectFaults(shop.alerts.snooze(alert.id, { until: inDays(days) }), ["until"]);
        const until = new Date(inDays(89));
        expect(await shop.alerts.snooze(alert.id, { until })).toMatchObject({
          ...{ state: "snoozed", snoozedUntil: until.toISOString() },
        });
      });

      test("another seller neither sees nor changes them", async ({ skip }) => {
        skip(!started, "the transport has no start()");
        const { alert } = await lowShop("theirs");
        const other = await transport.seller("other");
        await expectError(other.alerts.get(alert.id), "not_found");
        await expectError(other.alerts.resolve(alert.id), "not_found");
        expect((await other.alerts.list()).items).toEqual([]);
      });
    });
  });
}

import { afterEach, expect, test } from "vitest";
import { isAmusedError } from "../src/errors.ts";
import { memoryStore } from "../src/memory/store.ts";
import { type AlertShop, alertShop } from "./support/alert-shop.ts";

let house: AlertShop;
afterEach(() => house?.amused.close());

const minute = 60_000;
const day = 24 * 60 * minute;

async function stocked(quantity: number, reorderPoint: number | null) {
  house = await alertShop();
  const { id } = await house.shop.products.create({ name: "Tea", quantity, reorderPoint });
  const to = async (count: number) => {
    await house.shop.stock.count(id, { count, reason: "count" });
    await house.pump();
  };
  return { id, to };
}

test("stock that falls to its reorder point raises one alert, which shows the stock of now and what raised it", async () => {
  const { id, to } = await stocked(12, 10);
  await to(11);
  expect(await house.told()).toEqual([]);
  const sold = await house.shop.sales.record({ lines: [{ productId: id, quantity: 1 }] });
  expect(sold.sales).toHaveLength(1);
  await house.pump();
  for (const count of [9, 8]) await to(count);
  house.clock.advance(5_000);
  await to(7);
  expect(await house.told()).toEqual(["opened low_stock"]);
  const [alert] = await house.active();
  const { items } = await house.shop.events.list({ types: ["sale.recorded"] });
  expect(alert).toMatchObject({
    ...{ productId: id, kind: "low_stock", state: "open", version: 1 },
    evidence: { quantity: 7, reorderPoint: 10, eventId: items[0]?.id },
  });
});

test("it ends beyond a margin, not at the first unit above the point", async () => {
  const { to } = await stocked(40, 30);
  await to(30);
  house.clock.advance(day / 2);
  for (const count of [31, 33, 30, 33]) await to(count);
  expect(await house.told()).toEqual(["opened low_stock"]);
  await to(34);
  expect(await house.told()).toEqual(["opened low_stock", "resolved low_stock"]);
  await to(31);
  expect(await house.told()).toHaveLength(2);
  await to(30);
  expect((await house.told()).at(-1)).toBe("opened low_stock");
});

test("what stays above the point for a day ends too, without an event", async () => {
  const { to } = await stocked(40, 30);
  await to(30);
  await to(31);
  expect((await house.active())[0]?.clearSince).toBe(house.clock.now().toISOString());
  house.clock.advance(day - 1);
  await house.pass();
  expect(await house.active()).toHaveLength(1);
  house.clock.advance(1);
  await house.pass();
  expect(await house.told()).toEqual(["opened low_stock", "resolved low_stock"]);
});

test("stock that is gone takes the place of stock that is low, and gives it back", async () => {
  const { to } = await stocked(12, 10);
  for (const count of [5, 0]) await to(count);
  house.clock.advance(minute);
  await to(1);
  expect(await house.told()).toEqual(["opened low_stock", "withdrawn low_stock", "opened out_of_stock"]);
  expect(await house.active()).toMatchObject([{ kind: "out_of_stock", evidence: { quantity: 1 } }]);
  house.clock.advance(day);
  await to(5);
  expect((await house.told()).slice(3)).toEqual(["resolved out_of_stock", "opened low_stock"]);
  expect(await house.active()).toMatchObject([{ kind: "low_stock", evidence: { quantity: 5 } }]);
});

test("the last unit that comes back for a day ends out of stock, for sellers of single things", async () => {
  const { to } = await stocked(1, null);
  await to(0);
  await to(1);
  house.clock.advance(day);
  await house.pass();
  expect(await house.told()).toEqual(["opened out_of_stock", "resolved out_of_stock"]);
});

test("a cause that goes at once, before anybody was told, is withdrawn; one that people were told of is resolved", async () => {
  const { id, to } = await stocked(12, 10);
  await to(8);
  house.clock.advance(15 * minute - 1);
  await to(20);
  await to(8);
  await house.store.alerts.told("acme", (await house.active())[0]?.id ?? 0, house.clock.now());
  await to(20);
  await to(8);
  house.clock.advance(15 * minute);
  await to(20);
  expect((await house.told()).filter((what) => !what.startsWith("opened"))).toEqual([
    "withdrawn low_stock",
    "resolved low_stock",
    "resolved low_stock",
  ]);
  const { items } = await house.shop.alerts.list({ productId: id });
  expect(items.map(({ state, resolution, resolvedBy }) => [state, resolution, resolvedBy])).toEqual([
    ["resolved", "cause_gone", null],
    ["resolved", "cause_gone", null],
    ["withdrawn", "cause_gone", null],
  ]);
});

test("acknowledged, it stays until the cause is gone", async () => {
  const { to } = await stocked(12, 10);
  await to(8);
  house.clock.advance(minute);
  const [alert] = await house.active();
  const known = await house.shop.alerts.acknowledge(alert?.id ?? 0);
  expect(known).toMatchObject({ state: "acknowledged", acknowledgedBy: "anna", version: 2 });
  expect(await house.shop.alerts.acknowledge(known.id), "it is already").toEqual(known);
  house.clock.advance(40 * day);
  await to(3);
  await house.pass();
  expect(await house.active()).toMatchObject([{ state: "acknowledged", evidence: { quantity: 3 } }]);
  await to(20);
  expect(await house.told()).toEqual(["opened low_stock", "acknowledged low_stock", "resolved low_stock"]);
});

test("snoozed, it opens again at its time if its cause holds, and else ends in silence", async () => {
  const { to } = await stocked(12, 10);
  await to(8);
  const [alert] = await house.active();
  const until = new Date(house.clock.now().getTime() + 3 * day).toISOString();
  await house.shop.alerts.acknowledge(alert?.id ?? 0);
  await house.shop.alerts.snooze(alert?.id ?? 0, { until });
  await to(4);
  house.clock.advance(3 * day - 1);
  await house.pass();
  expect((await house.active())[0]?.state).toBe("snoozed");
  house.clock.advance(1);
  await house.pass();
  expect(await house.active()).toMatchObject([
    { state: "open", snoozedUntil: null, acknowledgedBy: null, evidence: { quantity: 4 } },
  ]);
  const later = new Date(house.clock.now().getTime() + day / 2).toISOString();
  await house.shop.alerts.snooze(alert?.id ?? 0, { until: later });
  await to(11);
  house.clock.advance(day / 2);
  await house.pass();
  expect((await house.told()).slice(-3)).toEqual([
    "reopened low_stock",
    "snoozed low_stock",
    "resolved low_stock",
  ]);
});

test("resolved by hand, it stays so until the cause went away and came back", async () => {
  const { to } = await stocked(12, 10);
  await to(8);
  const [alert] = await house.active();
  const done = await house.shop.alerts.resolve(alert?.id ?? 0);
  expect(done).toMatchObject({ state: "resolved", resolvedBy: "anna", resolution: "by_hand" });
  for (const count of [7, 11, 6]) await to(count);
  house.clock.advance(30 * day);
  await house.pass();
  expect(await house.told()).toEqual(["opened low_stock", "resolved low_stock"]);
  await to(0);
  expect((await house.told()).at(-1), "a graver cause is another").toBe("opened out_of_stock");
  await to(5);
  expect(await house.active()).toEqual([]);
  await to(20);
  await to(8);
  expect((await house.told()).at(-1)).toBe("opened low_stock");
});

test("an alert that is over can not be acknowledged or snoozed, and says so", async () => {
  const { to } = await stocked(12, 10);
  await to(8);
  const [alert] = await house.active();
  await to(20);
  const refused = async (work: Promise<unknown>) => {
    const error = await work.catch((error: unknown) => error);
    return isAmusedError(error, "conflict") ? error.state : error;
  };
  const { alerts } = house.shop;
  const until = new Date(house.clock.now().getTime() + day).toISOString();
  const id = alert?.id ?? 0;
  expect(await refused(alerts.acknowledge(id))).toBe("withdrawn");
  expect(await refused(alerts.snooze(id, { until }))).toBe("withdrawn");
  expect(await refused(alerts.resolve(id))).toBe("withdrawn");
});

test("an order that is due is told by the forecast, and does not come and go with its noise", async () => {
  const { id } = await stocked(50, null);
  const predict = async (inDays: number | null) => {
    await house.predict(id, inDays);
    await house.pump();
  };
  await predict(1);
  expect(await house.told()).toEqual([]);
  await predict(0);
  for (const inDays of [1, 2, 0, 2, 1]) await predict(inDays);
  expect(await house.told()).toEqual(["opened order_due"]);
  expect(await house.active()).toMatchObject([
    { kind: "order_due", evidence: { quantity: 50, orderQuantity: 40, orderBy: "2026-03-03" } },
  ]);
  house.clock.advance(day);
  await predict(3);
  expect(await house.told()).toEqual(["opened order_due", "resolved order_due"]);
  // Without another prediction its day comes.
  house.clock.advance(3 * day);
  await house.shop.sales.record({ lines: [{ productId: id, quantity: 1 }] });
  await house.pump();
  expect((await house.told()).at(-1)).toBe("opened order_due");
  await predict(null);
  expect(await house.active()).toEqual([]);
});

test("no order is due while the lead time is only assumed; it is once somebody has said it", async () => {
  const { id } = await stocked(50, null);
  const predict = async (source: "assumed" | "seller" | "product") => {
    await house.predict(id, -3, 50, source);
    await house.pump();
    return house.told();
  };
  expect(await predict("assumed")).toEqual([]);
  expect(await predict("product")).toEqual(["opened order_due"]);
  house.clock.advance(day);
  expect(await predict("assumed")).toEqual(["opened order_due", "resolved order_due"]);
  expect((await predict("seller")).at(-1)).toBe("opened order_due");
});

test("a forecast of less stock than there is raises nothing: goods came, and the next one knows them", async () => {
  const { id, to } = await stocked(5, null);
  await to(0);
  await house.predict(id, 0);
  house.clock.advance(day);
  await to(60);
  expect(await house.told()).toEqual(["opened out_of_stock", "resolved out_of_stock"]);
  await house.predict(id, 20);
  await house.pump();
  expect(await house.told()).toHaveLength(2);
});

test("an order is due below the point that the seller set by that point alone: one cause, one alert", async () => {
  const { id, to } = await stocked(20, 5);
  await house.predict(id, 0);
  await house.pump();
  expect(await house.told()).toEqual(["opened order_due"]);
  await to(5);
  await house.predict(id, 0);
  await house.pump();
  expect((await house.active()).map(({ kind }) => kind)).toEqual(["low_stock"]);
});

test("a point that is set, moved or taken away counts at once", async () => {
  const { id } = await stocked(8, null);
  const set = async (reorderPoint: number | null) => {
    await house.shop.products.update(id, { reorderPoint });
    await house.pump();
    return (await house.active()).map(({ kind }) => kind);
  };
  expect(await set(7)).toEqual([]);
  expect(await set(10)).toEqual(["low_stock"]);
  expect(await set(null)).toEqual([]);
});

test("what never had stock, and what nobody wants, raises nothing by being predicted", async () => {
  const { id, to } = await stocked(0, 5);
  await house.predict(id, 0);
  await house.pump();
  expect(await house.told()).toEqual([]);
  await to(3);
  expect(await house.told()).toEqual(["opened low_stock"]);
});

test("the alerts of a deleted product end", async () => {
  const { id, to } = await stocked(12, 10);
  await to(8);
  house.clock.advance(day);
  await house.shop.products.delete(id);
  await house.pump();
  const { items } = await house.shop.alerts.list({ productId: id });
  expect(items).toMatchObject([{ state: "resolved", resolution: "product_deleted" }]);
});

test("events that are handled again, by another process too, change nothing", async () => {
  const { to } = await stocked(12, 10);
  for (const count of [8, 0, 8, 20]) await to(count);
  const told = await house.told();
  house.restart(1_000);
  await house.pump();
  expect(await house.told()).toEqual(told);
});

test("an old event does not raise what is over: after a pause it is stock as it is now that counts", async () => {
  const { id } = await stocked(12, 10);
  for (const count of [8, 0, 50]) await house.shop.stock.count(id, { count, reason: "count" });
  await house.pump();
  expect(await house.told()).toEqual([]);
});

test("a process that dies between the alert and its checkpoint loses and doubles nothing", async () => {
  const store = memoryStore();
  let fails = true;
  const { write } = store.alerts;
  const alerts = {
    ...store.alerts,
    write: async (...given: Parameters<typeof write>) => {
      const written = await write(...given);
      if (fails) throw new Error("gone");
      return written;
    },
  };
  house = await alertShop({ ...store, alerts });
  const { id } = await house.shop.products.create({ name: "Tea", quantity: 12, reorderPoint: 10 });
  await house.shop.sales.record({ lines: [{ productId: id, quantity: 3 }] });
  await expect(house.pump()).rejects.toThrow("gone");
  fails = false;
  house.restart();
  await house.pump();
  expect(await house.told()).toEqual(["opened low_stock"]);
});

test("a sale that crosses nothing asks the store nothing that was asked seconds ago", async () => {
  const store = memoryStore();
  let asked = 0;
  const counting = Object.fromEntries(
    Object.entries(store.alerts).map(([name, method]) => [
      name,
      (...given: never[]) => {
        asked++;
        return (method as (...given: never[]) => unknown)(...given);
      },
    ]),
  ) as unknown as typeof store.alerts;
  house = await alertShop({ ...store, alerts: counting });
  const { id } = await house.shop.products.create({ name: "Tea", quantity: 500, reorderPoint: 10 });
  const sell = async (times: number) => {
    asked = 0;
    for (let n = 0; n < times; n++)
      await house.shop.sales.record({ lines: [{ productId: id, quantity: 1 }] });
    await house.pump();
    return asked;
  };
  expect(await sell(100)).toBe(1);
  expect(await sell(100)).toBe(0);
  house.clock.advance(5_000);
  expect(await sell(100)).toBe(1);
  await house.shop.stock.count(id, { count: 9, reason: "count" });
  await house.pump();
  house.clock.advance(5_000);
  expect(await sell(1), "what an alert shows is noted now and then").toBe(2);
  expect(await sell(5)).toBe(0);
  await house.predict(id, 0);
  await house.pump();
  expect(await house.active()).toMatchObject([{ kind: "low_stock", evidence: { quantity: 3 } }]);
});

import {
  type Amused,
  createAmused,
  memoryStore,
  type ProductForecast,
  type ProductStockout,
  type Seller,
} from "@amused/core";
import { createApp } from "@amused/server";
import { predictionFaults } from "@amused/testkit";
import { afterEach, describe, expect, test } from "vitest";

let amused: Amused;
afterEach(() => amused?.close());

const dayMs = 86_400_000;
const adminKey = "an-admin-key-of-at-least-32-characters";

/** A shop on a clock of its own that is asked over HTTP, where a number that is none would be a null. */
async function open() {
  let clock = Date.parse("2026-03-02T12:00:00.000Z");
  const now = () => new Date(clock);
  amused = await createAmused({ store: memoryStore({ now }), now });
  const app = createApp(amused, { adminKey });
  const shop: Seller = amused.seller("acme");
  const { key } = await amused.keys.create({ sellerId: "acme", scopes: ["read", "write"] });
  const send = async (method: string, path: string, body?: unknown) => {
    const headers = { authorization: `Bearer ${key}`, "content-type": "application/json" };
    const answer = await app.request(path, {
      method,
      headers,
      ...(body !== undefined && { body: JSON.stringify(body) }),
    });
    expect(answer.status, `${method} ${path}`).toBeLessThan(500);
    return { status: answer.status, body: (await answer.json()) as never };
  };
  const get = async <T>(path: string): Promise<T> => {
    const { status, body } = await send("GET", path);
    expect(status, path).toBe(200);
    return body;
  };
  return {
    ...{ shop, send, get },
    today: () => now().toISOString().slice(0, 10),
    /** The day so many days ago. */
    ago: (days: number) => new Date(clock - days * dayMs).toISOString().slice(0, 10),
    move: (ms: number) => {
      clock += ms;
    },
    set: (at: string) => {
      clock = Date.parse(at);
    },
    /** Imports rows of `days ago, units`. */
    past: async (id: number, rows: [days: number, units: number][]) =>
      shop.sales.import(
        `productId,quantity,soldAt\n${rows
          .map(
            ([days, units]) =>
              `${id},${units},${new Date(clock - days * dayMs).toISOString().slice(0, 10)}\n`,
          )
          .join("")}`,
      ),
    /** Everything that is predicted of a product, once nothing is wrong with it. */
    async ask(id: number) {
      const today = now().toISOString().slice(0, 10);
      const stockout = await get<ProductStockout>(`/v1/products/${id}/stockout`);
      const forecast = await get<ProductForecast>(`/v1/products/${id}/forecast`);
      const long = await get<ProductForecast>(`/v1/products/${id}/forecast?horizon=365`);
      expect(predictionFaults({ today, forecast, stockout })).toEqual([]);
      expect(predictionFaults({ today, forecast: long, stockout })).toEqual([]);
      for (const path of [
        `products/${id}/explanation`,
        "stockouts?within=60",
        "predictions",
        "predictions/record",
      ])
        await get(`/v1/${path}`);
      return { forecast, stockout };
    },
  };
}

const daysOf = (count: number, units: (day: number) => number): [number, number][] =>
  Array.from({ length: count }, (_, day) => [day + 1, units(day + 1)]);

describe("too little history is said, and how much is needed", () => {
  test.each<[string, [number, number][], number]>([
    ["no sales", [], 0],
    ["one sale today", [[0, 3]], 0],
    ["one sale yesterday", [[1, 3]], 1],
    // What came back was sold once, but nobody says when.
    ["only returns, of months", daysOf(60, () => -2), 0],
    ["sales of thirteen days", daysOf(13, () => 4), 13],
  ])("%s", async (_, rows, days) => {
    const { shop, past, ask } = await open();
    const { id } = await shop.products.create({ name: "Tea", quantity: 10 });
    if (rows.length > 0) await past(id, rows);
    const { forecast, stockout } = await ask(id);
    expect(forecast).toMatchObject({ verdict: "not_enough_history", need: { days: 14 }, points: [] });
    expect(forecast.history.days).toBe(days);
    expect(forecast.reasons).toEqual([{ kind: "not_enough_history", have: days, need: 14 }]);
    expect(stockout).toMatchObject({ verdict: "not_enough_history", reorder: null });
  });

  test("one sale of a year ago is enough to say that there is next to no demand", async () => {
    const { shop, past, ask } = await open();
    const { id } = await shop.products.create({ name: "Tea", quantity: 10 });
    await past(id, [[365, 1]]);
    const { forecast, stockout } = await ask(id);
    expect(forecast.history.days).toBe(365);
    expect(forecast.points[0]?.mean).toBeLessThan(0.05);
    expect(stockout).toMatchObject({ verdict: "safe", date: { p50: null } });
  });

  test("a product that never had stock has no known day, sold or not", async () => {
    const { shop, past, ask, move } = await open();
    const never = await shop.products.create({ name: "Tea" });
    const counted = await shop.products.create({ name: "Pot" });
    for (let day = 0; day < 40; day++) {
      await shop.stock.count(counted.id, { count: 0, reason: "counted" });
      move(dayMs);
    }
    for (const { id } of [never, counted]) {
      const { forecast, stockout } = await ask(id);
      expect([forecast.verdict, stockout.verdict]).toEqual(["not_enough_history", "out_of_stock"]);
      expect(forecast.history.days).toBe(forecast.history.withoutStock);
    }
    // Of what it sold elsewhere before, something is known.
    await past(
      counted.id,
      daysOf(90, () => 3),
    );
    expect((await ask(counted.id)).forecast.verdict).toBe("ok");
  });
});

describe("numbers that jump", () => {
  test.each([
    ["by a thousand times for a day", daysOf(60, (day) => (day === 10 ? 5_000 : 5))],
    ["by a thousand times since a week", daysOf(60, (day) => (day <= 7 ? 5_000 : 5))],
    ["to a billion units once", daysOf(60, (day) => (day === 1 ? 1_000_000_000 : 1))],
    ["to a billion units every day", daysOf(60, () => 1_000_000_000)],
    ["between a billion and nothing", daysOf(60, (day) => (day % 2) * 1_000_000_000 + 1)],
    ["after two years without a sale", [...daysOf(3, () => 900), [729, 1]] as [number, number][]],
  ])("%s", async (_, rows) => {
    const { shop, past, ask } = await open();
    const { id } = await shop.products.create({ name: "Tea", quantity: 1_000_000_000 });
    await past(id, rows);
    expect((await ask(id)).forecast.verdict).toBe("ok");
    await shop.stock.count(id, { count: 1, reason: "counted" });
    expect((await ask(id)).forecast.verdict).toBe("ok");
  });

  test("stock of more than a million million", async () => {
    const { shop, past, ask, send } = await open();
    const { id } = await shop.products.create({ name: "Tea", quantity: 1_000_000_000 });
    await past(
      id,
      daysOf(30, () => 2),
    );
    const lines = Array.from({ length: 1_000 }, () => ({ productId: id, quantity: 1_000_000_000 }));
    for (let n = 0; n < 3; n++) expect((await send("POST", "/v1/returns", { lines })).status).toBe(201);
    expect((await ask(id)).stockout).toMatchObject({ verdict: "safe", quantity: 3_001_000_000_000 });
  });

  test.each([0, 1, 365, 366, 3650])("a lead time of %i days", async (leadTimeDays) => {
    const { shop, past, ask } = await open();
    const { id } = await shop.products.create({ name: "Tea", quantity: 90, leadTimeDays });
    await past(
      id,
      daysOf(60, (day) => day % 5),
    );
    const { stockout } = await ask(id);
    expect(stockout.reorder?.because[0]).toMatchObject({ kind: "lead_time", days: leadTimeDays });
  });

  test.each([
    ["0", "USD"],
    ["9999999999.99", "USD"],
    ["0", "JPY"],
    ["1200", "JPY"],
    ["0.001", "KWD"],
  ])("a price of %s %s", async (price, currency) => {
    const { shop, past, ask } = await open();
    const { id } = await shop.products.create({ name: "Tea", price, currency, quantity: 20 });
    await past(
      id,
      daysOf(60, (day) => day % 5),
    );
    expect((await ask(id)).stockout.verdict).toBe("runs_out");
  });
});

describe("times that are not as they should be", () => {
  test("a sale five minutes ahead is taken, and one after that refused; neither is in what is predicted today", async () => {
    const { shop, past, ask, send, move } = await open();
    const { id } = await shop.products.create({ name: "Tea", quantity: 40 });
    await past(
      id,
      daysOf(30, () => 2),
    );
    const { forecast } = await ask(id);
    const sell = (soldAt: string) =>
      send("POST", "/v1/sales", { soldAt, lines: [{ productId: id, quantity: 5 }] });
    expect((await sell("2026-03-02T12:05:00.001Z")).status).toBe(400);
    expect((await sell("2026-03-02T12:05:00.000Z")).status).toBe(201);
    expect(await past(id, [[-1, 9]])).toMatchObject({ created: 0, failed: 1 });
    move(2_000);
    const after = await ask(id);
    expect([after.stockout.quantity, after.forecast.history]).toEqual([35, forecast.history]);
    expect(after.forecast.points).toEqual(forecast.points);
  });

  test("a sale five minutes ahead, over midnight, is of the day that is not over", async () => {
    const { shop, past, ask, set } = await open();
    const { id } = await shop.products.create({ name: "Tea", quantity: 40 });
    set("2026-03-02T23:58:00.000Z");
    await past(
      id,
      daysOf(30, () => 2),
    );
    await shop.sales.record({ soldAt: "2026-03-03T00:02:00.000Z", lines: [{ productId: id, quantity: 30 }] });
    expect((await ask(id)).forecast.history).toMatchObject({ to: "2026-03-01", days: 30 });
    set("2026-03-04T00:00:00.000Z");
    expect((await ask(id)).forecast.history).toMatchObject({ to: "2026-03-03", days: 32 });
  });

  test("a day is a day of UTC to the millisecond, wherever it was sold", async () => {
    const { shop, ask, set } = await open();
    const { id } = await shop.products.create({ name: "Tea", quantity: 400 });
    const times = ["00:00:00.000Z", "23:59:59.999Z"].map((time) => `T${time}`);
    const rows = Array.from({ length: 20 }, (_, n) =>
      new Date(Date.parse("2026-02-01") + n * dayMs).toISOString().slice(0, 10),
    );
    await shop.sales.import(
      `productId,quantity,soldAt\n${rows.flatMap((day) => times.map((time) => `${id},1,${day}${time}\n`)).join("")}` +
        // The same moment by clocks of two islands.
        `${id},1,2026-02-21T13:59:59.999+14:00\n${id},1,2026-02-20T11:59:59.999-12:00\n`,
    );
    const { items } = await shop.sales.daily(id, { from: "2026-02-19", to: "2026-02-22" });
    expect(items.map(({ quantity }) => quantity)).toEqual([2, 4, 0, 0]);
    set("2026-03-02T23:59:59.999Z");
    const late = await ask(id);
    expect(late.forecast.points[0]?.date).toBe("2026-03-02");
    set("2026-03-03T00:00:00.000Z");
    const next = await ask(id);
    expect(next.forecast.points[0]?.date).toBe("2026-03-03");
    expect(next.forecast.history.days).toBe(late.forecast.history.days + 1);
  });

  test("months in which nothing was sold are months of no demand, while there was stock", async () => {
    const { shop, past, ask } = await open();
    const { id } = await shop.products.create({ name: "Tea", quantity: 20 });
    await past(id, [
      ...daysOf(30, () => 3),
      ...daysOf(30, () => 3).map(([day, units]): [number, number] => [day + 300, units]),
    ]);
    const { forecast } = await ask(id);
    expect(forecast.history).toMatchObject({ days: 330, withoutStock: 0 });
    expect(forecast.points[0]?.mean).toBeGreaterThan(0.5);
  });

  test("a product made today with a past from a file is predicted from that", async () => {
    const { shop, past, ask } = await open();
    const { id } = await shop.products.create({ name: "Tea", quantity: 12 });
    await past(
      id,
      daysOf(90, () => 4),
    );
    const { forecast, stockout } = await ask(id);
    expect(forecast.history).toMatchObject({ days: 90, withoutStock: 0 });
    expect(stockout.date.p50).toBe("2026-03-04");
  });

  test.each([
    ["an hour", 3_600_000],
    ["a day", dayMs],
    ["a year", 365 * dayMs],
  ])("a clock that goes back by %s, and forth again", async (_, ms) => {
    const { shop, past, ask, move } = await open();
    const { id } = await shop.products.create({ name: "Tea", quantity: 50 });
    await past(
      id,
      daysOf(60, () => 4),
    );
    await ask(id);
    move(-ms);
    await ask(id);
    await shop.sales.record({ lines: [{ productId: id, quantity: 10 }] });
    await shop.stock.count(id, { count: 30, reason: "counted" });
    move(1_000);
    expect((await ask(id)).stockout.quantity).toBe(30);
    move(ms);
    const after = await ask(id);
    // The sale was a year ago, by the clock of then.
    expect([after.stockout.quantity, after.forecast.history.days]).toEqual([30, Math.max(60, ms / dayMs)]);
    move(365 * dayMs);
    expect((await ask(id)).stockout.quantity).toBe(30);
  });

  test("a file that came in before the clock went back is in what is predicted after it", async () => {
    const { shop, past, ask, move } = await open();
    const { id } = await shop.products.create({ name: "Tea", quantity: 50 });
    expect((await ask(id)).forecast.verdict).toBe("not_enough_history");
    await past(
      id,
      daysOf(60, () => 4),
    );
    move(-3_600_000);
    expect((await ask(id)).forecast.verdict).toBe("ok");
  });
});

test("a product that is deleted while it is predicted is not found, and nothing of it stays at risk", async () => {
  const { shop, past, send } = await open();
  const made = await Promise.all(
    Array.from({ length: 12 }, (_, n) => shop.products.create({ name: `Tea ${n}`, quantity: 5 })),
  );
  for (const { id } of made)
    await past(
      id,
      daysOf(60, () => 4),
    );
  const answers = await Promise.all(
    made.flatMap(({ id }) => [
      send("GET", `/v1/products/${id}/stockout`),
      send("GET", `/v1/products/${id}/forecast?horizon=90`),
      send("DELETE", `/v1/products/${id}`).catch(() => ({ status: 204 })),
      send("GET", `/v1/products/${id}/explanation`),
    ]),
  );
  expect(answers.every(({ status }) => [200, 204, 404].includes(status))).toBe(true);
  expect((await shop.predictions.atRisk({ within: 60 })).items).toEqual([]);
  for (const { id } of made) expect((await send("GET", `/v1/products/${id}/stockout`)).status).toBe(404);
});

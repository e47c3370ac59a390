import { afterEach, expect, test, vi } from "vitest";
import { type Amused, createAmused } from "../src/amused.ts";
import { dateOf } from "../src/domain/time.ts";
import { memoryStore } from "../src/memory/store.ts";
import type { Repositories } from "../src/ports/repositories.ts";
import type { Store } from "../src/ports/store.ts";
import { forecastReactor } from "../src/reactors/forecasts.ts";
import { scoring } from "../src/services/predictions/scoring.ts";
import { predictionsPass } from "../src/services/predictions/upkeep.ts";
import { testDeps } from "./support/deps.ts";

let amused: Amused;
afterEach(() => amused?.close());

const poll = (value: () => unknown) => expect.poll(value, { timeout: 10_000, interval: 50 });
const toldOf = async (seller: string) =>
  (await amused.seller(seller).events.list({ types: ["stock.low", "stock.depleted"] })).items.map(
    ({ type }) => type,
  );

test("a reorder point that is set is held against the very next sale", async () => {
  amused = await createAmused({ store: memoryStore() });
  await amused.start();
  const shop = amused.seller("acme");
  const { id } = await shop.products.create({ name: "Tea", quantity: 15 });
  const sell = (quantity: number) => shop.sales.record({ lines: [{ productId: id, quantity }] });
  await sell(1);
  // The level of the first sale is remembered by now.
  await new Promise((resolve) => setTimeout(resolve, 200));
  await shop.products.update(id, { reorderPoint: 10 });
  await sell(5);
  await poll(() => toldOf("acme")).toEqual(["stock.low"]);
});

test("what stock did before the first start is not told", async () => {
  amused = await createAmused({ store: memoryStore() });
  const shop = amused.seller("acme");
  const { id } = await shop.products.create({ name: "Tea", quantity: 1 });
  await shop.sales.record({ lines: [{ productId: id, quantity: 1 }] });
  await amused.start();
  await shop.products.create({ name: "Pot" });
  await poll(async () => (await shop.predictions.list()).items.length).toBeGreaterThan(1);
  expect(await toldOf("acme")).toEqual([]);
});

test("a clock that goes back holds up neither a forecast nor stop()", async () => {
  let ahead = 3_600_000;
  amused = await createAmused({ store: memoryStore(), now: () => new Date(Date.now() + ahead) });
  const shop = amused.seller("acme");
  await shop.products.create({ name: "Tea", quantity: 5 });
  ahead = 0;
  await amused.start();
  await new Promise((resolve) => setTimeout(resolve, 200));
  const from = performance.now();
  await amused.stop();
  expect(performance.now() - from).toBeLessThan(3_000);
});

test("products that can not be predicted or scored do not keep others from it, and are told of", async () => {
  const store = memoryStore();
  const { read } = store.demand;
  const errors: unknown[] = [];
  let [fails, day] = [false, 0];
  const demand = {
    ...store.demand,
    read: (...[seller, span]: Parameters<typeof read>) =>
      fails && seller === "acme" ? Promise.reject(new Error("broken")) : read(seller, span),
  };
  const now = () => new Date(Date.now() + day * 86_400_000);
  const deps = testDeps({ ...store, demand }, now);
  const { signal } = new AbortController();
  const onError = (error: unknown) => errors.push(error);
  const score = scoring(deps, onError);
  const pass = async () => {
    await predictionsPass(deps, signal, onError);
    await score(signal);
  };
  amused = await createAmused({ store });
  for (const seller of ["acme", "bolt"]) await amused.seller(seller).products.create({ name: "Tea" });
  await pass();
  [fails, day] = [true, 40];
  await pass();
  expect((await amused.seller("bolt").predictions.list()).items.length).toBe(4);
  const due = await store.predictions.due({ today: dateOf(now()), limit: 10 });
  expect(due.map(({ sellerId, type }) => [sellerId, type])).toEqual([
    ["acme", "forecast"],
    ["acme", "stockout"],
  ]);
  expect(errors.map(String)).toEqual(["Error: broken", "Error: broken", "Error: broken"]);

  for (let passes = 2; passes <= 5; passes++) {
    expect((await store.predictions.due({ today: dateOf(now()), limit: 10 })).length).toBe(2);
    await score(signal);
  }
  expect(
    await store.predictions.due({ today: dateOf(now()), limit: 10 }),
    "nobody waits behind them",
  ).toEqual([]);
  expect(errors.slice(-2).map(String)).toEqual([
    expect.stringMatching(/^Error: Prediction \d+ of seller acme gets no score: .* failed 5 times\.$/),
    expect.stringContaining("gets no score"),
  ]);
});

test("a product whose forecast fails fails alone: the others of its batch get theirs", async () => {
  const store = memoryStore();
  amused = await createAmused({ store, threads: 0 });
  const ids: number[] = [];
  for (let n = 0; n < 5; n++)
    ids.push((await amused.seller("acme").products.create({ name: `Tea ${n}` })).id);
  const deps = testDeps(store, () => new Date());
  const errors: unknown[] = [];
  const calculator: typeof deps.calculator = {
    ...deps.calculator,
    run: (name, input, options) =>
      options.about.endsWith(`product ${ids[2]}`)
        ? Promise.reject(new Error("broken"))
        : deps.calculator.run(name, input, options),
  };
  const pass = () =>
    predictionsPass({ ...deps, calculator }, new AbortController().signal, (error) => errors.push(error));
  await pass();
  const { items } = await amused.seller("acme").predictions.list({ type: "forecast" });
  expect(items.map(({ productId }) => productId).sort()).toEqual(ids.filter((id) => id !== ids[2]));
  expect(errors.map(String)).toEqual(["Error: broken"]);
  calculator.isSetAside = () => true;
  await pass();
  expect(errors, "what is set aside is left alone").toHaveLength(1);
});

const history = Array.from({ length: 40 }, (_, day) =>
  new Date(Date.now() - (day + 1) * 86_400_000).toISOString().slice(0, 10),
);

test("a setting is set and what was predicted by the old one expires, or neither", async () => {
  const store = memoryStore();
  let fails = false;
  const breaking = (repositories: Repositories): Repositories => ({
    ...repositories,
    predictions: {
      ...repositories.predictions,
      expire: (seller) =>
        fails ? Promise.reject(new Error("broken")) : repositories.predictions.expire(seller),
    },
  });
  const transaction: Store["transaction"] = (work) => store.transaction((within) => work(breaking(within)));
  amused = await createAmused({ store: { ...store, ...breaking(store), transaction } });
  const shop = amused.seller("acme");
  const { id } = await shop.products.create({ name: "Tea", quantity: 5 });
  await shop.predictions.stockout(id);
  const isStale = async () =>
    (await store.predictions.stale({ now: new Date(), limit: 1, after: null })).products.length === 1;
  fails = true;
  await expect(shop.settings.update({ leadTimeDays: 30 })).rejects.toThrow("broken");
  expect([(await shop.settings.get()).leadTimeDays, await isStale()]).toEqual([14, false]);
  fails = false;
  await shop.settings.update({ leadTimeDays: 30 });
  expect([(await shop.settings.get()).leadTimeDays, await isStale()]).toEqual([30, true]);
});

test("what was known of a log says nothing of one with another history", async () => {
  const store = memoryStore();
  amused = await createAmused({ store });
  const { id: productId } = await amused.seller("acme").products.create({ name: "Tea", quantity: 5 });
  const predictions = { ...store.predictions, find: async () => null };
  const read = vi.spyOn(store.demand, "read");
  const handle = forecastReactor(
    testDeps({ ...store, predictions }, () => new Date()),
    () => {},
  );
  const context = { sellerId: "acme", attempt: 1, signal: new AbortController().signal };
  const happens = (id: string) =>
    handle({ id, productId, seq: 1, createdAt: "2020-01-01T00:00:00.000Z" }, context);
  for (const id of ["aaaa.1", "aaaa.1"]) await happens(id);
  expect(read).toHaveBeenCalledTimes(1);
  await happens("bbbb.1");
  expect(read).toHaveBeenCalledTimes(2);
});

test("a sales import that is written while a prediction is made is in the next one", async () => {
  const store = memoryStore();
  const { read } = store.demand;
  let during = async () => {};
  const slow = {
    ...store,
    demand: {
      ...store.demand,
      async read(...[seller, span]: Parameters<typeof read>) {
        const seen = await read(seller, span);
        await during();
        return seen;
      },
    },
  };
  amused = await createAmused({ store: slow });
  const shop = amused.seller("acme");
  const { id } = await shop.products.create({ name: "Tea", quantity: 5 });
  during = async () => {
    during = async () => {};
    await shop.sales.import(
      `productId,quantity,soldAt\n${history.map((day) => `${id},3,${day}`).join("\n")}\n`,
    );
  };
  expect((await shop.predictions.forecast(id)).verdict).toBe("not_enough_history");
  expect((await shop.predictions.forecast(id)).verdict).toBe("ok");
});

test("a sales import that breaks off lets predictions expire too", async () => {
  amused = await createAmused({ store: memoryStore() });
  const shop = amused.seller("acme");
  const { id } = await shop.products.create({ name: "Tea", quantity: 5 });
  expect((await shop.predictions.forecast(id)).verdict).toBe("not_enough_history");
  async function* file() {
    yield new TextEncoder().encode("productId,quantity,soldAt\n");
    for (let n = 0; n < 60; n++) {
      yield new TextEncoder().encode(history.map((day) => `${id},${n + 1},${day}\n`).join(""));
      // The rows so far are read and written before it breaks.
      await new Promise((resolve) => setTimeout(resolve, 1));
    }
    throw new Error("The connection broke.");
  }
  await expect(shop.sales.import(file())).rejects.toThrow();
  expect((await shop.sales.list()).items.length).toBeGreaterThan(0);
  expect((await shop.predictions.forecast(id)).verdict).toBe("ok");
});

test("a system that was closed is not started again", async () => {
  amused = await createAmused({ store: memoryStore() });
  await amused.start();
  await amused.close();
  await expect(amused.start()).rejects.toMatchObject({ code: "unavailable" });
});

test("what was made for somebody who asked is not made again in the background", async () => {
  amused = await createAmused({ store: memoryStore(), threads: 0 });
  await amused.start();
  const shop = amused.seller("acme");
  const { id } = await shop.products.create({ name: "Tea", quantity: 5 });
  await shop.predictions.stockout(id);
  await new Promise((resolve) => setTimeout(resolve, 1_100));
  await shop.sales.record({ lines: [{ productId: id, quantity: 1 }] });
  await shop.predictions.stockout(id);
  const made = async () => (await shop.events.list({ types: ["prediction.updated"] })).items.length;
  await new Promise((resolve) => setTimeout(resolve, 1_500));
  expect(await made()).toBe(4);
});

test("a start() that is overtaken by stop(), or by another, leaves no timer behind", async () => {
  amused = await createAmused({ store: memoryStore() });
  const set = vi.spyOn(globalThis, "setInterval");
  const cleared = vi.spyOn(globalThis, "clearInterval");
  const starts = [amused.start(), amused.start()];
  const stopped = amused.stop();
  await Promise.all([...starts, stopped]);
  const left = set.mock.results.filter(({ value }) => !cleared.mock.calls.some(([timer]) => timer === value));
  vi.restoreAllMocks();
  expect(left).toEqual([]);
});

test("the pass reads one batch ahead of a thread, and none where there is no thread", async () => {
  for (const threaded of [true, false]) {
    const store = memoryStore();
    amused = await createAmused({ store, threads: 0 });
    for (let n = 0; n < 20; n++) await amused.seller("acme").products.create({ name: `Tea ${n}` });
    let [read, saved] = [0, 0];
    const ahead: number[] = [];
    const demand: Store["demand"] = {
      ...store.demand,
      read(...asked) {
        ahead.push(++read - saved);
        return store.demand.read(...asked);
      },
    };
    const predictions: Store["predictions"] = {
      ...store.predictions,
      save(...rows) {
        saved++;
        return store.predictions.save(...rows);
      },
    };
    const deps = testDeps({ ...store, demand, predictions }, () => new Date());
    const errors: unknown[] = [];
    // Else the shop would be learned, which reads too.
    const at = deps.now();
    await deps.shopProfiles.save("acme", { profile: null, catalogue: 20 }, { basedOn: 0, version: 0, at });
    const calculator = { ...deps.calculator, threaded };
    await predictionsPass({ ...deps, calculator }, new AbortController().signal, (error) =>
      errors.push(error),
    );
    expect(ahead).toEqual(threaded ? [1, 2, 2, 2] : [1, 1, 1, 1]);
    expect([read, saved, errors]).toEqual([4, 4, []]);
    await amused.close();
  }
});

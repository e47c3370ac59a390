import { EngineError } from "@amused/engines";
import { fakeClock } from "@amused/testkit";
import { afterEach, expect, onTestFinished, test, vi } from "vitest";
import { createAmused } from "../src/amused.ts";
import { startThread } from "../src/engine-threads.ts";
import { memoryStore } from "../src/memory/store.ts";
import type { Repositories } from "../src/ports/repositories.ts";
import { calculate } from "../src/services/calculations/calculations.ts";
import { type Calculator, calculator } from "../src/services/calculations/calculator.ts";
import { inlineRunner, type Runner, RunnerLost } from "../src/services/calculations/runner.ts";
import { categoryModels, modelsWithin } from "../src/services/categories/models.ts";
import type { DemandSoFar } from "../src/services/predictions/outlook.ts";
import { testDeps } from "./support/deps.ts";

const open: Calculator[] = [];
afterEach(() => Promise.all(open.splice(0).map((one) => one.close())));

function made(
  start: () => Promise<Runner | null>,
  { threads = 1, errors = [] as unknown[], now = () => new Date() } = {},
): Calculator {
  const one = calculator({ threads, start, now, onError: (error) => errors.push(error) });
  open.push(one);
  return one;
}

/** Two hundred days of a product, some of them without stock. */
function demand(productId: number, first = 3): DemandSoFar {
  const units = Array.from({ length: 200 }, (_, day) => (day === 0 ? first : (day * 7 + productId) % 6));
  return {
    demand: {
      ...{ productId, firstDay: "2025-01-01", units, stockedOut: units.map((_, day) => day % 40 === 9) },
      ...{ quantity: 30, price: "4.90", leadTimeDays: null, reorderPoint: null, category: null },
      ...{ serviceLevel: null, packSize: null, minimumOrder: null, incoming: [] },
    },
    settings: {},
    ...{ from: "2025-01-01", today: "2025-07-20", at: new Date("2025-07-20T08:00:00Z"), receipts: null },
  };
}
const forecast = (of: Calculator, productId: number, first?: number) =>
  of.run("outlook", { of: demand(productId, first) }, { about: `product ${productId}` });
const about = "the shop";

test("a thread says the same as the event loop, bit for bit", async () => {
  const of = [1, 2, 3].map((id) => demand(id));
  const series = of.map(({ demand: { units }, from }) => ({
    ...{ values: units, frequency: "daily" as const, start: from },
  }));
  const [threaded, inline] = [made(startThread), made(async () => null)];
  const shop = (await threaded.runLong("shopProfile", { series }, { about })) ?? undefined;
  expect(shop?.products).toBe(3);
  expect(shop).toEqual(await inline.run("shopProfile", { series }, { about }));
  for (const one of of)
    for (const input of [{ of: one }, { of: { ...one, shop }, horizon: 90 }]) {
      const said = await threaded.run("outlook", input, { about });
      expect(said.forecast.verdict).toBe("ok");
      expect(said).toStrictEqual(await inline.run("outlook", input, { about }));
    }
});

test("a catalogue is learned in a thread as without one: before a shop that waits, and within a host's transaction", async () => {
  const store = memoryStore();
  const amused = await createAmused({ store, threads: 0 });
  for (let n = 0; n < 40; n++)
    await amused.seller("acme").products.create({
      name: `${n % 2 ? "Green tea" : "Iron pot"} ${n}`,
      category: n % 2 ? "Tea" : "Pots",
    });
  const asked: string[] = [];
  const threaded = made(async () => {
    const runner = (await startThread()) as Runner;
    return {
      ...runner,
      run(name, input) {
        asked.push(name);
        return runner.run(name, input);
      },
    };
  });
  const learned = async (calculator: Calculator, of: typeof categoryModels, repositories: Repositories) => {
    const deps = { ...testDeps(repositories, () => new Date("2025-07-20T08:00:00Z")), calculator };
    return (await of(deps).current("acme")).categorizer.toJSON();
  };
  const inline = await learned(
    made(async () => null),
    modelsWithin,
    store,
  );
  expect(inline.categories.map(({ examples }) => examples)).toEqual([20, 20]);
  const series = [1, 2].map((id) => ({ values: demand(id).demand.units, frequency: "daily" as const }));
  const shops = [1, 2].map(() => threaded.runLong("shopProfile", { series }, { about }));
  expect(await learned(threaded, modelsWithin, store)).toEqual(inline);
  await Promise.all(shops);
  expect(asked).toEqual(["shopProfile", "categorizer", "shopProfile"]);
  const within = (repositories: Repositories) => learned(threaded, modelsWithin, repositories);
  expect(await store.transaction(within)).toEqual(inline);
  expect(await learned(threaded, categoryModels, store)).toEqual(inline);
  await amused.close();
});

test("what an engine refuses is refused in the same words by a thread, which goes on", async () => {
  const threaded = made(startThread);
  const refused = async (of: Calculator) =>
    (await forecast(of, 1, -3).catch((error: unknown) => error)) as EngineError;
  const error = await refused(threaded);
  expect(error).toBeInstanceOf(EngineError);
  const { name, field, expected, code, message } = await refused(made(async () => null));
  expect(error).toMatchObject({ name, field, expected, code, message });
  expect((await forecast(threaded, 1)).forecast.verdict).toBe("ok");
});

test("a thread that dies in a calculation loses none; one that takes down two threads fails alone", async () => {
  const runners: Runner[] = [];
  let deaths = 1;
  const fragile = made(async () => {
    const runner = (await startThread()) as Runner;
    runners.push(runner);
    return {
      ...runner,
      async run(name, input) {
        const result = runner.run(name, input);
        if (deaths-- > 0) await runner.end();
        return result;
      },
    };
  });
  const [first, second] = await Promise.all([forecast(fragile, 1), forecast(fragile, 2)]);
  const inline = made(async () => null);
  expect([first, second]).toStrictEqual([await forecast(inline, 1), await forecast(inline, 2)]);
  expect(runners).toHaveLength(2);

  deaths = 2;
  const [lost, kept] = await Promise.allSettled([forecast(fragile, 1), forecast(fragile, 2)]);
  expect(lost).toMatchObject({ status: "rejected", reason: { code: "unavailable" } });
  expect(kept.status).toBe("fulfilled");
});

test("what somebody waits for goes before what nobody does, and not without bound", async () => {
  const order: string[] = [];
  const gate = Promise.withResolvers<void>();
  const slow = made(async () => ({
    async run(_, input) {
      await gate.promise;
      order.push(String(input));
      return input;
    },
    end: async () => {},
  }));
  const run = (what: string, urgent: boolean) => slow.run("outlook", what as never, { about: what, urgent });
  const all = [run("first", false), run("later", false), run("last", false), run("asked for", true)];
  const more = Array.from({ length: 499 }, (_, n) => run(String(n), true));
  await expect(run("too many", true)).rejects.toMatchObject({ code: "unavailable", retryAfter: 1 });
  const background = run("nobody waits", false);
  gate.resolve();
  await Promise.all([...all, ...more]);
  await background;
  expect(order.slice(0, 2)).toEqual(["first", "asked for"]);
  expect(order.slice(-3), "is refused nothing, and waits").toEqual(["later", "last", "nobody waits"]);
});

test("where there is no thread the event loop does it, and what takes seconds is left", async () => {
  const errors: unknown[] = [];
  for (const one of [made(startThread, { threads: 0, errors }), made(async () => null, { errors })]) {
    expect((await forecast(one, 1)).forecast.verdict).toBe("ok");
    expect(await one.runLong("shopProfile", { series: [] }, { about })).toBeNull();
    expect(one.threaded).toBe(false);
  }
  expect(errors, "nothing has failed").toEqual([]);
});

test("a thread that can not be started is asked for again, after growing pauses; the event loop does it meanwhile", async () => {
  const errors: unknown[] = [];
  const clock = fakeClock();
  let [starts, broken] = [0, true];
  const one = made(
    async () => {
      starts++;
      if (broken) throw new RunnerLost("no");
      return inlineRunner;
    },
    { errors, now: clock.now },
  );
  const long = () => one.runLong("shopProfile", { series: [] }, { about });
  for (const pause of [30_000, 60_000, 120_000]) {
    const before = starts;
    expect(await long()).toBeNull();
    for (const id of [1, 2]) expect((await forecast(one, id)).forecast.verdict).toBe("ok");
    expect([starts - before, one.threaded]).toEqual([1, false]);
    clock.advance(pause - 1);
    expect(await long()).toBeNull();
    expect(starts - before).toBe(1);
    clock.advance(1);
  }
  expect(errors.map(String), "told once each time").toEqual(
    [30, 60, 120].map((seconds) => expect.stringContaining(`tried again in ${seconds} seconds`)),
  );
  broken = false;
  expect(await long()).not.toBeNull();
  await forecast(one, 1);
  expect([starts, one.threaded, errors.length]).toEqual([5, true, 3]);
});

test("what takes too long is ended with its thread, and is not tried again before an hour is over; others go on", async () => {
  vi.useFakeTimers();
  onTestFinished(() => void vi.useRealTimers());
  const errors: unknown[] = [];
  const clock = fakeClock();
  let [started, ended] = [0, 0];
  const one = made(
    async () => {
      started++;
      const over = Promise.withResolvers<never>();
      over.promise.catch(() => {});
      return {
        run: (name, input) =>
          (input as { of: DemandSoFar }).of.demand.productId === 13
            ? over.promise
            : Promise.resolve(calculate(name, input)),
        async end() {
          ended++;
          over.reject(new RunnerLost("ended"));
        },
      };
    },
    { errors, now: clock.now },
  );
  const asks = () => {
    const refused = expect(forecast(one, 13)).rejects.toMatchObject({
      ...{ code: "unavailable", retryAfter: 3_600 },
    });
    return Promise.all([refused, forecast(one, 1)]);
  };
  const first = asks();
  await vi.advanceTimersByTimeAsync(20_000);
  await first;
  expect([started, ended, one.isSetAside("product 13"), one.isSetAside("product 1")]).toEqual([
    ...[2, 1, true, false],
  ]);
  await asks();
  clock.advance(3_599_999);
  await asks();
  expect([started, ended]).toEqual([2, 1]);
  clock.advance(1);
  const again = asks();
  await vi.advanceTimersByTimeAsync(20_000);
  await again;
  expect(ended).toBe(2);
  expect(errors.map(String)).toEqual(
    [1, 2].map((hours) => expect.stringContaining(`product 13 is set aside for ${hours} hours`)),
  );
});

test("a thread that never comes to an end of its calculation is ended", async () => {
  const runner = (await startThread()) as Runner;
  const busy = runner.run("outlook", { of: demand(1), horizon: 1e9 });
  await runner.end();
  await expect(busy).rejects.toBeInstanceOf(RunnerLost);
});

test("closing ends threads, and what waits for them", async () => {
  let ends = 0;
  const one = made(async () => ({
    run: () => new Promise((_, reject) => stopped.push(() => reject(new RunnerLost("ended")))),
    async end() {
      ends++;
      for (const stop of stopped) stop();
    },
  }));
  const stopped: (() => void)[] = [];
  const waiting = [1, 2].map((id) => forecast(one, id));
  const ended = Promise.allSettled(waiting);
  await expect.poll(() => stopped.length).toBe(1);
  await one.close();
  for (const { status, reason } of (await ended) as PromiseRejectedResult[])
    expect([status, reason.code]).toEqual(["rejected", "unavailable"]);
  expect(ends).toBe(1);
  await expect(forecast(one, 1)).rejects.toMatchObject({ code: "unavailable" });
});

import { EngineError } from "@amused/engines";
import { afterEach, expect, test } from "vitest";
import { createAmused } from "../src/amused.ts";
import { startThread } from "../src/engine-threads.ts";
import { memoryStore } from "../src/memory/store.ts";
import type { Repositories } from "../src/ports/repositories.ts";
import { type Calculator, calculator } from "../src/services/calculations/calculator.ts";
import { inlineRunner, type Runner, RunnerLost } from "../src/services/calculations/runner.ts";
import { categoryModels, modelsWithin } from "../src/services/categories/models.ts";
import type { DemandSoFar } from "../src/services/predictions/outlook.ts";
import { testDeps } from "./support/deps.ts";

const open: Calculator[] = [];
afterEach(() => Promise.all(open.splice(0).map((one) => one.close())));

function made(
  start: () => Promise<Runner | null>,
  { threads = 1, errors = [] as unknown[] } = {},
): Calculator {
  const one = calculator({ threads, start, onError: (error) => errors.push(error) });
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
const asked = (productId: number) => ({ of: [demand(productId)] });

test("a thread says the same as the event loop, bit for bit", async () => {
  const of = [1, 2, 3].map((id) => demand(id));
  const series = of.map(({ demand: { units }, from }) => ({
    ...{ values: units, frequency: "daily" as const, start: from },
  }));
  const [threaded, inline] = [made(startThread), made(async () => null)];
  const shop = (await threaded.runLong("shopProfile", { series })) ?? undefined;
  expect(shop?.products).toBe(3);
  expect(shop).toEqual(await inline.run("shopProfile", { series }));
  for (const input of [{ of }, { of: of.map((one) => ({ ...one, shop })), horizon: 90 }]) {
    const said = await threaded.run("outlooks", input);
    expect(said[0]?.forecast.verdict).toBe("ok");
    expect(said).toStrictEqual(await inline.run("outlooks", input));
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
  const shops = [1, 2].map(() => threaded.runLong("shopProfile", { series }));
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
    (await of.run("outlooks", { of: [demand(1, -3)] }).catch((error: unknown) => error)) as EngineError;
  const error = await refused(threaded);
  expect(error).toBeInstanceOf(EngineError);
  const { name, field, expected, code, message } = await refused(made(async () => null));
  expect(error).toMatchObject({ name, field, expected, code, message });
  expect(await threaded.run("outlooks", asked(1))).toHaveLength(1);
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
  const [first, second] = await Promise.all([
    fragile.run("outlooks", asked(1)),
    fragile.run("outlooks", asked(2)),
  ]);
  expect([...first, ...second]).toStrictEqual(
    await made(async () => null).run("outlooks", { of: [demand(1), demand(2)] }),
  );
  expect(runners).toHaveLength(2);

  deaths = 2;
  const [lost, kept] = await Promise.allSettled([
    fragile.run("outlooks", asked(1)),
    fragile.run("outlooks", asked(2)),
  ]);
  expect(lost).toMatchObject({ status: "rejected", reason: { message: "The thread ended with code 1." } });
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
  const run = (what: string, urgent: boolean) => slow.run("outlooks", what as never, { urgent });
  const all = [run("first", false), run("later", false), run("last", false), run("asked for", true)];
  const more = Array.from({ length: 497 }, (_, n) => run(String(n), false));
  await expect(run("too many", true)).rejects.toMatchObject({ code: "unavailable", retryAfter: 1 });
  gate.resolve();
  await Promise.all([...all, ...more]);
  expect(order.slice(0, 4)).toEqual(["first", "asked for", "later", "last"]);
});

test("where there is no thread the event loop does it, and what takes seconds is left", async () => {
  const errors: unknown[] = [];
  for (const one of [made(startThread, { threads: 0, errors }), made(async () => null, { errors })]) {
    expect(await one.run("outlooks", asked(1))).toHaveLength(1);
    expect(await one.runLong("shopProfile", { series: [] })).toBeNull();
    expect(one.threaded).toBe(false);
  }
  expect(errors, "nothing has failed").toEqual([]);
  const broken = made(() => Promise.reject(new RunnerLost("no")), { errors });
  expect(await broken.runLong("shopProfile", { series: [] })).toBeNull();
  for (const id of [1, 2]) expect(await broken.run("outlooks", asked(id))).toHaveLength(1);
  expect(errors.map(String), "told once").toEqual([
    expect.stringMatching(/^Error: No thread could be started/),
  ]);
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
  const waiting = [1, 2].map((id) => one.run("outlooks", asked(id)));
  const ended = Promise.allSettled(waiting);
  await expect.poll(() => stopped.length).toBe(1);
  await one.close();
  for (const { status, reason } of (await ended) as PromiseRejectedResult[])
    expect([status, reason.code]).toEqual(["rejected", "unavailable"]);
  expect(ends).toBe(1);
  await expect(one.run("outlooks", asked(1))).rejects.toMatchObject({ code: "unavailable" });
  expect(await inlineRunner.run("outlooks", asked(1))).toHaveLength(1);
});

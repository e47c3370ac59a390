import { learnShop, type SeriesInput } from "@amused/engines";
import { expect, test } from "vitest";
import { createAmused } from "../src/amused.ts";
import { memoryStore } from "../src/memory/store.ts";
import type { Calculator } from "../src/services/calculations/calculator.ts";
import { chosen, learnShopIfDue } from "../src/services/predictions/learn-shop.ts";
import { testDeps } from "./support/deps.ts";

const hour = 3_600_000;

async function openShop() {
  let time = Date.parse("2025-06-16T12:00:00Z");
  const now = () => new Date(time);
  const store = memoryStore({ now });
  const amused = await createAmused({ store, now, threads: 0 });
  const learned: SeriesInput[][] = [];
  const calculator: Calculator = {
    run: () => Promise.reject(new Error("nothing is forecast here")),
    async runLong(_, input) {
      const { series } = input as { series: SeriesInput[] };
      learned.push(series);
      return learnShop(series, { horizon: 28 }) as never;
    },
    threaded: true,
    isSetAside: () => false,
    close: async () => {},
  };
  const deps = { ...testDeps(store, now), calculator };
  const shop = amused.seller("acme");
  return {
    ...{ shop, store, learned, deps, now },
    later(ms: number) {
      time += ms;
    },
    learn: (changes: Partial<Calculator> = {}) =>
      learnShopIfDue(
        { ...deps, calculator: { ...calculator, ...changes } },
        "acme",
        new AbortController().signal,
        async () => true,
      ),
    /** Makes products, and what they sold on each of the last sixty days. */
    async add(...names: string[]) {
      for (const name of names) {
        const { id } = await shop.products.create({ name, quantity: 9 });
        const days = Array.from({ length: 60 }, (_, day) => new Date(time - (day + 1) * 24 * hour));
        const lines = days.map((day, n) => `${id},${1 + ((n + id) % 4)},${day.toISOString()}`);
        await shop.sales.import(`productId,quantity,soldAt\n${lines.join("\n")}\n`);
      }
    },
  };
}

test("a shop is learned once a week, and sooner when its catalogue or its history has become another", async () => {
  const { shop, learned, learn, add, later, deps } = await openShop();
  await add("Tea", "Pot", "Mug", "Cup");
  await learn();
  expect(learned.map((series) => series.length)).toEqual([4]);
  expect(learned[0]?.[0]).toMatchObject({ frequency: "daily", start: "2025-04-17" });
  expect((await deps.shopProfiles.find("acme"))?.products).toBe(4);

  later(2 * hour);
  await learn();
  await shop.products.create({ name: "Tin" });
  await learn();
  expect(learned.length, "nothing much has changed").toBe(1);
  await shop.products.create({ name: "Box" });
  await learn();
  expect(learned.length, "the catalogue is half as large again").toBe(2);

  await add("Jug");
  await learn();
  expect(learned.length, "an hour has to pass").toBe(2);
  later(2 * hour);
  await learn();
  expect(learned.map((series) => series.length)).toEqual([4, 4, 5]);

  later(6 * 24 * hour);
  await learn();
  expect(learned.length).toBe(3);
  later(2 * 24 * hour);
  await learn();
  expect(learned.length).toBe(4);
});

test("too few products teach nothing, until there are enough", async () => {
  const { learn, add, later, deps, store, now } = await openShop();
  await add("Tea");
  await learn();
  expect(await deps.shopProfiles.find("acme")).toBeUndefined();
  const made = {
    ...{ productId: 1, type: "forecast" as const, data: {}, confidence: 1, model: "naive", basedOn: 0 },
    ...{ runOutOn: null, dueOn: "2025-07-12", expiresAt: "2030-01-01T00:00:00.000Z" },
  };
  const command = { sellerId: "acme", actor: null, at: now(), epoch: "e", idempotency: null };
  await store.predictions.save(command, [made]);
  later(2 * hour);
  await add("Pot");
  await learn();
  expect((await deps.shopProfiles.find("acme"))?.products).toBe(2);
  const { products } = await store.predictions.stale({ now: now(), limit: 9, after: null });
  expect(
    products.map(({ productId }) => productId),
    "what was made without it is made anew",
  ).toEqual([1, 2]);
});

test("a profile that can not be read is none, and is made anew", async () => {
  const { learn, add, deps, store, now, later } = await openShop();
  await add("Tea", "Pot");
  for (const profile of ["{", '{"profile":{"version":99},"catalogue":2}']) {
    const version = (await store.engines.load("acme", "shop-profile"))?.version ?? 0;
    await store.engines.save("acme", "shop-profile", { state: profile, basedOn: 0, version, at: now() });
    later(2 * hour);
    expect(await deps.shopProfiles.find("acme")).toBeUndefined();
    await learn();
    expect((await deps.shopProfiles.find("acme"))?.version).toBe(1);
  }
});

test("without threads a shop is not learned, and nothing is read for it", async () => {
  const { learn, add, learned, store } = await openShop();
  await add("Tea", "Pot");
  await learn({ threaded: false });
  await learn({ runLong: async () => null });
  expect([learned, await store.engines.load("acme", "shop-profile")]).toEqual([[], null]);
});

test("those that sell most are learned from, and some of all others that sell", () => {
  const sold = Array.from({ length: 1_000 }, (_, n) => ({ id: n + 1, units: n < 500 ? 0 : 1_000 - n }));
  const ids = chosen(sold);
  expect(ids).toHaveLength(200);
  expect(ids.slice(0, 100)).toEqual(Array.from({ length: 100 }, (_, n) => 501 + n));
  expect(ids.slice(100, 103)).toEqual([601, 605, 609]);
  expect(ids.at(-1)).toBe(997);
  expect(chosen(sold.toReversed())).toEqual(ids);
});

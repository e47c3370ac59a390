import { fakeClock } from "@amused/testkit";
import { expect, test } from "vitest";
import { createAmused } from "../src/amused.ts";
import { memoryCache } from "../src/memory/cache.ts";
import { memoryStore } from "../src/memory/store.ts";
import type { Cache } from "../src/ports/cache.ts";
import { cachedOver } from "../src/services/cached.ts";
import { canonicalJson } from "../src/services/canonical.ts";

const key = { sellerId: "acme", kind: "test", inputs: { a: 1 } };
const hour = 3_600_000;

function setUp(cache: Cache = memoryCache(), limitMs = 250) {
  const clock = fakeClock();
  const errors: unknown[] = [];
  const cached = cachedOver(cache, { now: clock.now, onError: (error) => errors.push(error), limitMs });
  let made = 0;
  const make = async () => ++made;
  return { clock, errors, cached, make, made: () => made };
}

test("many who ask at once cause one answer, which is then kept", async () => {
  const { cached, make, made } = setUp();
  expect(await Promise.all(Array.from({ length: 50 }, () => cached.answer(key, hour, make)))).toEqual(
    new Array(50).fill(1),
  );
  expect([await cached.answer(key, hour, make), made()]).toEqual([1, 1]);
});

test("a value in memory does not outlive its time when the clock goes back", async () => {
  let at = 1_000_000;
  const cache = memoryCache({ now: () => new Date(at) });
  await cache.set("a", "x", 1_000);
  at -= 500_000;
  expect(await cache.get("a")).toBeNull();
});

test("what differs in seller, kind or inputs is another answer; the order of names is no difference", async () => {
  const { cached, make } = setUp();
  const keys = [
    key,
    { ...key, sellerId: "bolt" },
    { ...key, kind: "other" },
    { ...key, inputs: { a: 2 } },
    { sellerId: "acme:test", kind: "x", inputs: 1 },
    { sellerId: "acme", kind: "test:x", inputs: 1 },
  ];
  for (const [n, one] of keys.entries()) expect(await cached.answer(one, hour, make)).toBe(n + 1);
  expect(canonicalJson({ b: [{ d: 1, c: 2 }], a: null })).toBe(
    canonicalJson({ a: null, b: [{ c: 2, d: 1 }] }),
  );
  expect(canonicalJson([1, 2])).not.toBe(canonicalJson([2, 1]));
});

test("a failure is everyone's who asked, and nobody's who asks later", async () => {
  const { cached, make } = setUp();
  const fail = () => Promise.reject(new Error("broken"));
  const both = await Promise.allSettled([cached.answer(key, hour, fail), cached.answer(key, hour, fail)]);
  expect(both.map(({ status }) => status)).toEqual(["rejected", "rejected"]);
  expect(await cached.answer(key, hour, make)).toBe(1);
});

test("a cache that throws, at once or later, is told of once and breaks no answer", async () => {
  for (const fail of [
    () => {
      throw new Error("down");
    },
    () => Promise.reject(new Error("down")),
  ]) {
    const broken: Cache = { get: fail, set: fail, delete: fail, deleteAll: fail, close: async () => {} };
    const { cached, make, errors, clock } = setUp(broken);
    expect([await cached.answer(key, hour, make), await cached.answer(key, hour, make)]).toEqual([1, 2]);
    expect(errors.map(String)).toEqual(["Error: down"]);
    // It is asked again after a rest.
    clock.advance(5_001);
    expect(await cached.answer(key, hour, make)).toBe(3);
    expect(errors).toHaveLength(2);
  }
});

test("a cache that hangs is waited for once and then left alone", async () => {
  let asked = 0;
  const hang = () => {
    asked++;
    return new Promise<never>(() => {});
  };
  const { cached, make, errors } = setUp(
    { get: hang, set: hang, delete: hang, deleteAll: hang, close: async () => {} },
    30,
  );
  const from = performance.now();
  for (let n = 1; n <= 5; n++) expect(await cached.answer(key, hour, make)).toBe(n);
  expect(performance.now() - from).toBeLessThan(1_000);
  expect([asked, errors.length]).toEqual([1, 1]);
});

test("what a cache gives back that is no JSON is as nothing", async () => {
  const { cached, make } = setUp({ ...memoryCache(), get: async () => "{half" });
  expect(await cached.answer(key, hour, make)).toBe(1);
});

test("a full cache lets go what was not asked for the longest, by bytes and by number", async () => {
  const byNumber = memoryCache({ maxEntries: 3 });
  for (const name of ["a", "b", "c"]) await byNumber.set(name, name, hour);
  await byNumber.get("a");
  await byNumber.set("d", "d", hour);
  expect(await Promise.all(["a", "b", "c", "d"].map((name) => byNumber.get(name)))).toEqual([
    "a",
    null,
    "c",
    "d",
  ]);

  const byBytes = memoryCache({ maxBytes: 10_000 });
  for (let n = 0; n < 100; n++) await byBytes.set(`k${n}`, "x".repeat(1_000), hour);
  const kept = await Promise.all(Array.from({ length: 100 }, (_, n) => byBytes.get(`k${n}`)));
  expect(kept.flatMap((value, n) => (value === null ? [] : [n]))).toEqual([96, 97, 98, 99]);
  await byBytes.set("k99", "x".repeat(6_000), hour);
  // One that would never fit takes the old value along, and no other.
  expect([await byBytes.get("k99"), await byBytes.get("k98")]).toEqual([null, "x".repeat(1_000)]);
});

const isoDay = (daysAgo: number) => new Date(Date.now() - daysAgo * 86_400_000).toISOString().slice(0, 10);

test("a long forecast is made once, and anew when something happened to the product", async () => {
  const cache = memoryCache();
  let sets = 0;
  const set: Cache["set"] = (...given) => {
    sets++;
    return cache.set(...given);
  };
  let ahead = 0;
  const amused = await createAmused({
    ...{ store: memoryStore(), cache: { ...cache, set }, now: () => new Date(Date.now() + ahead) },
  });
  const shop = amused.seller("acme");
  const { id } = await shop.products.create({ name: "Tea", quantity: 500 });
  const rows = Array.from({ length: 60 }, (_, day) => `${id},${5 + (day % 3)},${isoDay(day + 1)}`);
  await shop.sales.import(`productId,quantity,soldAt\n${rows.join("\n")}\n`);
  const long = () => shop.predictions.forecast(id, { horizon: 90 });
  const asked = await Promise.all(Array.from({ length: 20 }, long));
  expect([new Set(asked.map((one) => JSON.stringify(one))).size, sets]).toEqual([1, 1]);
  const [first] = asked;
  expect(first).toMatchObject({ verdict: "ok", behind: 0, points: { length: 90 } });
  ahead = 2_000;
  expect(await long()).toEqual(first);
  expect(sets).toBe(1);
  await shop.sales.record({ lines: [{ productId: id, quantity: 3 }] });
  ahead = 4_000;
  const after = await long();
  expect([after.generatedAt === first?.generatedAt, after.behind, sets]).toEqual([false, 0, 2]);
  await shop.predictions.forecast(id, { horizon: 91 });
  expect(sets).toBe(3);
  await amused.close();
});

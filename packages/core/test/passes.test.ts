import { afterEach, expect, test, vi } from "vitest";
import { createAmused } from "../src/amused.ts";
import { memoryStore } from "../src/memory/store.ts";
import { passes } from "../src/services/passes.ts";
import { createRecommenders } from "../src/services/recommendations/recommenders.ts";
import { testDeps } from "./support/deps.ts";

afterEach(() => void vi.useRealTimers());

test("alerts are looked through each minute, however long forecasts of a large catalogue take", async () => {
  vi.useFakeTimers();
  const now = () => new Date();
  const store = memoryStore({ now });
  const { promise, resolve } = Promise.withResolvers<void>();
  let looked = 0;
  const repositories = {
    ...store,
    alerts: {
      ...store.alerts,
      async due() {
        looked++;
        return [];
      },
    },
    predictions: { ...store.predictions, stale: () => promise.then(() => ({ products: [], next: null })) },
  };
  const deps = { ...testDeps(repositories, now), recommenders: createRecommenders({ repositories, now }) };
  const passing = passes(deps, (error) => expect.unreachable(String(error)));
  passing.start();
  await vi.advanceTimersByTimeAsync(5 * 60_000);
  expect(looked).toBe(6);
  resolve();
  await passing.stop();
});

test("closing waits once for all that hangs, passes and consumers", async () => {
  vi.useFakeTimers();
  const now = () => new Date();
  const store = memoryStore({ now });
  const predictions = { ...store.predictions, stale: () => new Promise<never>(() => {}) };
  const amused = await createAmused({ store: { ...store, predictions }, now, onError() {} });
  let handling = false;
  amused.events.consume("mails", ["product.created"], () => {
    handling = true;
    return new Promise(() => {});
  });
  await amused.start();
  await amused.seller("acme").products.create({ name: "Tea" });
  await vi.advanceTimersByTimeAsync(3_000);
  expect(handling).toBe(true);
  let closed = false;
  void amused.close().then(() => {
    closed = true;
  });
  await vi.advanceTimersByTimeAsync(4_900);
  expect(closed).toBe(false);
  await vi.advanceTimersByTimeAsync(600);
  expect(closed).toBe(true);
});

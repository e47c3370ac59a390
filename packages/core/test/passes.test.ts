import { afterEach, expect, test, vi } from "vitest";
import { createAmused } from "../src/amused.ts";
import { memoryStore } from "../src/memory/store.ts";
import { noMeanings } from "../src/services/meaning/meanings.ts";
import { passes } from "../src/services/passes.ts";
import { createRecommenders } from "../src/services/recommendations/recommenders.ts";
import { testDeps } from "./support/deps.ts";

afterEach(() => {
  vi.useRealTimers();
});

test("alerts are woken every minute, however long predictions take, and stopping waits for all that is in flight", async () => {
  vi.useFakeTimers();
  const store = memoryStore();
  const now = () => new Date();
  const long = Promise.withResolvers<{ products: []; next: null }>();
  const stale = vi.spyOn(store.predictions, "stale").mockReturnValue(long.promise);
  const due = vi.spyOn(store.alerts, "due");
  const recommenders = createRecommenders({ repositories: store, now });
  const failed: unknown[] = [];
  const work = passes({ ...testDeps(store, now), recommenders, meanings: noMeanings }, (error) =>
    failed.push(error),
  );
  work.start();
  await vi.advanceTimersByTimeAsync(185_000);
  expect(due).toHaveBeenCalledTimes(4);
  expect(stale).toHaveBeenCalledTimes(1);

  void work.stop();
  work.start();
  let hasStopped = false;
  const stopped = work.stop().then(() => {
    hasStopped = true;
  });
  stale.mockResolvedValue({ products: [], next: null });
  await vi.advanceTimersByTimeAsync(1_000);
  expect(hasStopped).toBe(false);
  long.resolve({ products: [], next: null });
  await stopped;
  expect(failed).toEqual([]);
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

test("a seller who is erased is woken for no longer, and nothing is kept of it", async () => {
  vi.useFakeTimers();
  const now = () => new Date();
  const store = memoryStore({ now });
  const command = { sellerId: "acme", actor: null, at: now(), epoch: "e", idempotency: null };
  await store.settings.update(command, { packSize: 3 });
  const recommenders = createRecommenders({ repositories: store, now });
  const work = passes({ ...testDeps(store, now), recommenders, meanings: noMeanings }, () => {});
  await store.erasures.begin("acme", { at: now(), epoch: "e", requestedBy: null });
  work.start();
  work.wake("acme");
  await vi.advanceTimersByTimeAsync(2_000);
  while ((await store.erasures.step("acme", 100)) > 0);
  await store.erasures.finish("acme", now());
  const asked = vi.spyOn(store.engines, "save");
  await vi.advanceTimersByTimeAsync(11 * 60_000);
  expect(asked).not.toHaveBeenCalled();
  expect(await store.engines.load("acme", "predictions-pass")).toBeNull();
  await work.stop();
});

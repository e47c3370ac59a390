import { afterEach, expect, test, vi } from "vitest";
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

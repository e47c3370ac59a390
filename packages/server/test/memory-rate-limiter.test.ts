import { memoryRateLimiter } from "@amused/server";
import { rateLimiterConformance } from "@amused/testkit";
import { afterAll, beforeAll, expect, test, vi } from "vitest";

beforeAll(() => void vi.useFakeTimers());
afterAll(() => void vi.useRealTimers());

rateLimiterConformance({
  name: "memoryRateLimiter",
  open: () => memoryRateLimiter(),
  advance: (ms) => void vi.advanceTimersByTime(ms),
});

test("beyond so many keys, the one whose window ends first is forgotten, and no other", async () => {
  const limiter = memoryRateLimiter({ maxKeys: 100 });
  const one = { name: "one", limit: 1, windowMs: 60_000 };
  for (let n = 0; n < 101; n++) await limiter.consume(one, `key ${n}`, 1);
  const allowed = async (n: number) => (await limiter.peek(one, `key ${n}`)).allowed;
  expect([await allowed(0), await allowed(1), await allowed(100)]).toEqual([true, false, false]);
});

test("a guesser of ten times as many addresses leaves it as large as it may be", async () => {
  const limiter = memoryRateLimiter({ maxKeys: 1_000 });
  const one = { name: "one", limit: 1, windowMs: 60_000 };
  const before = vi.getTimerCount();
  for (let n = 0; n < 10_000; n++) await limiter.consume(one, `address ${n}`, 1);
  // Each key that is counted has a timer that forgets it.
  expect(vi.getTimerCount() - before).toBe(1_000);
  await limiter.close();
  expect(vi.getTimerCount() - before).toBe(0);
});

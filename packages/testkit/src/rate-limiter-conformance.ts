import type { RateLimit, RateLimiter } from "@amused/core";
import { afterAll, beforeAll, describe, expect, test } from "vitest";

export interface RateLimiterConformanceOptions {
  /** The adapter's name, as the tests shall say it. */
  name: string;
  open(): Promise<RateLimiter> | RateLimiter;
  /** Moves the adapter's clock, where it has one that can be moved; else its time is waited for. */
  advance?(ms: number): void;
}

/**
 * Registers tests, with vitest, that say whether an adapter keeps the promises of the `RateLimiter` port.
 *
 * @example
 * rateLimiterConformance({ name: "memoryRateLimiter", open: memoryRateLimiter, advance: (ms) => void vi.advanceTimersByTime(ms) });
 */
export function rateLimiterConformance({ name, open, advance }: RateLimiterConformanceOptions): void {
  describe(`${name} keeps the promises of a rate limiter`, () => {
    let limiter: RateLimiter;
    beforeAll(async () => {
      limiter = await open();
    });
    afterAll(() => limiter.close());

    const three: RateLimit = { name: "three", limit: 3, windowMs: 60_000 };

    test("lets in what the limit says, and says what is left", async () => {
      const states = [];
      for (let n = 0; n < 5; n++) states.push(await limiter.consume(three, "a", 1));
      expect(states.map(({ allowed }) => allowed)).toEqual([true, true, true, false, false]);
      expect(states.map(({ remaining }) => remaining)).toEqual([2, 1, 0, 0, 0]);
      for (const { resetMs } of states) {
        expect(resetMs).toBeGreaterThan(0);
        expect(resetMs).toBeLessThanOrEqual(60_000);
      }
    });

    test("of many at once lets in no more", async () => {
      const ten: RateLimit = { name: "ten", limit: 10, windowMs: 60_000 };
      const states = await Promise.all(Array.from({ length: 50 }, () => limiter.consume(ten, "many", 1)));
      expect(states.filter(({ allowed }) => allowed)).toHaveLength(10);
    });

    test("lets in what costs more than is left, as long as anything is, and nothing after it", async () => {
      const twenty: RateLimit = { name: "twenty", limit: 20, windowMs: 60_000 };
      expect(await limiter.consume(twenty, "dear", 5)).toMatchObject({ allowed: true, remaining: 15 });
      expect(await limiter.consume(twenty, "dear", 50)).toMatchObject({ allowed: true, remaining: 0 });
      expect(await limiter.consume(twenty, "dear", 1)).toMatchObject({ allowed: false, remaining: 0 });
    });

    test("keys do not share a limit, nor limits a key", async () => {
      const keys = ["k", "K", " k", "k:1", "__proto__", "constructor", "é", "e\u0301", "k".repeat(300)];
      for (const key of keys) {
        expect([key, await limiter.consume(three, key, 2)]).toEqual([
          key,
          expect.objectContaining({ allowed: true, remaining: 1 }),
        ]);
      }
      const other: RateLimit = { ...three, name: "other" };
      expect(await limiter.consume(other, "k", 1)).toMatchObject({ remaining: 2 });
    });

    test("says what is left without counting that", async () => {
      expect(await limiter.peek(three, "looked at")).toEqual({
        allowed: true,
        remaining: 3,
        resetMs: three.windowMs,
      });
      await limiter.consume(three, "looked at", 1);
      for (let n = 0; n < 5; n++)
        expect(await limiter.peek(three, "looked at")).toMatchObject({ allowed: true, remaining: 2 });
      await limiter.consume(three, "looked at", 2);
      expect(await limiter.peek(three, "looked at")).toMatchObject({ allowed: false, remaining: 0 });
    });

    test("gives all of it back when the window is over, however much was refused in it", async () => {
      const second: RateLimit = { name: "second", limit: 2, windowMs: 1_000 };
      for (let n = 0; n < 10; n++) await limiter.consume(second, "again", 1);
      expect(await limiter.consume(second, "again", 1)).toMatchObject({ allowed: false });
      await passed(1_100);
      expect(await limiter.peek(second, "again")).toMatchObject({ allowed: true, remaining: 2 });
      expect(await limiter.consume(second, "again", 1)).toMatchObject({ allowed: true, remaining: 1 });
    });

    test("it can be closed, also twice", async () => {
      const another = await open();
      await another.consume(three, "a", 1);
      await another.close();
      await another.close();
    });

    async function passed(ms: number): Promise<void> {
      if (advance === undefined) await new Promise((resolve) => setTimeout(resolve, ms));
      else advance(ms);
    }
  });
}

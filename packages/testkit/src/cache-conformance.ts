import type { Cache } from "@amused/core";
import { afterAll, beforeAll, describe, expect, test, vi } from "vitest";

export interface CacheConformanceOptions {
  /** The adapter's name, as the tests shall say it. */
  name: string;
  open(): Promise<Cache> | Cache;
  /** Moves the adapter's clock, where it has one that can be moved; else its time is waited for. */
  advance?(ms: number): void;
}

/**
 * Registers tests, with vitest, that say whether an adapter keeps the promises of the `Cache` port.
 *
 * @example
 * const clock = fakeClock();
 * cacheConformance({ name: "memoryCache", open: () => memoryCache({ now: clock.now }), advance: clock.advance });
 */
export function cacheConformance({ name, open, advance }: CacheConformanceOptions): void {
  describe(`${name} keeps the promises of a cache`, () => {
    let cache: Cache;
    beforeAll(async () => {
      cache = await open();
    });
    afterAll(() => cache.close());

    const long = 60_000;

    test("what was set comes back, letter by letter", async () => {
      const values = [
        "",
        "a",
        "null",
        "Ünïcode 🍵 \0\n\r\t'\"\\",
        "🍵".repeat(100_000),
        "x".repeat(1_000_000),
      ];
      for (const [n, value] of values.entries()) await cache.set(`back-${n}`, value, long);
      for (const [n, value] of values.entries()) expect((await cache.get(`back-${n}`)) === value).toBe(true);
    });

    test("what was never set is not there, and can be deleted", async () => {
      expect(await cache.get("never")).toBeNull();
      await cache.delete("never");
    });

    test("keys that look alike are different ones", async () => {
      const keys = [
        "k",
        "K",
        " k",
        "k ",
        "k\n",
        "k:*",
        "k?",
        "k[1]",
        "__proto__",
        "constructor",
        "é",
        "e\u0301",
        "k".repeat(500),
      ];
      await Promise.all(keys.map((key) => cache.set(key, `of ${key}`, long)));
      expect(await Promise.all(keys.map((key) => cache.get(key)))).toEqual(keys.map((key) => `of ${key}`));
    });

    test("the last value counts, and its time to live", async () => {
      await cache.set("again", "first", 50);
      await cache.set("again", "second", long);
      await passed(100);
      expect(await cache.get("again")).toBe("second");
      await cache.set("again", "third", 50);
      await gone("again");
    });

    test("what was deleted is gone, and can be set again", async () => {
      await cache.set("deleted", "a", long);
      await cache.delete("deleted");
      expect(await cache.get("deleted")).toBeNull();
      await cache.set("deleted", "b", long);
      expect(await cache.get("deleted")).toBe("b");
    });

    test("what has lived its time is gone, also if it was asked for meanwhile", async () => {
      await cache.set("short", "a", 1_000);
      await cache.set("shorter", "b", 1);
      await passed(20);
      expect([await cache.get("short"), await cache.get("shorter")]).toEqual(["a", null]);
      await gone("short");
    });

    test("many at once do not mix", async () => {
      const keys = Array.from({ length: 500 }, (_, n) => `many-${n}`);
      await Promise.all(keys.map((key) => cache.set(key, key.repeat(20), long)));
      const got = await Promise.all(keys.map((key) => cache.get(key)));
      expect(got).toEqual(keys.map((key) => key.repeat(20)));
    });

    test("what begins alike can be deleted at once, and nothing else", async () => {
      for (const key of ["x:a*:1", "x:a*:2", "x:ab:1", "x:a", "y:x:a*:1"]) await cache.set(key, key, long);
      await cache.deleteAll("x:a*:");
      const left = ["x:a*:1", "x:a*:2", "x:ab:1", "x:a", "y:x:a*:1"].map((key) => cache.get(key));
      expect(await Promise.all(left)).toEqual([null, null, "x:ab:1", "x:a", "y:x:a*:1"]);
      await cache.deleteAll("nothing");
    });

    test("it can be closed, also twice", async () => {
      const another = await open();
      await another.close();
      await another.close();
    });

    async function passed(ms: number): Promise<void> {
      if (advance === undefined) await new Promise((resolve) => setTimeout(resolve, ms));
      else advance(ms);
    }

    /** Whatever lives a second at most is gone, at the latest when it is over. */
    async function gone(key: string): Promise<void> {
      advance?.(1_000);
      await vi.waitFor(async () => expect(await cache.get(key)).toBeNull(), { timeout: 5_000, interval: 20 });
    }
  });
}

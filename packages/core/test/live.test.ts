import { afterEach, beforeEach, expect, test, vi } from "vitest";
import type { Page } from "../src/domain/page.ts";
import { AmusedError } from "../src/errors.ts";
import type { LiveSource } from "../src/live/follow.ts";
import { liveList } from "../src/live/live-list.ts";

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

interface Fact {
  id: string;
  type: string;
  /** What the event makes of the items; nothing where the page has to be read again. */
  items?: string[];
}

const page = (items: string[], seq: number): Page<string> => ({ items, nextCursor: null, asOf: `e.${seq}` });
const down = () => new AmusedError("unavailable", "down", {});

/** A source that answers with these pages and events, and keeps the signals that it was handed. */
function fake(pages: (Page<string> | Error | "never")[], events: Fact[] = []) {
  const signals: AbortSignal[] = [];
  const from: string[] = [];
  const source: LiveSource<string, Fact> = {
    read(signal) {
      signals.push(signal);
      const next = pages.length > 1 ? pages.shift() : pages[0];
      if (next === "never" || next === undefined) return new Promise(() => {});
      return next instanceof Error ? Promise.reject(next) : Promise.resolve(next);
    },
    async *subscribe(cursor, signal) {
      from.push(cursor);
      yield* events;
      await new Promise((done) => signal.addEventListener("abort", done, { once: true }));
    },
    step: (known, { items }) => items && { ...known, items },
  };
  return { source, signals, from };
}

/** Where a list is when its only subscriber leaves, or its signal aborts. */
const phases: [string, Parameters<typeof fake>, string][] = [
  ["the first page is on its way", [["never"]], "loading"],
  ["the first page failed and is waited for", [[down()]], "loading"],
  ["the stream is open", [[page(["a"], 1)]], "live"],
  ["a reload is held back", [[page(["a"], 1)], [{ id: "e.2", type: "x" }]], "live"],
  ["a reload failed", [[page(["a"], 1), down()], [{ id: "e.2", type: "x" }]], "stale"],
];

for (const way of ["leaves", "aborts"])
  test.each(phases)(
    `a consumer that ${way} while %s leaves nothing behind`,
    async (_, [pages, events], status) => {
      const { source, signals } = fake([...pages], events);
      const stop = new AbortController();
      const list = liveList(source, stop.signal);
      const leave = list.subscribe(() => {});
      await vi.advanceTimersByTimeAsync(status === "stale" ? 260 : 0);
      expect(list.get().status).toBe(status);
      if (way === "leaves") leave();
      else stop.abort();
      await vi.advanceTimersByTimeAsync(0);
      expect(vi.getTimerCount()).toBe(0);
      expect(signals.every(({ aborted }) => aborted)).toBe(true);
      expect(list.get().status).toBe("idle");
    },
  );

test("what the page knows already is left out, what comes after it is applied", async () => {
  const { source, from } = fake(
    [page(["a"], 5)],
    [
      { id: "e.5", type: "x", items: ["old"] },
      { id: "e.6", type: "x", items: ["a", "b"] },
    ],
  );
  const list = liveList(source, undefined);
  const seen: unknown[] = [];
  const leave = list.subscribe(({ items, status }) => seen.push([status, ...items]));
  await vi.advanceTimersByTimeAsync(0);
  expect(seen).toEqual([["loading"], ["live", "a"], ["live", "a", "b"]]);
  expect(from).toEqual(["e.5"]);
  expect(list.get()).toBe(list.get());
  expect(Object.isFrozen(list.get().items)).toBe(true);
  leave();
});

test("reloads are one at a time and apart, and a page supersedes what it knows", async () => {
  const asked = [2, 3, 4].map((seq) => ({ id: `e.${seq}`, type: "x" }));
  const { source, signals } = fake([page(["a"], 1), page(["b"], 3), page(["c"], 9)], asked);
  const list = liveList(source, undefined);
  const leave = list.subscribe(() => {});
  await vi.advanceTimersByTimeAsync(240);
  expect([signals.length, ...list.get().items]).toEqual([1, "a"]);
  await vi.advanceTimersByTimeAsync(240);
  expect([signals.length, ...list.get().items]).toEqual([2, "b"]);
  await vi.advanceTimersByTimeAsync(2000);
  expect([signals.length, ...list.get().items]).toEqual([3, "c"]);
  leave();
});

test("a reset, and a page from before the events seen, are met by reading again", async () => {
  const reset = { id: "", type: "stream.reset", payload: { reason: "pruned", cursor: "e.8" } };
  const { source, from } = fake([page(["a"], 1), page(["behind"], 7), page(["b"], 9)], [reset]);
  const list = liveList(source, undefined);
  const statuses: string[] = [];
  const leave = list.subscribe(({ status, items }) => statuses.push([status, ...items].join()));
  await vi.advanceTimersByTimeAsync(1500);
  expect(statuses.slice(0, 3)).toEqual(["loading", "live,a", "live,b"]);
  expect(from).toEqual(["e.1"]);
  leave();
});

test("a page that stays behind is told, and taken in the end: the database was restored", async () => {
  const pages = [page(["a"], 8), ...Array.from({ length: 99 }, () => page(["restored"], 5))];
  const { source, from } = fake(pages, [{ id: "e.9", type: "x" }]);
  const list = liveList(source, undefined);
  const statuses: string[] = [];
  const leave = list.subscribe(({ status, items }) => statuses.push([status, ...items].join()));
  await vi.advanceTimersByTimeAsync(13_000);
  expect(statuses.slice(0, 4)).toEqual(["loading", "live,a", "stale,a", "live,restored"]);
  expect(from.slice(0, 2)).toEqual(["e.8", "e.5"]);
  leave();
});

test("what can not be waited out ends it, and the next consumer begins anew", async () => {
  const { source } = fake([new AmusedError("forbidden", "no", {}), page(["a"], 1)]);
  const list = liveList(source, undefined);
  const loop = list[Symbol.asyncIterator]();
  await expect(loop.next()).rejects.toMatchObject({ code: "forbidden" });
  expect(list.get()).toMatchObject({ status: "failed", error: { code: "forbidden" } });
  const again = list[Symbol.asyncIterator]();
  expect(await again.next()).toEqual({ done: false, value: ["a"] });
  const waiting = again.next();
  await again.return?.();
  expect(await waiting).toEqual({ done: true, value: undefined });
  await vi.advanceTimersByTimeAsync(0);
  expect(vi.getTimerCount()).toBe(0);
  expect(list.get().status).toBe("idle");
});

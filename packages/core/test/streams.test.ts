import fc from "fast-check";
import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";
import { type Amused, createAmused } from "../src/amused.ts";
import { memoryStore } from "../src/memory/store.ts";
import type { Store } from "../src/ports/store.ts";
import type { OpenedStream, StreamBlock } from "../src/services/services.ts";

const acme = { sellerId: "acme", actor: null };

let store: Store;
/** The reads of the log that reached the store, by the position they began after. */
let reads: number[];
/** What the store's next reads do instead, first come first served. */
let instead: (() => Promise<never> | ReturnType<Store["events"]["read"]>)[];
let amused: Amused;
let errors: unknown[];

beforeEach(async () => {
  const memory = memoryStore();
  reads = [];
  instead = [];
  errors = [];
  store = {
    ...memory,
    events: {
      ...memory.events,
      read(sellerId, request) {
        reads.push(request.after);
        return instead.shift()?.() ?? memory.events.read(sellerId, request);
      },
    },
  };
  amused = await createAmused({ store, onError: (error) => errors.push(error) });
});
afterEach(async () => {
  await amused.close();
  vi.useRealTimers();
});

const say = (n = 1) =>
  Promise.all(
    Array.from({ length: n }, (_, i) =>
      amused.services.events.publish(acme, { type: i % 2 ? "acme.odd" : "acme.even", payload: { i } }),
    ),
  );

/** A reader that takes all that comes, or as much as `appetite` says. */
async function reader(
  subscription: { from?: string | undefined; types?: readonly string[] | undefined } = {},
  appetite: (blocks: readonly StreamBlock[]) => boolean = () => true,
) {
  const runs: (readonly StreamBlock[])[] = [];
  const ends: unknown[] = [];
  const stream: OpenedStream = await amused.services.events.stream(acme, subscription, {
    take(blocks) {
      runs.push(blocks);
      return appetite(blocks);
    },
    end: (error) => ends.push(error),
  });
  stream.more();
  const blocks = () => runs.flat();
  return {
    ...{ stream, runs, ends, blocks },
    seqs: () =>
      blocks()
        .filter(({ type }) => !type.startsWith("stream."))
        .map(({ id }) => Number(id.split(".")[1])),
    types: () => blocks().map(({ type }) => type),
  };
}

const upTo = (n: number, from = 1) => Array.from({ length: n - from + 1 }, (_, i) => from + i);
const settled = () => vi.waitFor(async () => {});

describe("the readers of one log", () => {
  test("are handed the same list of what is new, which was read once", async () => {
    await say();
    const readers = await Promise.all(Array.from({ length: 100 }, () => reader()));
    reads.length = 0;
    await say();
    await vi.waitFor(() => expect(readers.every(({ seqs }) => seqs().includes(2))).toBe(true));
    expect(reads).toEqual([1]);
    expect(new Set(readers.map(({ runs }) => runs.at(-1))).size).toBe(1);
  });

  test("of one filter share what passes it", async () => {
    const readers = await Promise.all([1, 2, 3].map(() => reader({ types: ["acme.odd"] })));
    const other = await reader({ types: ["acme.*"] });
    await say(4);
    await vi.waitFor(() => expect(other.seqs()).toEqual([1, 2, 3, 4]));
    for (const { seqs } of readers) expect(seqs()).toEqual([2, 4]);
    expect(new Set(readers.map(({ runs }) => runs.at(-1))).size).toBe(1);
  });

  test("get what was written in one tick as one run", async () => {
    const { runs, seqs } = await reader();
    await say(20);
    await vi.waitFor(() => expect(seqs()).toEqual(upTo(20)));
    expect(runs.map((run) => run.length)).toEqual([1, 20]);
  });

  test("who come back to where the newest events begin cost the store nothing", async () => {
    const stays = await reader();
    await say(300);
    await vi.waitFor(() => expect(stays.seqs()).toHaveLength(300));
    reads.length = 0;
    const ids = stays.blocks().slice(1);
    const back = await Promise.all(upTo(50).map((n) => reader({ from: ids[n * 5]?.id as string })));
    back.forEach(({ seqs, types }, i) => {
      expect(types()[0]).toBe("stream.open");
      expect(seqs()).toEqual(upTo(300, (i + 1) * 5 + 2));
    });
    expect(reads).toEqual([]);
  });

  test("who want the same part of a long backlog share the reads of it", async () => {
    await say(700);
    const readers = await Promise.all(upTo(30).map(() => reader({ from: "start" })));
    await vi.waitFor(() => {
      for (const { seqs } of readers) expect(seqs()).toEqual(upTo(700));
    });
    // Three for the log itself, and its three pieces for the first reader and for all the others: not 90.
    expect(reads.length).toBeLessThanOrEqual(9);
  });

  test("begin at what is true when they ask, not at what was known", async () => {
    await reader();
    await store.events.append({ ...acme, at: new Date(), epoch: "e", idempotency: null }, [
      { type: "acme.elsewhere", productId: null, payload: {} },
    ]);
    const late = await reader();
    await say();
    await vi.waitFor(() => expect(late.seqs()).toEqual([2]));
  });
});

describe("a reader", () => {
  test("that takes no more holds up nobody, and loses nothing", async () => {
    const fast = await reader();
    const slow = await reader({}, () => false);
    await say(30);
    await vi.waitFor(() => expect(fast.seqs()).toEqual(upTo(30)));
    expect(slow.seqs()).toEqual([]);
    while (slow.seqs().length < 30) {
      slow.stream.more();
      await settled();
    }
    expect(slow.seqs()).toEqual(upTo(30));
    await say();
    slow.stream.more();
    await vi.waitFor(() => expect(slow.seqs()).toEqual(upTo(31)));
  });

  test("is handed no more than a handful at a time", async () => {
    for (let i = 0; i < 5; i++)
      await amused.services.events.publish(acme, {
        type: "acme.large",
        payload: { text: "x".repeat(40_000) },
      });
    const { runs, seqs } = await reader({ from: "start" });
    await vi.waitFor(() => expect(seqs()).toEqual(upTo(5)));
    expect(runs.map((run) => run.length)).toEqual([1, 1, 1, 1, 1, 1]);
  });

  test("that throws ends, and nobody else", async () => {
    const bad = await reader({}, (blocks) => {
      if (blocks[0]?.type === "stream.open") return true;
      throw new Error("mine");
    });
    const good = await reader();
    await say(2);
    await vi.waitFor(() => expect(good.seqs()).toEqual([1, 2]));
    expect(bad.ends).toEqual([new Error("mine")]);
  });

  test("that has left is told nothing more, not even the end", async () => {
    const { stream, runs, ends } = await reader();
    stream.close();
    await say();
    await amused.close();
    expect([runs.length, ends]).toEqual([1, []]);
  });

  test("with a filter is told how far the log is when nothing was for it", async () => {
    vi.useFakeTimers();
    const { types, blocks } = await reader({ types: ["acme.odd"] });
    await say(2);
    await say(1);
    await vi.advanceTimersByTimeAsync(1_000);
    expect(types()).toEqual(["stream.open", "acme.odd", "stream.cursor"]);
    expect(blocks().at(-1)?.id).toMatch(/\.3$/);
    await vi.advanceTimersByTimeAsync(5_000);
    expect(types()).toHaveLength(3);
  });

  test("with a filter is told how far it is within a long backlog", async () => {
    for (let i = 0; i < 12; i++) await say(1_000);
    const { types } = await reader({ from: "start", types: ["acme.other"] });
    await vi.waitFor(() =>
      expect(types().filter((type) => type === "stream.cursor").length).toBeGreaterThan(1),
    );
  });

  test("reads the log on when the store is back", async () => {
    vi.useFakeTimers();
    const { seqs, ends } = await reader();
    instead.push(() => Promise.reject(new Error("away")));
    await say();
    await vi.advanceTimersByTimeAsync(0);
    expect(seqs()).toEqual([]);
    await vi.advanceTimersByTimeAsync(2_000);
    expect([seqs(), ends]).toEqual([[1], []]);
  });

  test("finds what was written elsewhere within two seconds, without a hint", async () => {
    vi.useFakeTimers();
    const { seqs } = await reader();
    await store.events.append({ ...acme, at: new Date(), epoch: "e", idempotency: null }, [
      { type: "acme.elsewhere", productId: null, payload: {} },
    ]);
    await vi.advanceTimersByTimeAsync(2_000);
    expect(seqs()).toEqual([1]);
  });

  test("does not add to the load of a store that does not answer", async () => {
    vi.useFakeTimers();
    await amused.close();
    const memory = memoryStore();
    const heads = vi.fn(() => new Promise<never>(() => {}));
    amused = await createAmused({ store: { ...memory, events: { ...memory.events, heads } } });
    await reader();
    await vi.advanceTimersByTimeAsync(60_000);
    expect(heads).toHaveBeenCalledTimes(2);
  });

  test("whose catching up fails is ended with the reason", async () => {
    await say(700);
    instead.push(...[1, 2].map(() => undefined as never));
    const { ends } = await reader({ from: "start" }, (blocks) => {
      if (blocks.length > 1 && instead.length === 0) instead.push(() => Promise.reject(new Error("away")));
      return true;
    });
    await vi.waitFor(() => expect(ends).toEqual([new Error("away")]));
  });

  test("is told of a hole instead of being led over it", async () => {
    const { types, blocks } = await reader();
    const [hole] = [
      { epoch: "", head: 9, oldest: 1, events: [{ seq: 9, type: "a.b", productId: null, text: "{}" }] },
    ];
    const epoch = blocks()[0]?.id.split(".")[0] as string;
    instead.push(async () => ({ ...(hole as object), epoch }) as never);
    await say();
    await vi.waitFor(() => expect(types()).toEqual(["stream.open", "stream.reset", "a.b"]));
    expect(blocks()[1]).toMatchObject({ id: `${epoch}.8` });
    expect(amused.services.events.counters.gaps).toBe(1);
    expect(String(errors[0])).toContain("hole");
  });

  test("is told of another log once, also when it was reading its backlog then", async () => {
    await say(700);
    await reader();
    const backlog = Promise.withResolvers<Awaited<ReturnType<Store["events"]["read"]>>>();
    const { blocks, seqs } = await reader({ from: "start" }, (blocks) => {
      if (blocks[0]?.type === "stream.open") instead.push(() => backlog.promise);
      return true;
    });
    // While its read is under way, the store is exchanged for one that is further.
    const restored = { epoch: "restored", head: 800, oldest: 1 };
    instead.push(async () => ({ ...restored, events: [] }));
    await say();
    await vi.waitFor(() => expect(instead).toEqual([]));
    await settled();
    const event = (seq: number) => ({ seq, type: "a.b", productId: null, text: "{}" });
    backlog.resolve({ ...restored, events: upTo(256).map(event) });
    await vi.waitFor(() => expect(blocks()).toHaveLength(2));
    instead.push(async () => ({ ...restored, head: 801, events: [event(801)] }));
    await say();
    await vi.waitFor(() => expect(seqs()).toEqual([801]));
    expect(JSON.parse(blocks()[1]?.text as string)).toEqual({ reason: "epoch", cursor: "restored.800" });
    expect(amused.services.events.counters.gaps).toBe(0);
  });

  test("is told when the log turns out to be another one under it", async () => {
    const { types, blocks } = await reader();
    instead.push(async () => ({ epoch: "restored", head: 4, oldest: 1, events: [] }));
    await say();
    await vi.waitFor(() => expect(types().at(-1)).toBe("stream.reset"));
    expect(JSON.parse(blocks().at(-1)?.text as string)).toEqual({ reason: "epoch", cursor: "restored.4" });
  });
});

describe("the end of the system", () => {
  test("ends every reader and takes no new ones", async () => {
    vi.useFakeTimers();
    const { ends } = await reader();
    await amused.close();
    expect(ends).toEqual([undefined]);
    await expect(reader()).rejects.toMatchObject({ code: "unavailable" });
    expect(vi.getTimerCount()).toBe(0);
  });

  test("ends a loop over a subscription", async () => {
    await say();
    const first = Promise.withResolvers<void>();
    const loop = (async () => {
      for await (const _ of amused.seller("acme").events.subscribe({ from: "start" })) first.resolve();
    })();
    await first.promise;
    await amused.close();
    await loop;
  });
});

test("whatever readers do, each sees all of its events once, in order", async () => {
  const reading = fc.record({
    from: fc.constantFrom(undefined, "start"),
    types: fc.constantFrom(undefined, ["acme.odd"], ["acme.*"]),
    /** Which of the runs it is handed make it stop for a while. */
    rests: fc.array(fc.boolean(), { minLength: 1, maxLength: 6 }),
  });
  const step = fc.oneof(
    fc.record({ write: fc.integer({ min: 1, max: 40 }) }),
    fc.record({ open: reading }),
    fc.record({ rouse: fc.nat() }),
  );
  await fc.assert(
    fc.asyncProperty(fc.array(step, { minLength: 3, maxLength: 25 }), async (steps) => {
      const system = await createAmused({ store: memoryStore() });
      amused = system;
      let written = 0;
      const oddOnes = new Set<number>();
      const open: { one: Awaited<ReturnType<typeof reader>>; start: number; odd: boolean }[] = [];
      for (const step of steps) {
        if ("write" in step) {
          await say(step.write);
          for (let i = 1; i < step.write; i += 2) oddOnes.add(written + 1 + i);
          written += step.write;
        } else if ("rouse" in step) open[step.rouse % (open.length || 1)]?.one.stream.more();
        else {
          const { from, types, rests } = step.open;
          let turn = 0;
          const one = await reader(
            { ...(from && { from }), ...(types && { types }) },
            () => !rests[turn++ % rests.length],
          );
          open.push({ one, start: from === "start" ? 0 : written, odd: types?.[0] === "acme.odd" });
        }
      }
      for (const { one, start, odd } of open)
        await vi.waitFor(
          () => {
            one.stream.more();
            // The events of a burst are even and odd in turn, so that a seq's type is known from its burst.
            expect(one.seqs()).toEqual(
              upTo(written).filter((seq) => seq > start && (!odd || oddOnes.has(seq))),
            );
          },
          { timeout: 5_000, interval: 1 },
        );
      await system.close();
    }),
    { numRuns: 60 },
  );
});

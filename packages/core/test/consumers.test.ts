import { afterEach, describe, expect, onTestFinished, test, vi } from "vitest";
import { z } from "zod";
import { fakeClock } from "../../testkit/src/fake-clock.ts";
import { type Amused, createAmused } from "../src/amused.ts";
import type { ConsumeContext } from "../src/consumers.ts";
import type { DeadLetter } from "../src/domain/consumer.ts";
import { defineEvents } from "../src/domain/event.ts";
import { memoryStore } from "../src/memory/store.ts";
import type { Store } from "../src/ports/store.ts";
import { consumersService } from "../src/services/consumers/consumers.ts";
import { backoff, errorText, type Timing } from "../src/services/consumers/settings.ts";

const ticked = "test.ticked";
const custom = defineEvents({ [ticked]: z.object({ n: z.number() }) });

// Whatever runs is closed, also by a test that fails.
const running: { close(): Promise<void> }[] = [];
afterEach(async () => {
  for (const one of running.splice(0)) await one.close();
});

async function house(store: Store = memoryStore()): Promise<Amused<typeof custom>> {
  const amused = await createAmused({ store, events: custom, onError() {} });
  running.push(amused);
  return amused;
}

test("an error report that fails itself stops no consumer", async () => {
  let reports = 0;
  const amused = await createAmused({
    store: memoryStore(),
    events: custom,
    onError() {
      reports++;
      fail();
    },
  });
  running.push(amused);
  const { all, until } = seen();
  amused.events.consume(
    "reporter",
    [ticked],
    ({ payload: { n } }) => {
      if (n === 1) fail();
      all.push(n);
    },
    { attempts: 1 },
  );
  await amused.start();
  await tick(amused, "acme", 1, 2, 3);
  await until(2);
  expect([reports, ...all]).toEqual([1, 2, 3]);
});

test("what nobody asked to be told of goes to the console", async () => {
  const said = vi.spyOn(console, "error").mockImplementation(() => {});
  onTestFinished(() => said.mockRestore());
  const amused = await createAmused({ store: memoryStore(), events: custom });
  running.push(amused);
  amused.events.consume("loud", [ticked], fail, { attempts: 1 });
  await tick(amused, "acme", 1);
  await expect
    .poll(() => said.mock.calls)
    .toEqual([[expect.objectContaining({ message: expect.stringContaining("Consumer loud gave up") })]]);
});

async function tick(amused: Amused<typeof custom>, sellerId: string, ...numbers: number[]): Promise<void> {
  for (const n of numbers) await amused.seller(sellerId).events.publish({ type: ticked, payload: { n } });
}

/** What a handler saw, and a wait until it has seen so much. */
function seen<T = number>() {
  const all: T[] = [];
  return { all, until: (count: number) => expect.poll(() => all.length, { timeout: 15_000 }).toBe(count) };
}

function fail(): never {
  throw new Error("it has none");
}

const poll = (value: () => unknown) => expect.poll(value, { timeout: 15_000, interval: 10 });

/** The service by itself, on a clock that is moved by hand. */
function service(store: Store, timing: Partial<Timing> = {}) {
  const clock = fakeClock();
  const told: unknown[] = [];
  const consumers = consumersService({
    ...{ consumers: store.consumers, events: store.events, now: clock.now, random: () => 0 },
    ...{ onError: (error: unknown) => told.push(error), timing: { pollMs: 20, graceMs: 200, ...timing } },
  });
  running.push(consumers);
  return { clock, told, consumers };
}

type Event = { seq: number; type: string; payload: { n: number } };
const n = (event: unknown) => (event as Event).payload.n;

function append(store: Store, sellerId: string, ...numbers: number[]) {
  const command = { sellerId, actor: null, at: new Date(0), epoch: "e1", idempotency: null };
  return store.events.append(
    command,
    numbers.map((n) => ({ type: ticked, productId: null, payload: { n } })),
  );
}

async function lettersOf(store: Store): Promise<DeadLetter[]> {
  const page = { limit: 100, after: null };
  return (await store.consumers.letters({ id: null, consumer: null, sellerId: null }, page)).body.value;
}

describe("a consumer", () => {
  test("gets the events of every seller, each seller's in order, from the oldest on and as they come", async () => {
    const amused = await house();
    await tick(amused, "a", 1, 2);
    const got = seen<[string, number]>();
    amused.events.consume("ticks", [ticked], (event, { sellerId }) =>
      got.all.push([sellerId, event.payload.n]),
    );
    await got.until(2);
    await tick(amused, "b", 1, 2, 3);
    await tick(amused, "a", 3);
    await got.until(6);
    for (const [seller, numbers] of Object.entries({ a: [1, 2, 3], b: [1, 2, 3] }))
      expect(got.all.filter(([sellerId]) => sellerId === seller).map(([, n]) => n)).toEqual(numbers);
  });

  test("acts through the seller's interface, in its own name, and its types are those that it asked for", async () => {
    const amused = await house();
    const { id } = await amused.seller("a").products.create({ name: "Tea", quantity: 5 });
    const got = seen<number>();
    amused.events.consume("gifts", ["sale.*"], async (event, { shop, attempt, signal }) => {
      if (event.type === "sale.recorded" && attempt === 1 && !signal.aborted)
        got.all.push(event.payload.remaining);
      await shop.stock.adjust(event.productId ?? 0, { adjust: -1, reason: "gift" });
    });
    amused.events.consume("all", ["*"], (event) => {
      if (event.type === "stock.adjusted") got.all.push(event.payload.quantity);
    });
    await amused.seller("a").sales.record({ lines: [{ productId: id, quantity: 2 }] });
    await got.until(2);
    expect(got.all).toEqual([3, 2]);
    expect((await amused.seller("a").stock.movements(id)).items[0]).toMatchObject({
      actor: "consumer:gifts",
    });
  });

  test("that begins now leaves out what was before, but not the sellers that come later", async () => {
    const amused = await house();
    await tick(amused, "a", 1);
    const got = seen();
    const { ready } = amused.events.consume("ticks", [ticked], (event) => got.all.push(event.payload.n), {
      from: "now",
    });
    await ready;
    await tick(amused, "a", 2);
    await tick(amused, "b", 3);
    await got.until(2);
    expect(got.all.sort()).toEqual([2, 3]);
  });

  test("goes on where it was, after a stop and in another process; what it did not see is handled once", async () => {
    const store = memoryStore();
    const [one, other] = [await house(store), await house(store)];
    const got = seen();
    const handler = (event: { payload: { n: number } }) => got.all.push(event.payload.n);
    const consumption = one.events.consume("ticks", [ticked], handler);
    await tick(one, "a", 1, 2);
    await got.until(2);
    await consumption.stop();
    await tick(one, "a", 3);
    const again = one.events.consume("ticks", [ticked], handler);
    await got.until(3);
    await one.stop();
    await tick(one, "a", 4);
    one.events.consume("others", [ticked], handler);
    other.events.consume("ticks", [ticked], handler);
    await got.until(4);
    expect(got.all).toEqual([1, 2, 3, 4]);
    await other.stop();
    await one.start();
    // The other consumer of this process has waited for the start; the first has nothing left to do.
    await got.until(8);
    await again.stop();
    expect(got.all).toEqual([1, 2, 3, 4, 1, 2, 3, 4]);
  });

  test("shares the sellers among processes: each event is handled once, none of a seller's beside another", async () => {
    const store = memoryStore();
    const houses = [await house(store), await house(store)] as const;
    const sellers = Array.from({ length: 12 }, (_, n) => `seller-${n}`);
    const got = seen<string>();
    const busy = new Set<string>();
    const beside: string[] = [];
    const workers = new Set<number>();
    for (const [worker, { events }] of houses.entries())
      events.consume("ticks", [ticked], async (event, { sellerId }) => {
        if (busy.has(sellerId)) beside.push(sellerId);
        busy.add(sellerId);
        workers.add(worker);
        await new Promise((resolve) => setTimeout(resolve, 2));
        busy.delete(sellerId);
        got.all.push(`${sellerId} ${event.payload.n}`);
      });
    await Promise.all(
      sellers.map((sellerId, n) => tick(houses[n % 2 === 0 ? 0 : 1], sellerId, ...Array(10).keys())),
    );
    await got.until(120);
    expect(new Set(got.all).size).toBe(120);
    for (const sellerId of sellers)
      expect(got.all.filter((one) => one.startsWith(`${sellerId} `))).toEqual(
        [...Array(10).keys()].map((n) => `${sellerId} ${n}`),
      );
    expect(workers.size).toBe(2);
    expect(beside, "one at a time for each seller").toEqual([]);
    for await (const { lag, deadLetters } of houses[0].events.consumers())
      expect({ lag, deadLetters }).toEqual({ lag: 0, deadLetters: 0 });
  });

  test("is refused under a name that runs here already, with types or settings that are none, and once closed", async () => {
    const amused = await house();
    const consume = (name: string, types: readonly string[], options = {}) =>
      amused.events.consume(name, types, () => {}, options);
    consume("ticks", ["*"]);
    expect(() => consume("ticks", ["*"])).toThrow("runs here already");
    expect(() => consume("not a name", ["*"])).toThrow("must be letters");
    expect(() => consume("x", ["Sale"])).toThrow("must be event types");
    expect(() => consume("x", [])).toThrow("at least one type");
    expect(() => consume("x", ["*"], { attempts: 0 })).toThrow("attempts: must be from 1 to 100");
    await amused.close();
    expect(() => consume("x", ["*"])).toThrow("closed");
  });

  test("ends by its signal", async () => {
    const amused = await house();
    const ended = new AbortController();
    const got = seen();
    const handler = (event: { payload: { n: number } }) => got.all.push(event.payload.n);
    amused.events.consume("ticks", [ticked], handler, { signal: ended.signal });
    await tick(amused, "a", 1);
    await got.until(1);
    ended.abort();
    // The name is free once it has ended.
    const again = () => {
      try {
        return amused.events.consume("ticks", [ticked], handler) !== undefined;
      } catch {
        return false;
      }
    };
    await poll(again).toBe(true);
    await tick(amused, "a", 2);
    await got.until(2);
    expect(got.all).toEqual([1, 2]);
  });
});

describe("a consumer that is stopped", () => {
  test("stays so, though all are resumed while it waits for a handler", async () => {
    const store = memoryStore();
    await append(store, "a", 1);
    const { consumers } = service(store);
    const got = seen();
    const { promise, resolve } = Promise.withResolvers<void>();
    const consumption = consumers.consume("ticks", [ticked], (event) => {
      got.all.push(n(event));
      return promise;
    });
    await got.until(1);
    const stopped = consumption.stop();
    consumers.resume();
    resolve();
    await stopped;
    await append(store, "a", 2);
    await new Promise((resolve) => setTimeout(resolve, 100));
    expect(got.all).toEqual([1]);
  });
});

describe("an event that fails", () => {
  test("is tried again, later each time, and holds back its seller alone", async () => {
    const store = memoryStore();
    await append(store, "a", 1, 2);
    const { clock, consumers } = service(store);
    const got = seen<string>();
    const tried = seen<number>();
    consumers.consume("ticks", [ticked], (event, { sellerId, attempt }) => {
      if (sellerId === "a" && n(event) === 1 && attempt < 4) {
        tried.all.push(attempt);
        throw new Error("away");
      }
      got.all.push(`${sellerId} ${n(event)}`);
    });
    await tried.until(1);
    await append(store, "b", 1, 2);
    consumers.wake("b");
    await got.until(2);
    expect(got.all).toEqual(["b 1", "b 2"]);
    for (const [wait, attempts] of [
      [1_000, 2],
      [2_000, 3],
    ] as const) {
      clock.advance(wait - 1);
      await append(store, "b", 0);
      consumers.wake("b");
      await poll(() => got.all.length).toBe(attempts + 1);
      expect(tried.all, "it is not time yet").toHaveLength(attempts - 1);
      clock.advance(1);
      await tried.until(attempts);
    }
    clock.advance(4_000);
    await poll(() => got.all.filter((one) => one.startsWith("a"))).toEqual(["a 1", "a 2"]);
    expect(tried.all).toEqual([1, 2, 3]);
  });

  test("becomes a dead letter after its last attempt, and what comes after it is handled", async () => {
    const store = memoryStore();
    await append(store, "a", 1, 2, 3);
    const { told, consumers } = service(store);
    const got = seen();
    const handler = (event: unknown) => {
      if (n(event) === 2) throw new TypeError(`no tea \0 ${"x".repeat(5_000)}`);
      got.all.push(n(event));
    };
    consumers.consume("ticks", [ticked], handler, { attempts: 3, delay: 0 } as object);
    await got.until(2);
    expect(got.all).toEqual([1, 3]);
    const [letter, ...others] = await lettersOf(store);
    expect(others).toEqual([]);
    expect(letter).toMatchObject({
      ...{ consumer: "ticks", sellerId: "a", reason: "failed", after: "e1.1", until: "e1.2", attempts: 3 },
      ...{ event: { seq: 2, payload: { n: 2 } }, error: expect.stringMatching(/^TypeError: no tea {2}x+$/) },
    });
    expect(letter?.error).toHaveLength(2_000);
    expect(told).toEqual([
      expect.objectContaining({ message: expect.stringContaining("gave up on event e1.2") }),
    ]);
  });

  test("is redriven when that is asked for, by any process; what succeeds is gone, what fails is kept", async () => {
    const amused = await house();
    let broken = true;
    const got = seen();
    const handler = (event: { payload: { n: number } }) => {
      if (broken || event.payload.n === 2) throw new Error(broken ? "broken" : "still broken");
      got.all.push(event.payload.n);
    };
    await tick(amused, "a", 1, 2);
    const first = amused.events.consume("ticks", [ticked], handler, { attempts: 1 });
    const letters = async () => (await amused.events.deadLetters.list({ consumer: "ticks" })).items;
    await poll(async () => (await letters()).length).toBe(2);
    await first.stop();

    broken = false;
    expect(await amused.events.deadLetters.redrive({ consumer: "ticks" })).toBe(2);
    expect((await letters()).map(({ redriveAt }) => redriveAt)).not.toContain(null);
    amused.events.consume("ticks", [ticked], handler, { attempts: 1 });
    await poll(async () => (await letters()).map(({ attempts, error }) => ({ attempts, error }))).toEqual([
      { attempts: 2, error: "Error: still broken" },
    ]);
    expect(got.all).toEqual([1]);

    const [{ id } = { id: 0 }] = await letters();
    expect((await letters())[0]?.event).toMatchObject({ type: ticked, payload: { n: 2 } });
    expect(await amused.events.deadLetters.discard({ id })).toBe(1);
    await expect(amused.events.deadLetters.redrive({ id })).rejects.toMatchObject({ code: "not_found" });
    await expect(amused.events.deadLetters.discard({})).rejects.toMatchObject({ code: "invalid_request" });
  });

  test("is not redriven by itself when the process dies of it: it is kept, and says so", async () => {
    const store = memoryStore();
    await append(store, "a", 1);
    const { consumers } = service(store);
    let died = false;
    const handler = (_: unknown, { attempt }: { attempt: number }) => {
      if (attempt === 1) throw new Error("broken");
      died = true;
      // As good as dead: it never returns.
      return new Promise(() => {});
    };
    consumers.consume("ticks", [ticked], handler, { attempts: 1 } as object);
    await poll(async () => (await lettersOf(store)).length).toBe(1);
    await store.consumers.redrive({ id: null, consumer: "ticks", sellerId: "a" }, new Date());
    await poll(() => died).toBe(true);
    expect(await lettersOf(store)).toMatchObject([
      { attempts: 2, error: expect.stringContaining("The process ended"), redriveAt: null },
    ]);
  });

  test("is not passed over because the store was away when it was given up", async () => {
    const store = memoryStore();
    await append(store, "a", 1, 2);
    let away = true;
    const advance: Store["consumers"]["advance"] = async (lease, step) => {
      if (step.letter === null || !away) return store.consumers.advance(lease, step);
      away = false;
      throw new Error("away");
    };
    const { consumers } = service({ ...store, consumers: { ...store.consumers, advance } });
    const got = seen();
    const handler = (event: unknown) => {
      if (n(event) === 1) throw new Error("broken");
      got.all.push(n(event));
    };
    consumers.consume("ticks", [ticked], handler, { attempts: 1 } as object);
    await got.until(1);
    expect(await lettersOf(store)).toMatchObject([{ until: "e1.1", error: "Error: broken" }]);
  });

  test.each([
    ["no error", undefined],
    ["what has no text", Object.create(null)],
    ["what fails to say what it is", Object.defineProperty(new Error(), "message", { get: () => fail() })],
  ])("by throwing %s becomes a dead letter like others", async (_, thrown) => {
    const store = memoryStore();
    await append(store, "a", 1, 2);
    const { consumers } = service(store);
    const got = seen();
    const handler = (event: unknown) => {
      if (n(event) === 1) throw thrown;
      got.all.push(n(event));
    };
    consumers.consume("ticks", [ticked], handler, { attempts: 2, delay: 0 } as object);
    await got.until(1);
    expect(await lettersOf(store)).toMatchObject([{ until: "e1.1", attempts: 2 }]);
  });

  test("is redriven with all others that are, without a pause after each batch of them", async () => {
    const store = memoryStore();
    await append(store, "a", ...Array(25).keys());
    const { consumers } = service(store, { batch: 10, pollMs: 60_000 });
    const got = seen();
    const handler = (event: unknown, { attempt }: { attempt: number }) => {
      if (attempt === 1) throw new Error("broken");
      got.all.push(n(event));
    };
    consumers.consume("ticks", [ticked], handler, { attempts: 1 } as object);
    await poll(async () => (await lettersOf(store)).length).toBe(25);
    await store.consumers.redrive({ id: null, consumer: "ticks", sellerId: null }, new Date());
    consumers.wake();
    await got.until(25);
  });

  test("waits the longer the more often it failed, spread over the upper half, up to the longest wait", () => {
    const settings = { delay: 1_000, maxDelay: 60_000 };
    const waits = (random: number) =>
      [1, 2, 3, 7, 99].map((failures) => backoff(settings, failures, () => random));
    expect(waits(0)).toEqual([1_000, 2_000, 4_000, 60_000, 60_000]);
    expect(waits(1)).toEqual([500, 1_000, 2_000, 30_000, 30_000]);
    expect(errorText("\ud800")).toBe("\ufffd");
    expect(errorText({ status: 502, body: "x".repeat(3_000) })).toMatch(
      /^\{"status":502,"body":"x{1900,2000}$/,
    );
  });
});

describe("what a consumer never saw", () => {
  test("because it was pruned is told by a dead letter, and it goes on at the oldest held", async () => {
    const store = memoryStore();
    await append(store, "a", 1);
    const { told, consumers } = service(store);
    const got = seen();
    const handler = (event: unknown) => got.all.push(n(event));
    const first = consumers.consume("ticks", [ticked], handler);
    await got.until(1);
    await first.stop();
    await append(store, "a", 2, 3, 4, 5);
    await store.events.prune({ before: new Date(0), keep: 2, limit: 100, from: "" });
    consumers.consume("ticks", [ticked], handler);
    await got.until(3);
    expect(got.all).toEqual([1, 4, 5]);
    const [letter] = await lettersOf(store);
    expect(letter).toMatchObject({
      reason: "pruned",
      after: "e1.1",
      until: "e1.3",
      event: null,
      attempts: 0,
    });
    expect(told).toEqual([expect.objectContaining({ message: expect.stringContaining("missed events") })]);
    expect(await store.consumers.redrive({ id: null, consumer: "ticks", sellerId: null }, new Date())).toBe(
      0,
    );
  });

  test("is told though the store was away when it was found", async () => {
    const store = memoryStore();
    await append(store, "a", 1, 2, 3);
    await store.events.prune({ before: new Date(0), keep: 1, limit: 100, from: "" });
    await store.consumers.register("ticks", "start", new Date());
    await store.consumers.rewind("ticks", { sellerId: "a", to: 0, at: new Date(0) });
    let away = true;
    const advance: Store["consumers"]["advance"] = async (lease, step) => {
      if (step.letter === null || !away) return store.consumers.advance(lease, step);
      away = false;
      throw new Error("away");
    };
    const { consumers } = service({ ...store, consumers: { ...store.consumers, advance } });
    const got = seen();
    consumers.consume("ticks", [ticked], (event) => got.all.push(n(event)));
    await got.until(1);
    expect(await lettersOf(store)).toMatchObject([{ reason: "pruned", after: "e1.0", until: "e1.2" }]);
  });

  test.each([
    ["in the middle", [2, 3], [1, 4, 5], { after: "e1.1", until: "e1.3" }],
    ["at its end", [4, 5], [1, 2, 3], { after: "e1.3", until: "e1.5" }],
  ])("because the log has a hole %s is told too", async (_, gone, handled, range) => {
    const store = memoryStore();
    await append(store, "a", 1, 2, 3, 4, 5);
    const read: Store["events"]["read"] = async (...request) => {
      const run = await store.events.read(...request);
      return run && { ...run, events: run.events.filter(({ seq }) => !gone.includes(seq)) };
    };
    const { told, consumers } = service({ ...store, events: { ...store.events, read } });
    const got = seen();
    consumers.consume("ticks", [ticked], (event) => got.all.push(n(event)));
    await poll(async () => (await lettersOf(store)).length).toBe(1);
    await got.until(3);
    expect(got.all).toEqual(handled);
    expect(await lettersOf(store)).toMatchObject([{ reason: "pruned", ...range }]);
    expect(told).toHaveLength(1);
  });

  test("because the log is another is told too, and everything held is handled", async () => {
    const store = memoryStore();
    await append(store, "a", 1, 2);
    const { consumers } = service(store);
    await store.consumers.register("ticks", "start", new Date());
    // As a restored database has it: the checkpoint is of the log that was there before.
    const lease = { sellerId: "a", consumer: "ticks", token: "t" };
    const times = { at: new Date(0), until: new Date(1) };
    await store.consumers.claim({ ...lease, ...times, among: ["a"], except: [], limit: 1 });
    const position = { epoch: "e0", seq: 3 };
    await store.consumers.advance(lease, { position, at: new Date(0), letter: null, release: true });
    const got = seen();
    consumers.consume("ticks", [ticked], (event) => got.all.push(n(event)));
    await got.until(2);
    expect((await lettersOf(store))[0]).toMatchObject({ reason: "epoch", after: "e0.3", until: "e1.0" });
  });
});

describe("a lease", () => {
  test("is renewed while a handler runs, and lost by one whose process can not renew it", async () => {
    const store = memoryStore();
    await append(store, "a", 1);
    let away = false;
    const renewals: string[][] = [];
    const renew: Store["consumers"]["renew"] = async (...request) => {
      if (away) throw new Error("away");
      const held = await store.consumers.renew(...request);
      renewals.push(held);
      return held;
    };
    const { clock, told, consumers } = service(
      { ...store, consumers: { ...store.consumers, renew } },
      { leaseMs: 90 },
    );
    const contexts: Pick<ConsumeContext, "signal">[] = [];
    const { promise, resolve } = Promise.withResolvers<void>();
    consumers.consume("ticks", [ticked], (_, context) => {
      contexts.push(context);
      return contexts.length === 1 ? promise : undefined;
    });
    await poll(() => renewals.length).toBeGreaterThan(2);
    expect(contexts[0]?.signal.aborted).toBe(false);
    away = true;
    clock.advance(1_000);
    await poll(() => contexts[0]?.signal.aborted).toBe(true);
    expect(told).toContainEqual(new Error("away"));
    expect(contexts, "the handler in flight is not run beside itself").toHaveLength(1);
    away = false;
    resolve();
    await poll(() => contexts.length).toBe(2);
  });

  test("of a process that hangs is taken by another; what the first then says changes nothing", async () => {
    const store = memoryStore();
    await append(store, "a", 1, 2);
    const never = () => new Promise<string[]>(() => {});
    const hung = service({ ...store, consumers: { ...store.consumers, renew: never } });
    const { promise, resolve } = Promise.withResolvers<void>();
    const first = seen();
    const hangs = (event: unknown) => {
      first.all.push(n(event));
      return promise;
    };
    hung.consumers.consume("ticks", [ticked], hangs, { concurrency: 1 } as object);
    await first.until(1);
    const other = service(store);
    const got = seen<[number, number]>();
    other.consumers.consume("ticks", [ticked], (event, { attempt }) => got.all.push([n(event), attempt]));
    await append(store, "b", 1);
    other.consumers.wake("b");
    await got.until(1);
    other.clock.advance(30_000);
    await got.until(3);
    expect(got.all, "the attempt that never ended counts").toEqual([
      [1, 1],
      [1, 2],
      [2, 1],
    ]);
    resolve();
    await hung.consumers.pause();
    expect(first.all).toEqual([1]);
    const [row] = (
      await store.consumers.progress({ consumer: "ticks", sellerId: "a" }, { limit: 1, after: null })
    ).body.value;
    expect(row).toMatchObject({ position: "e1.2", lag: 0 });
  });

  test("that can not be renewed because the store does not answer is told to its handler when it is over", async () => {
    const store = memoryStore();
    await append(store, "a", 1);
    const renew = () => new Promise<string[]>(() => {});
    const { clock, consumers } = service(
      { ...store, consumers: { ...store.consumers, renew } },
      { leaseMs: 90 },
    );
    let signal: AbortSignal | undefined;
    consumers.consume("ticks", [ticked], (_, context) => {
      signal ??= context.signal;
      return new Promise((resolve) => context.signal.addEventListener("abort", resolve));
    });
    await poll(() => signal?.aborted).toBe(false);
    clock.advance(90);
    await poll(() => signal?.aborted).toBe(true);
  });

  test("that runs out over and over again makes a dead letter of the event at which it does", async () => {
    const store = memoryStore();
    await append(store, "a", 1, 2, 3);
    await store.consumers.register("ticks", "start", new Date());
    // Processes that die at the second event: they check off the first, and are never heard of again.
    for (let death = 0; death < 3; death++) {
      const lease = { sellerId: "a", consumer: "ticks", token: `t${death}` };
      const times = { at: new Date(death), until: new Date(death + 1) };
      await store.consumers.claim({ ...lease, ...times, among: ["a"], except: [], limit: 1 });
      const position = { epoch: "e1", seq: 1 };
      const step = { position, at: new Date(death), letter: null, release: false };
      if (death === 0) await store.consumers.advance(lease, step);
    }
    const { consumers } = service(store);
    const got = seen();
    consumers.consume("ticks", [ticked], (event) => got.all.push(n(event)), { attempts: 3 } as object);
    await got.until(1);
    expect(got.all).toEqual([3]);
    expect((await lettersOf(store))[0]).toMatchObject({
      ...{ until: "e1.2", attempts: 3, error: expect.stringContaining("The process ended") },
    });
  });

  test("does not hold up a close for ever, though its handler never returns", async () => {
    const store = memoryStore();
    await append(store, "a", 1);
    const { consumers } = service(store);
    let signal: AbortSignal | undefined;
    consumers.consume("ticks", [ticked], (_, context) => {
      signal = context.signal;
      return new Promise(() => {});
    });
    await poll(() => signal?.aborted).toBe(false);
    await consumers.close();
    expect(signal?.aborted).toBe(true);
  });
});

describe("a replay", () => {
  test("handles everything again from where it is asked to, and tells how far it has come", async () => {
    const amused = await house();
    const got = seen<string>();
    await tick(amused, "a", 1, 2, 3);
    await tick(amused, "b", 1);
    amused.events.consume("ticks", [ticked], (event, { sellerId }) =>
      got.all.push(`${sellerId}${event.payload.n}`),
    );
    await got.until(4);
    got.all.length = 0;
    let last = { done: -1, total: -1 };
    const replay = await amused.events.replay("ticks", { from: "start" });
    expect(replay.sellers).toBe(2);
    for await (const progress of replay) {
      expect(progress.done).toBeGreaterThanOrEqual(last.done);
      last = progress;
    }
    expect(last).toEqual({ done: 4, total: 4 });
    await poll(() => [...got.all].sort()).toEqual(["a1", "a2", "a3", "b1"]);

    got.all.length = 0;
    const { items } = await amused.seller("a").events.list();
    for await (const _ of await amused.events.replay("ticks", { sellerId: "a", from: items[1]?.id ?? "" }));
    await poll(() => got.all).toEqual(["a3"]);
  });

  test("of what is not there is refused", async () => {
    const amused = await house();
    await tick(amused, "a", 1);
    const { ready } = amused.events.consume("ticks", [ticked], () => {});
    await ready;
    const { id } = (await amused.seller("a").events.list()).items[0] ?? { id: "" };
    const refused = (name: string, options: { sellerId?: string; from: string }) =>
      amused.events.replay(name, options).then(
        () => "done",
        ({ code, reason }) => reason ?? code,
      );
    expect(await refused("nobody", { from: "start" })).toBe("not_found");
    expect(await refused("ticks", { from: id })).toBe("invalid_request");
    expect(await refused("ticks", { sellerId: "a", from: "yesterday" })).toBe("invalid_request");
    expect(await refused("ticks", { sellerId: "nobody", from: "start" })).toBe("not_found");
    expect(await refused("ticks", { sellerId: "a", from: id.replace(/1$/, "9") })).toBe("ahead");
    expect(await refused("ticks", { sellerId: "a", from: "other.1" })).toBe("epoch");
    expect(await refused("ticks", { sellerId: "a", from: id })).toBe("done");
  });
});

test("hints that never come cost a poll, and a store that is away costs no event", async () => {
  const store = memoryStore();
  let away = 0;
  const claim: Store["consumers"]["claim"] = async (request) => {
    if (away-- > 0) throw new Error("away");
    return store.consumers.claim(request);
  };
  const { told, consumers } = service({ ...store, consumers: { ...store.consumers, claim } });
  const got = seen();
  const { ready } = consumers.consume("ticks", [ticked], (event) => got.all.push(n(event)));
  await ready;
  away = 2;
  await append(store, "a", 1);
  await got.until(1);
  expect(told).toEqual([new Error("away"), new Error("away")]);
});

test("a busy seller leaves room for the others", async () => {
  const store = memoryStore();
  await append(store, "busy", ...Array(300).keys());
  const { consumers } = service(store, { batch: 10, batchesInTurn: 2 });
  const got = seen<string>();
  const handler = async (_: unknown, { sellerId }: { sellerId: string }) => {
    if (got.all.push(sellerId) > 1) return;
    await append(store, "calm", 1);
    consumers.wake("calm");
  };
  consumers.consume("ticks", [ticked], handler, { concurrency: 1 } as object);
  await poll(() => got.all.includes("calm")).toBe(true);
  expect(got.all.indexOf("calm")).toBeLessThan(300);
  await got.until(301);
});

test("a long backlog lets the process get to its other work", async () => {
  const store = memoryStore();
  await append(store, "a", ...Array(10_000).keys());
  const { consumers } = service(store);
  let handled = 0;
  let turns = 0;
  consumers.consume("ticks", [ticked], () => handled++);
  for (; handled < 10_000; turns++) await new Promise((resolve) => setImmediate(resolve));
  expect(turns).toBeGreaterThanOrEqual(10);
});

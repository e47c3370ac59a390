import { createAmused, memoryStore } from "@amused/core";
import { afterEach, expect, test, vi } from "vitest";
import { type CursorStorage, resumable, storedCursor } from "../src/index.ts";
import { connection, event, lost, opened, take } from "./support/event-stream.ts";
import { clientOf, fakeServer } from "./support/fake-server.ts";

afterEach(() => void vi.useRealTimers());

/** A storage that keeps what was saved, in order. */
function kept(start?: string) {
  const saved: string[] = [];
  const storage: CursorStorage = {
    load: () => saved.at(-1) ?? start,
    save: (cursor) => void saved.push(cursor),
  };
  return { saved, storage };
}

async function* events(...ids: string[]) {
  for (const id of ids) yield { id, seq: Number(id.split(".")[1]) };
}

test("the next run goes on after the last event that was taken", async () => {
  const { storage } = kept();
  const server = fakeServer(
    connection([opened("e.0"), event(1) + event(2) + event(3)], "stays").answer,
    connection([opened("e.2"), event(3)], "stays").answer,
  );
  const shop = clientOf(server);
  const run = () => resumable(storage, (from = "start") => shop.events.subscribe({ from }));
  // The third was under way when the loop was left, so that it comes again.
  expect(await take(run(), 3)).toEqual([1, 2, 3]);
  expect(await take(run(), 1)).toEqual([3]);
  expect(server.sent.map(({ url }) => url.searchParams.get("after"))).toEqual(["start", "e.2"]);
});

test("a run that failed under way gets its event again", async () => {
  const { saved, storage } = kept();
  const failing = async () => {
    for await (const { seq } of resumable(storage, () => events("e.1", "e.2")))
      if (seq === 2) throw new Error("mine");
  };
  await expect(failing()).rejects.toThrow("mine");
  expect(saved).toEqual(["e.1"]);
});

test("a position that is no longer held is told, and the new one is kept", async () => {
  const { saved, storage } = kept("e.3");
  const shop = clientOf(fakeServer(connection([lost("f.50", "epoch"), event(51, "f")], "stays").answer));
  const stream = resumable(storage, (from = "start") => shop.events.subscribe({ from }));
  expect(await take(stream, 2)).toEqual(["reset", 51]);
  expect(saved).toEqual(["f.50"]);
});

test("it is written once a second at most, one at a time, and at the end", async () => {
  vi.useFakeTimers();
  const slow = Promise.withResolvers<void>();
  const saved: string[] = [];
  const storage: CursorStorage = {
    load: () => null,
    save: async (cursor) => {
      saved.push(cursor);
      if (saved.length === 1) await slow.promise;
    },
  };
  async function* ticking() {
    for (let seq = 1; seq <= 50; seq++) {
      await new Promise((resolve) => setTimeout(resolve, 100));
      yield { id: `e.${seq}` };
    }
  }
  const loop = (async () => {
    for await (const _ of resumable(storage, ticking));
  })();
  await vi.advanceTimersByTimeAsync(3_000);
  expect(saved).toHaveLength(1);
  slow.resolve();
  await vi.advanceTimersByTimeAsync(3_000);
  await loop;
  expect(saved.length).toBeLessThan(6);
  expect(saved.at(-1)).toBe("e.50");
  expect(vi.getTimerCount()).toBe(0);
});

test.each<[string, CursorStorage]>([
  [
    "refuses to be named",
    storedCursor(
      "seen",
      new Proxy({} as Storage, {
        get: () => {
          throw new Error("SecurityError");
        },
      }),
    ),
  ],
  [
    "is full",
    {
      load: () => null,
      save: () => {
        throw new Error("QuotaExceededError");
      },
    },
  ],
  ["fails later", { load: () => Promise.reject(new Error("x")), save: () => Promise.reject(new Error("x")) }],
  ["holds what is no cursor", { load: () => "{}", save: () => {} }],
  ["is not there", storedCursor("seen")],
])("a storage that %s is like an empty one", async (_, storage) => {
  const open = vi.fn((_from?: string) => events("e.1", "e.2"));
  const seen: number[] = [];
  for await (const { seq } of resumable(storage, open)) seen.push(seq);
  expect(seen).toEqual([1, 2]);
  expect(open).toHaveBeenCalledWith(undefined);
});

test("a position lies under its name", async () => {
  const items = new Map<string, string>();
  const storage = {
    getItem: (key: string) => items.get(key) ?? null,
    setItem: (key: string, value: string) => void items.set(key, value),
  };
  const open = vi.fn((_from?: string) => events("e.1", "e.2"));
  for await (const _ of resumable(storedCursor("seen", storage), open));
  for await (const _ of resumable(storedCursor("seen", storage), open));
  expect([...items]).toEqual([["seen", "e.2"]]);
  expect(open.mock.calls).toEqual([[undefined], ["e.2"]]);
});

test("a return while the next event is waited for ends the stream, and keeps the position", async () => {
  const { saved, storage } = kept();
  const open = connection([opened("e.0"), event(1)], "stays");
  const shop = clientOf(fakeServer(open.answer));
  const stream = resumable(storage, () => shop.events.subscribe());
  await stream.next();
  const next = stream.next();
  await vi.waitFor(() => expect(open.state.reads).toBe(3));
  await stream.return();
  expect(await next).toMatchObject({ done: true });
  expect(open.state.open).toBe(false);
  expect(saved).toEqual(["e.1"]);
});

test("it serves in process too", async () => {
  const amused = await createAmused({ store: memoryStore() });
  const shop = amused.seller("acme");
  for (const name of ["a", "b"]) await shop.products.create({ name });
  const { storage } = kept();
  const run = (signal?: AbortSignal) =>
    resumable(storage, (from = "start") => shop.events.subscribe({ from, ...(signal && { signal }) }));
  const abort = new AbortController();
  const names: unknown[] = [];
  for await (const one of run(abort.signal)) {
    if (one.type === "product.created" && names.push(one.payload.product.name) === 2) abort.abort();
  }
  await shop.products.create({ name: "c" });
  for await (const one of run()) {
    if (one.type === "product.created") names.push(one.payload.product.name);
    break;
  }
  expect(names).toEqual(["a", "b", "c"]);
  await amused.close();
});

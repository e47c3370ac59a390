import type { Store } from "@amused/core";
import { expect } from "vitest";
import type { PromiseGroup } from "../bench.ts";
import { commandOf, later } from "../commands.ts";

const fact = { type: "test.fact", productId: null, payload: {} };
const longAgo = new Date(0);
const never = Number.MAX_SAFE_INTEGER;

/** Appends a fact at each of these times. */
async function factsAt(store: Store, sellerId: string, times: number[]): Promise<void> {
  for (const ms of times) await store.events.append(commandOf(sellerId, { at: later(ms) }), [fact]);
}

/** Appends so many facts at once. */
function facts(store: Store, sellerId: string, count: number) {
  return store.events.append(
    commandOf(sellerId),
    Array.from({ length: count }, () => fact),
  );
}

/** What is held of a log, checked to have no hole up to its head. */
async function held(store: Store, sellerId: string) {
  const request = { after: 0, limit: 10_000, types: null, productId: null };
  const run = await store.events.read(sellerId, request);
  if (run === null) throw new Error("There is no log.");
  const expected = Array.from({ length: run.head - run.oldest + 1 }, (_, n) => run.oldest + n);
  expect(
    run.events.map(({ seq }) => seq),
    "what is held has no hole",
  ).toEqual(expected);
  return run;
}

/** Prunes until nothing is left to let go, from this seller on, so that what others have is left alone. */
async function pruneAll(
  store: Store,
  from: string,
  { before = longAgo, keep = never, limit = 5_000 }: { before?: Date; keep?: number; limit?: number },
): Promise<number[]> {
  const batches: number[] = [];
  let next: string | null = from;
  while (next !== null) {
    const pruned = await store.events.prune({ before, keep, limit, from: next });
    batches.push(pruned.events);
    expect(batches.length, "pruning comes to an end").toBeLessThan(1_000);
    next = pruned.next;
  }
  return batches;
}

const sum = (numbers: number[]) => numbers.reduce((a, b) => a + b, 0);

export const retention: PromiseGroup = {
  about: "old events are let go",
  promises: [
    {
      title: "those older than a moment go; from the first that is not, all stay as they were",
      async keep({ store, seller }) {
        const sellerId = seller();
        // Clocks of two nodes differ: the fourth is older than the third, but comes after it.
        await factsAt(store, sellerId, [0, 10, 50, 20, 60]);
        const before = await held(store, sellerId);
        expect(sum(await pruneAll(store, sellerId, { before: later(50) }))).toBe(2);
        expect(await held(store, sellerId)).toEqual({
          ...before,
          oldest: 3,
          events: before.events.slice(2),
        });
        expect(await pruneAll(store, sellerId, { before: later(50) })).toEqual([0]);
      },
    },
    {
      title: "of each seller so many of the newest stay",
      async keep({ store, seller }) {
        const [many, few, none] = [seller(), seller(), seller()];
        await facts(store, many, 10);
        await facts(store, few, 3);
        await store.events.open(none, "empty");
        expect(sum(await pruneAll(store, many, { keep: 4 }))).toBe(6);
        expect(await held(store, many)).toMatchObject({ head: 10, oldest: 7 });
        expect(await held(store, few)).toMatchObject({ head: 3, oldest: 1 });
        expect(await held(store, none)).toEqual({ epoch: "empty", head: 0, oldest: 1, events: [] });
      },
    },
    {
      title: "one call takes no more than its limit, oldest first, and says where to go on",
      async keep({ store, seller }) {
        const sellers = [seller(), seller(), seller()];
        const [first] = sellers as [string];
        for (const sellerId of sellers) await facts(store, sellerId, 10);
        const batches = await pruneAll(store, first, { keep: 1, limit: 7 });
        expect(sum(batches)).toBe(27);
        expect(Math.max(...batches)).toBeLessThanOrEqual(7);
        // Sellers that have nothing to let go take nothing from the share of those who have.
        await facts(store, first, 7);
        expect((await pruneAll(store, first, { keep: 1, limit: 7 }))[0]).toBe(7);
        for (const sellerId of sellers) expect((await held(store, sellerId)).events).toHaveLength(1);
      },
    },
    {
      title: "a log of which nothing is held has its head still, and goes on from it",
      async keep({ store, seller }) {
        const sellerId = seller();
        await facts(store, sellerId, 5);
        await pruneAll(store, sellerId, { before: later(1) });
        expect(await held(store, sellerId)).toMatchObject({ head: 5, oldest: 6, events: [] });
        expect((await store.events.heads([sellerId])).get(sellerId)).toEqual({ epoch: "suite", seq: 5 });
        expect((await facts(store, sellerId, 1)).position).toEqual({ epoch: "suite", seq: 6 });
        expect(await held(store, sellerId)).toMatchObject({ head: 6, oldest: 6 });
      },
    },
    {
      title: "several who prune at once let go of everything once and leave no hole",
      async keep({ store, stores, seller }) {
        const sellerId = seller();
        await facts(store, sellerId, 200);
        const batches = await Promise.all(
          Array.from({ length: 4 }, (_, n) =>
            pruneAll(stores[n % stores.length] ?? store, sellerId, { keep: 20, limit: 15 }),
          ),
        );
        expect(sum(batches.flat())).toBe(180);
        expect(await held(store, sellerId)).toMatchObject({ head: 200, oldest: 181 });
      },
    },
    {
      title: "writers do not wait for a pruning that is under way, nor lose anything by one that fails",
      needs: "another",
      async keep({ stores, seller, sizes }) {
        const [pruner, writer] = [stores[0], stores[1] ?? stores[0]];
        const sellerId = seller();
        await facts(pruner, sellerId, 50);
        const undone = pruner.transaction(async ({ events }) => {
          const pruned = await events.prune({ before: longAgo, keep: 10, limit: 5_000, from: sellerId });
          expect(pruned.events).toBe(40);
          // Were they to wait for the pruning, which is not over before they are done, this would never end.
          await Promise.all(
            Array.from({ length: sizes.writers }, async () => {
              for (let n = 0; n < 3; n++) await facts(writer, sellerId, 1);
            }),
          );
          throw new Error("changed my mind");
        });
        await expect(undone).rejects.toThrow("changed my mind");
        const head = 50 + sizes.writers * 3;
        expect(await held(writer, sellerId)).toMatchObject({ head, oldest: 1 });
        await pruneAll(pruner, sellerId, { keep: 10 });
        expect(await held(writer, sellerId)).toMatchObject({ head, oldest: head - 9 });
      },
    },
  ],
};

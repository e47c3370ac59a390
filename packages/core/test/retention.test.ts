import { describe, expect, test } from "vitest";
import { z } from "zod";
import { createAmused } from "../src/amused.ts";
import { defineEvents } from "../src/domain/event.ts";
import { memoryStore } from "../src/memory/store.ts";
import type { PruneRequest } from "../src/ports/repositories.ts";
import { retention } from "../src/services/retention.ts";

const at = new Date("2026-03-31T10:00:00.000Z");
const settings = { days: 30, events: 100, every: 3_600_000 };

/** A log of which every call takes a batch, until so many were taken. */
function log(batches: number, onPrune: (call: number) => void = () => {}) {
  const requests: PruneRequest[] = [];
  return {
    requests,
    events: {
      async prune(request: PruneRequest) {
        onPrune(requests.push(request));
        return { events: 1, next: requests.length < batches ? `seller-${requests.length}` : null };
      },
    },
  };
}

describe("retention", () => {
  test("lets go of batch after batch until nothing is left, each from where the last one said", async () => {
    const { promise, resolve } = Promise.withResolvers<void>();
    const { requests, events } = log(3, (call) => call === 3 && resolve());
    const pruning = retention({ events, now: () => at, onError: () => {} }, settings);
    pruning.start();
    await promise;
    await pruning.stop();
    expect(requests.map(({ from }) => from)).toEqual(["", "seller-1", "seller-2"]);
    expect(requests[0]).toEqual({
      ...{ before: new Date("2026-03-01T10:00:00.000Z"), keep: 100, limit: 5_000, from: "" },
    });
  });

  test("stops between two batches, and begins anew when it is started again", async () => {
    const stopped: Promise<void>[] = [];
    const { requests, events } = log(9, (call) => call === 2 && stopped.push(pruning.stop()));
    const pruning = retention({ events, now: () => at, onError: () => {} }, settings);
    pruning.start();
    while (stopped.length === 0) await new Promise((resolve) => setTimeout(resolve, 5));
    await stopped[0];
    expect(requests).toHaveLength(2);
    pruning.start();
    expect(requests.map(({ from }) => from)).toEqual(["", "seller-1", ""]);
    await pruning.stop();
  });

  test("tells of what failed, and tries again when it is time", async () => {
    const { promise, resolve } = Promise.withResolvers<void>();
    const told: unknown[] = [];
    let calls = 0;
    const events = {
      async prune() {
        if (++calls === 1) throw new Error("away");
        resolve();
        return { events: 0, next: null };
      },
    };
    const onError = (error: unknown) => told.push(error);
    const pruning = retention({ events, now: () => at, onError }, { ...settings, every: 20 });
    pruning.start();
    await promise;
    await pruning.stop();
    expect(told).toEqual([new Error("away")]);
  });

  test("of a whole system is its background work: what is pruned is told to whoever asks for it", async () => {
    let time = at;
    const amused = await createAmused({
      store: memoryStore(),
      now: () => time,
      retention: { days: 7, events: 3, every: 1_000 },
      events: defineEvents({ "test.ticked": z.object({ n: z.number() }) }),
    });
    const shop = amused.seller("acme");
    // Of no product, so that no prediction adds events of its own.
    for (let n = 0; n < 5; n++) await shop.events.publish({ type: "test.ticked", payload: { n } });
    const { items, nextCursor: head } = await shop.events.list();
    const cursors = items.map(({ id }) => id);
    await amused.start();
    await expect.poll(async () => (await shop.events.list()).items.length, { timeout: 10_000 }).toBe(3);
    await expect(shop.events.list({ after: cursors[0] as string })).rejects.toMatchObject({
      ...{ code: "cursor_expired", reason: "pruned", oldest: cursors[1] },
    });
    expect((await shop.events.list({ after: cursors[1] as string })).items).toHaveLength(3);

    time = new Date(at.getTime() + 8 * 86_400_000);
    await expect.poll(async () => (await shop.events.list()).items.length, { timeout: 10_000 }).toBe(0);
    expect(await shop.events.list({ after: head })).toEqual({ items: [], nextCursor: head });
    await amused.close();
  });

  test.each([{ days: 0 }, { days: 1.5 }, { events: 0 }, { every: 999 }, { every: 25 * 86_400_000 }])(
    "%j is refused",
    async (retention) => {
      await expect(createAmused({ store: memoryStore(), retention })).rejects.toMatchObject({
        code: "invalid_request",
      });
    },
  );
});

import type { EventRun, Store } from "@amused/core";
import { expect } from "vitest";
import type { PromiseGroup } from "../bench.ts";
import { adjust, commandOf, createProduct, line, sell } from "../commands.ts";
import { random } from "../random.ts";
import { allEvents, pause } from "../reading.ts";

export const order: PromiseGroup = {
  about: "a seller's events have one order, for every reader",
  promises: [
    {
      title:
        "many writers, failing and pausing, make one order without a hole, and a reader at the head misses none",
      async keep({ stores, seller, sizes, seed }) {
        const sellerId = seller();
        const [first] = stores;
        const products = [];
        for (let i = 0; i < sizes.writers; i++) products.push(await createProduct(first, sellerId));
        const begun = sizes.writers;

        let writing = true;
        const seen = tail(stores.at(-1) ?? first, sellerId, () => writing);
        const writers = products.map(({ id }, writer) => {
          const store = stores[writer % stores.length] ?? first;
          return write(store, { sellerId, productId: id, writer, rounds: sizes.rounds, seed });
        });
        const written = Promise.all(writers).finally(() => {
          writing = false;
        });
        const [committed, read] = await Promise.all([written, seen]);

        const events = await allEvents(first, sellerId);
        expect(read).toEqual(events.map(({ id }) => id));
        const marks = events.slice(begun).flatMap(({ payload }) => payload.mark ?? []);
        expect([...marks].sort()).toEqual(committed.flatMap(({ marks }) => marks).sort());
        expect(events.length - begun).toBe(committed.reduce((sum, { events }) => sum + events, 0));
        for (const [writer, { marks: own }] of committed.entries())
          expect(
            marks.filter((mark) => String(mark).startsWith(`${writer}:`)),
            "each writer's events stand in the order in which it wrote them",
          ).toEqual(own);
      },
    },
    {
      title: "a write answers with the position of its last event, which belongs to nobody else",
      async keep({ stores, seller, sizes }) {
        const sellerId = seller();
        const [store] = stores;
        const { id } = await createProduct(store, sellerId, { quantity: 1000 });
        const written = await Promise.all(
          Array.from({ length: sizes.writers }, (_, n) =>
            sell(stores[n % stores.length] ?? store, commandOf(sellerId), [line(id, 1), line(id, 2)], {
              orderId: `o-${n}`,
            }),
          ),
        );
        const events = await allEvents(store, sellerId);
        for (const [n, { position }] of written.entries()) {
          const seq = position?.seq ?? 0;
          expect(events[seq - 1]).toMatchObject({
            id: `${position?.epoch}.${seq}`,
            payload: { orderId: `o-${n}`, quantity: 2 },
          });
          expect(events[seq - 2], "the lines of one order stand together").toMatchObject({
            payload: { orderId: `o-${n}`, quantity: 1 },
          });
        }
        expect(events).toHaveLength(1 + 2 * sizes.writers);
      },
    },
    {
      title: "each seller has a count of its own, also where one transaction writes for several",
      async keep({ stores, seller, sizes }) {
        const [store] = stores;
        const sellers = [seller(), seller(), seller()].sort();
        await Promise.all(
          Array.from({ length: sizes.writers }, (_, n) =>
            (stores[n % stores.length] ?? store).transaction(async (transaction) => {
              for (const sellerId of sellers)
                await transaction.events.append(commandOf(sellerId), [
                  { type: "test.fact", productId: null, payload: { n } },
                ]);
            }),
          ),
        );
        const orders = [];
        for (const sellerId of sellers)
          orders.push((await allEvents(store, sellerId)).map(({ payload }) => payload.n));
        for (const order of orders) expect(order).toHaveLength(sizes.writers);
        expect(orders[1], "transactions stand in one order in all logs").toEqual(orders[0]);
      },
    },
  ],
};

/** Writes in transactions of one to three commands, of which some pause and some fail. Says what was committed. */
async function write(
  store: Store,
  {
    sellerId,
    productId,
    writer,
    rounds,
    seed,
  }: { sellerId: string; productId: number; writer: number; rounds: number; seed: number },
): Promise<{ marks: string[]; events: number }> {
  const { int, next } = random(seed + writer);
  const committed = { marks: [] as string[], events: 0 };
  for (let round = 0; round < rounds; round++) {
    const marks = Array.from(
      { length: int(1, 3) },
      (_, part) => `${writer}:${String(round).padStart(4, "0")}:${part}`,
    );
    const [fails, rest, alone] = [next() < 0.3, int(0, 3), next() < 0.3];
    try {
      if (alone) {
        await store.events.append(
          commandOf(sellerId),
          marks.map((mark) => ({ type: "test.mark", productId, payload: { mark } })),
        );
        committed.events += marks.length;
      } else {
        await store.transaction(async (transaction) => {
          await adjust(transaction, commandOf(sellerId), productId, 1);
          for (const mark of marks) {
            await transaction.events.append(commandOf(sellerId), [
              { type: "test.mark", productId, payload: { mark } },
            ]);
            if (rest > 0) await pause(rest);
          }
          if (fails) throw new Planned();
        });
        committed.events += marks.length + 1;
      }
      committed.marks.push(...marks);
    } catch (error) {
      if (!(error instanceof Planned)) throw error;
    }
  }
  return committed;
}

class Planned extends Error {}

/** Follows the log while others write; every page must begin where the last one ended. */
async function tail(store: Store, sellerId: string, writing: () => boolean): Promise<string[]> {
  const seen: string[] = [];
  for (;;) {
    const last = !writing();
    const run: EventRun | null = await store.events.read(sellerId, {
      after: seen.length,
      limit: 7,
      types: null,
      productId: null,
    });
    for (const { seq, text } of run?.events ?? []) {
      expect(seq, "the reader misses none and sees none twice").toBe(seen.length + 1);
      seen.push(JSON.parse(text).id);
    }
    if (last && seen.length >= (run?.head ?? 0)) return seen;
    if (run?.events.length === 0) await pause(1);
  }
}

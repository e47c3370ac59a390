import { expect } from "vitest";
import type { PromiseGroup } from "../bench.ts";
import { later } from "../commands.ts";
import { claim, consumer, facts, letter, lettersOf, only, to } from "../consuming.ts";
import { all } from "../reading.ts";

export const deadLetters: PromiseGroup = {
  about: "consumers are seen to: dead letters, replays, progress",
  promises: [
    {
      title: "a dead letter is written with the move that gives up, listed newest first, and taken away",
      async keep({ store, seller }) {
        const [a, b] = [seller(), seller()];
        const name = await consumer(store);
        const { consumers } = store;
        for (const sellerId of [a, b]) {
          await facts(store, sellerId, 3);
          const { lease } = await only(store, name, sellerId);
          for (const seq of [1, 2]) await consumers.advance(lease, to(seq, { letter: letter(seq) }));
          const gap = { ...letter(3), reason: "pruned" as const, event: null, attempts: 0 };
          await consumers.advance(lease, to(3, { letter: gap, release: true }));
        }
        const letters = await lettersOf(store, name);
        expect(letters.map(({ sellerId, until }) => [sellerId, until])).toEqual(
          [b, a].flatMap((sellerId) => [3, 2, 1].map((seq) => [sellerId, `e.${seq}`])),
        );
        const { event: _, ...said } = letter(2);
        expect(letters[1]).toEqual({
          ...{ id: letters[1]?.id, consumer: name, sellerId: b, ...said },
          ...{ event: JSON.parse(letter(2).event ?? ""), redriveAt: null },
          ...{ createdAt: later(1).toISOString(), failedAt: later(1).toISOString() },
        });
        expect(letters[0]).toMatchObject({ reason: "pruned", event: null });
        const id = letters[4]?.id ?? 0;
        expect(await consumers.discard({ id, consumer: null, sellerId: b }), "it is another seller's").toBe(
          0,
        );
        expect(await consumers.discard({ id, consumer: null, sellerId: null })).toBe(1);
        expect(await consumers.discard({ id: null, consumer: name, sellerId: b })).toBe(3);
        expect((await lettersOf(store, name)).map(({ until }) => until)).toEqual(["e.3", "e.1"]);
      },
    },
    {
      title:
        "a redriven letter is news until it is settled: gone when it went well, kept with its failure when not",
      async keep({ store, seller }) {
        const sellerId = seller();
        const name = await consumer(store);
        const { consumers } = store;
        await facts(store, sellerId, 3);
        const { lease } = await only(store, name, sellerId);
        for (const seq of [1, 2]) await consumers.advance(lease, to(seq, { letter: letter(seq) }));
        const gap = { ...letter(3), reason: "pruned" as const, event: null };
        await consumers.advance(lease, to(3, { letter: gap, release: true }));
        expect(await claim(store, name, [sellerId])).toEqual([]);
        const selection = { id: null, consumer: name, sellerId: null };
        expect(await consumers.redrive(selection, later(2)), "one of them has no event").toBe(2);

        const taken = await only(store, name, sellerId);
        const [first, second, ...rest] = await consumers.redriven(sellerId, name, 9);
        expect(rest).toEqual([]);
        expect(first).toMatchObject({ until: "e.1", event: { seq: 1 }, redriveAt: later(2).toISOString() });
        expect(
          await consumers.settle(lease, first?.id ?? 0, null, later(3)),
          "the lease was given back",
        ).toBe(false);
        expect(await consumers.settle(taken.lease, first?.id ?? 0, null, later(3))).toBe(true);
        const failure = { attempts: 6, error: "again" };
        expect(await consumers.settle(taken.lease, second?.id ?? 0, failure, later(3))).toBe(true);
        expect(await consumers.redriven(sellerId, name, 9)).toEqual([]);
        await consumers.advance(taken.lease, to(3, { release: true }));
        expect(await claim(store, name, [sellerId])).toEqual([]);
        const [, kept, none] = await lettersOf(store, name);
        expect(kept).toMatchObject({
          until: "e.2",
          ...failure,
          failedAt: later(3).toISOString(),
          redriveAt: null,
        });
        expect(none).toBeUndefined();
      },
    },
    {
      title: "one that is set back is taken from whoever has it, and tells how far it has come since",
      async keep({ store, seller }) {
        const [a, b] = [seller(), seller()];
        const name = await consumer(store);
        const { consumers } = store;
        const at = later(1);
        expect(await consumers.rewind("nobody", { sellerId: a, to: "start", at })).toBeNull();
        await facts(store, a, 6);
        await facts(store, b, 2);
        await store.events.prune({ before: new Date(0), keep: 4, limit: 5_000, from: a });
        const { lease } = await only(store, name, a);
        await consumers.advance(lease, to(6));
        expect(await consumers.rewind(name, { sellerId: a, to: "start", at })).toBe(1);
        expect(await consumers.advance(lease, to(6)), "its lease is gone").toBe(false);
        expect(await consumers.replayed(name, a)).toEqual({ done: 0, total: 4 });
        const again = await only(store, name, a);
        expect(again).toMatchObject({ position: { epoch: "e", seq: 2 }, attempts: 0 });
        await consumers.advance(again.lease, to(5));
        expect(await consumers.replayed(name, a)).toEqual({ done: 3, total: 4 });
        await facts(store, a, 1);
        await consumers.advance(again.lease, to(7, { release: true }));
        expect(await consumers.replayed(name, a)).toEqual({ done: 4, total: 4 });
        expect(await consumers.rewind(name, { sellerId: b, to: 1, at })).toBe(1);
        expect((await only(store, name, b)).position).toEqual({ epoch: "e", seq: 1 });
        expect(await consumers.rewind(name, { sellerId: b, to: "now", at })).toBe(1);
        expect(await claim(store, name, [b])).toEqual([]);
      },
    },
    {
      title: "where they stand is told for every seller, page by page",
      async keep({ store, seller }) {
        const sellers = [seller(), seller(), seller()] as [string, string, string];
        const name = await consumer(store);
        for (const sellerId of sellers) await facts(store, sellerId, 4);
        const { lease } = await only(store, name, sellers[1]);
        await store.consumers.advance(lease, to(1, { letter: letter(1) }));
        const failure = { position: { epoch: "e", seq: 2 }, attempts: 1, error: "away", at: later(1) };
        await store.consumers.postpone(lease, { ...failure, retryAt: later(9) });
        const rows = await all(
          (page) => store.consumers.progress({ consumer: name, sellerId: null }, page),
          2,
        );
        const ours = rows.filter(({ sellerId }) => sellers.includes(sellerId));
        const untouched = {
          consumer: name,
          head: "e.4",
          lag: 4,
          attempts: 0,
          error: null,
          retryAt: null,
          deadLetters: 0,
        };
        expect(ours).toEqual([
          { ...untouched, sellerId: sellers[0], position: null },
          {
            ...{ consumer: name, sellerId: sellers[1], position: "e.2", head: "e.4", lag: 2, attempts: 1 },
            ...{ error: "away", retryAt: later(9).toISOString(), deadLetters: 1 },
          },
          { ...untouched, sellerId: sellers[2], position: null },
        ]);
        const page = { limit: 9, after: null };
        const one = await store.consumers.progress({ consumer: name, sellerId: sellers[0] }, page);
        expect(one.body.value).toHaveLength(1);
      },
    },
  ],
};

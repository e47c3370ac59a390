import type { ClaimRequest, Lease } from "@amused/core";
import { expect } from "vitest";
import type { PromiseGroup } from "../bench.ts";
import { later } from "../commands.ts";
import { claim, consumer, facts, letter, lettersOf, only, to } from "../consuming.ts";

export const consumers: PromiseGroup = {
  about: "consumers of the log know where they are",
  promises: [
    {
      title:
        "one that is new begins at the oldest event held or at the head, and with sellers who come later at their first",
      async keep({ store, seller }) {
        const [pruned, whole, later_] = [seller(), seller(), seller()];
        await facts(store, pruned, 5);
        await store.events.prune({ before: new Date(0), keep: 2, limit: 5_000, from: pruned });
        await facts(store, whole, 3);
        const [fromStart, fromNow] = [await consumer(store), await consumer(store, "now")];
        expect(await store.consumers.register(fromStart, "now", later(5))).toBe(false);
        await facts(store, later_, 1);
        await facts(store, whole, 1);
        const begins = async (name: string) =>
          (await claim(store, name, [pruned, whole, later_])).map(({ sellerId, position }) => [
            sellerId,
            position.seq,
          ]);
        expect((await begins(fromStart)).sort()).toEqual([
          [pruned, 3],
          [whole, 0],
          [later_, 0],
        ]);
        expect((await begins(fromNow)).sort()).toEqual([
          [whole, 3],
          [later_, 0],
        ]);
      },
    },
    {
      title: "a seller is claimed by one at a time, and only while there is news",
      async keep({ store, stores, seller }) {
        const sellerId = seller();
        const name = await consumer(store);
        await store.events.open(sellerId, "e");
        expect(await claim(store, name, [sellerId]), "an empty log is no news").toEqual([]);
        await facts(store, sellerId, 3);
        const claims = await Promise.all(
          Array.from({ length: 8 }, (_, n) => claim(stores[n % stores.length] ?? store, name, [sellerId])),
        );
        const [taken, ...others] = claims.flat();
        expect(others).toEqual([]);
        expect(taken).toMatchObject({ sellerId, position: { epoch: "e", seq: 0 }, attempts: 0, error: null });
        const other = await consumer(store);
        expect(await claim(store, other, [sellerId]), "another consumer has its own").toHaveLength(1);
        const { lease } = taken as { lease: Lease };
        expect(await store.consumers.advance(lease, to(3, { release: true }))).toBe(true);
        expect(await claim(store, name, [sellerId])).toEqual([]);
        await facts(store, sellerId, 1);
        expect((await only(store, name, sellerId)).position).toEqual({ epoch: "e", seq: 3 });
      },
    },
    {
      title: "those who waited longest are claimed first, and no more than asked for",
      async keep({ store, seller }) {
        const sellers = [seller(), seller(), seller()] as [string, string, string];
        const name = await consumer(store);
        for (const sellerId of sellers) await facts(store, sellerId, 2);
        for (const [n, sellerId] of [sellers[1], sellers[0], sellers[2]].entries()) {
          const { lease } = await only(store, name, sellerId, later(n));
          await store.consumers.advance(lease, { ...to(1, { release: true }), at: later(n) });
        }
        const order = async (changes: Partial<ClaimRequest>) =>
          (await claim(store, name, sellers, { at: later(100), ...changes })).map(({ sellerId }) => sellerId);
        expect(await order({ limit: 1, except: [sellers[1]] })).toEqual([sellers[0]]);
        expect(await order({ limit: 1 })).toEqual([sellers[1]]);
        expect(await order({})).toEqual([sellers[2]]);
      },
    },
    {
      title: "whoever asks for all finds those with news",
      async keep({ store, seller }) {
        const sellerId = seller();
        const name = await consumer(store, "now");
        await facts(store, sellerId, 1);
        const found = await claim(store, name, [], { among: null, limit: 1_000 });
        expect(found.map(({ sellerId }) => sellerId)).toContain(sellerId);
        for (const { lease } of found) await store.consumers.advance(lease, to(1, { release: true }));
      },
    },
    {
      title: "a lease that is lost changes nothing, whatever is tried under it",
      async keep({ store, seller }) {
        const sellerId = seller();
        const name = await consumer(store);
        await facts(store, sellerId, 3);
        const first = await only(store, name, sellerId);
        expect(await claim(store, name, [sellerId], { at: later(9_999) }), "it holds until its end").toEqual(
          [],
        );
        await store.consumers.renew(name, [first.lease], later(20_000));
        expect(await claim(store, name, [sellerId], { at: later(19_999) }), "it was prolonged").toEqual([]);
        const second = await only(store, name, sellerId, later(20_000));
        expect(second.attempts, "a lease that was not given back counts as a failure").toBe(1);

        const { consumers } = store;
        const lost = first.lease;
        expect(await consumers.advance(lost, to(2, { letter: letter(2) }))).toBe(false);
        const failure = { position: { epoch: "e", seq: 2 }, attempts: 9, error: "x" };
        expect(await consumers.postpone(lost, { ...failure, retryAt: later(99_999), at: later(1) })).toBe(
          false,
        );
        expect(await consumers.renew(name, [lost, second.lease], later(40_000))).toEqual([sellerId]);
        expect(await consumers.renew(name, [lost], later(90_000))).toEqual([]);
        expect(await lettersOf(store, name)).toEqual([]);
        expect(await consumers.advance(second.lease, to(1, { release: true }))).toBe(true);
        const third = await only(store, name, sellerId, later(20_001));
        expect(third).toMatchObject({ position: { seq: 1 }, attempts: 0 });
      },
    },
    {
      title:
        "a failed event is kept from being claimed until it is time, with what is known of it; a move forgets it",
      async keep({ store, seller }) {
        const sellerId = seller();
        const name = await consumer(store);
        await facts(store, sellerId, 3);
        const { lease } = await only(store, name, sellerId);
        const failure = { position: { epoch: "e", seq: 1 }, attempts: 2, error: "away", at: later(1) };
        expect(await store.consumers.postpone(lease, { ...failure, retryAt: later(5_000) })).toBe(true);
        expect(await claim(store, name, [sellerId], { at: later(4_999) })).toEqual([]);
        const again = await only(store, name, sellerId, later(5_000));
        expect(again).toMatchObject({ position: { seq: 1 }, attempts: 2, error: "away" });
        await store.consumers.advance(again.lease, to(1, { release: true }));
        const stayed = await only(store, name, sellerId, later(5_001));
        expect(stayed, "it did not move").toMatchObject({ attempts: 2, error: "away" });
        await store.consumers.advance(stayed.lease, to(2, { release: true }));
        expect(await only(store, name, sellerId, later(5_002))).toMatchObject({ attempts: 0, error: null });
      },
    },
  ],
};

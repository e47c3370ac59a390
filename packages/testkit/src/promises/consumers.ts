import { randomUUID } from "node:crypto";
import type { ClaimRequest, DeadLetterDraft, Lease, Store } from "@amused/core";
import { expect } from "vitest";
import type { PromiseGroup } from "../bench.ts";
import { commandOf, later } from "../commands.ts";
import { all } from "../reading.ts";

const fact = { type: "test.fact", productId: null, payload: {} };

/** Appends so many facts to a seller's log. */
function facts(store: Store, sellerId: string, count: number) {
  return store.events.append(
    commandOf(sellerId, { epoch: "e" }),
    Array.from({ length: count }, () => fact),
  );
}

/** Makes a consumer of a name that nobody has used. */
async function consumer(store: Store, from: "start" | "now" = "start"): Promise<string> {
  const name = `consumer-${randomUUID()}`;
  expect(await store.consumers.register(name, from, later(0))).toBe(true);
  return name;
}

/** Claims among these sellers at a time, for ten seconds; each claim with a token of its own. */
async function claim(store: Store, consumer: string, sellers: string[], changes: Partial<ClaimRequest> = {}) {
  const at = changes.at ?? later(0);
  const token = randomUUID();
  const until = new Date(at.getTime() + 10_000);
  const request = { consumer, among: sellers, except: [], limit: 10, token, at, until, ...changes };
  const claims = await store.consumers.claim(request);
  return claims.map((taken) => ({
    ...taken,
    lease: { sellerId: taken.sellerId, consumer, token: request.token },
  }));
}

/** The one seller that can be claimed. */
async function only(store: Store, consumer: string, sellerId: string, at = later(0)) {
  const [taken, ...others] = await claim(store, consumer, [sellerId], { at });
  if (taken === undefined) return expect.fail("there was nothing to claim");
  expect(others).toEqual([]);
  return taken;
}

const to = (seq: number, changes: { release?: boolean; letter?: DeadLetterDraft } = {}) => ({
  ...{ position: { epoch: "e", seq }, at: later(1), letter: null, release: false },
  ...changes,
});

const letter = (seq: number): DeadLetterDraft => ({
  ...{ reason: "failed", after: `e.${seq - 1}`, until: `e.${seq}`, attempts: 5, error: "no \u{1f375}" },
  event: JSON.stringify({ seq, 'an "odd" name': [1, null] }),
});

const lettersOf = (store: Store, consumer: string) =>
  all((page) => store.consumers.letters({ id: null, consumer, sellerId: null }, page), 2);

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

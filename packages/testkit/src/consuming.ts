import { randomUUID } from "node:crypto";
import type { ClaimRequest, DeadLetterDraft, Store } from "@amused/core";
import { expect } from "vitest";
import { commandOf, later } from "./commands.ts";
import { all } from "./reading.ts";

const fact = { type: "test.fact", productId: null, payload: {} };

/** Appends so many facts to a seller's log. */
export function facts(store: Store, sellerId: string, count: number) {
  return store.events.append(
    commandOf(sellerId, { epoch: "e" }),
    Array.from({ length: count }, () => fact),
  );
}

/** Makes a consumer of a name that nobody has used. */
export async function consumer(store: Store, from: "start" | "now" = "start"): Promise<string> {
  const name = `consumer-${randomUUID()}`;
  expect(await store.consumers.register(name, from, later(0))).toBe(true);
  return name;
}

/** Claims among these sellers at a time, for ten seconds; each claim with a token of its own. */
export async function claim(
  store: Store,
  consumer: string,
  sellers: string[],
  changes: Partial<ClaimRequest> = {},
) {
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
export async function only(store: Store, consumer: string, sellerId: string, at = later(0)) {
  const [taken, ...others] = await claim(store, consumer, [sellerId], { at });
  if (taken === undefined) return expect.fail("there was nothing to claim");
  expect(others).toEqual([]);
  return taken;
}

/** A move of the checkpoint to this event. */
export const to = (seq: number, changes: { release?: boolean; letter?: DeadLetterDraft } = {}) => ({
  ...{ position: { epoch: "e", seq }, at: later(1), letter: null, release: false },
  ...changes,
});

/** What becomes of an event that is given up. */
export const letter = (seq: number): DeadLetterDraft => ({
  ...{ reason: "failed", after: `e.${seq - 1}`, until: `e.${seq}`, attempts: 5, error: "no \u{1f375}" },
  event: JSON.stringify({ seq, 'an "odd" name': [1, null] }),
});

/** All dead letters of a consumer, newest first. */
export const lettersOf = (store: Store, consumer: string) =>
  all((page) => store.consumers.letters({ id: null, consumer, sellerId: null }, page), 2);

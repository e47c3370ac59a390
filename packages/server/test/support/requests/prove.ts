import { type Amused, createAmused, type Store } from "@amused/core";
import { createApp } from "@amused/server";
import fc from "fast-check";
import { expect } from "vitest";
import { adminKey } from "../app.ts";
import { type Asked, asked } from "./asked.ts";
import { faultOf, stateOf } from "./proof.ts";
import { fill } from "./shop.ts";

export interface Proof {
  /** Stands in the report of a fault, so that it comes again. */
  seed: number;
  /** How many shops are made, and how many requests each gets. */
  shops: number;
  requests: number;
  /** A store in which nothing is. */
  open(now: () => Date): Promise<Store> | Store;
}

/**
 * Asks shops what the document allows and what it does not. No answer is a fault of ours, each is declared and fits its
 * schema, and a refused request changes nothing.
 */
export async function proveRequests({ seed, shops, requests, open }: Proof): Promise<void> {
  const statuses: number[] = [];
  await fc.assert(
    fc.asyncProperty(fc.array(asked, { minLength: requests, maxLength: requests }), async (all) => {
      const now = () => new Date("2026-03-02T12:00:00.000Z");
      // No threads: to start them would take most of the time.
      const amused = await createAmused({ store: await open(now), now, threads: 0, onError: () => {} });
      try {
        await fill(amused);
        statuses.push(...(await askAll(amused, all)));
      } finally {
        await amused.close();
      }
    }),
    // The first fault ends it, with all that was asked before: to shrink whole shops takes minutes.
    { seed, numRuns: shops, endOnFailure: true },
  );
  expect(statuses).toHaveLength(shops * requests);
  // Where everything is refused at the door, nothing behind it is proved; where nothing is, the door is not.
  const share = (from: number) => statuses.filter((status) => status >= from && status < from + 100).length;
  expect(share(200)).toBeGreaterThan(statuses.length / 4);
  expect(share(400)).toBeGreaterThan(statuses.length / 4);
}

/** The statuses of the answers, each looked at. */
async function askAll(amused: Amused, all: readonly Asked[]): Promise<number[]> {
  const keyOf = async (sellerId: string) => (await amused.keys.create({ sellerId })).key;
  const keys = { right: await keyOf("acme"), other: await keyOf("other"), nonsense: "amk_00000000_nobody" };
  const app = createApp(amused, { adminKey });
  const statuses: number[] = [];
  let before = await stateOf(amused, ["acme", "other"]);
  for (const request of all) {
    const answer = await app.fetch(requestOf(request, keys));
    statuses.push(answer.status);
    expect(await faultOf(request, answer), String(request)).toBeNull();
    const after = await stateOf(amused, ["acme", "other"]);
    if (answer.status >= 400) expect(after, `after ${answer.status} to ${request}`).toBe(before);
    before = after;
  }
  expect(Reflect.get({}, "polluted")).toBeUndefined();
  return statuses;
}

function requestOf(request: Asked, keys: Record<"right" | "other" | "nonsense", string>): Request {
  const { described, target, credential, headers, body } = request;
  const forAdmins = described.path.startsWith("/v1/keys") || described.path === "/metrics";
  const key =
    credential === "right" && forAdmins ? adminKey : credential === "none" ? null : keys[credential];
  return new Request(`http://localhost${target}`, {
    method: described.method,
    headers: { ...(key !== null && { authorization: `Bearer ${key}` }), ...headers },
    ...(body !== null && { body }),
  });
}

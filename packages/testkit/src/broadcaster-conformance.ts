import type { Broadcaster } from "@amused/core";
import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";

export interface BroadcasterConformanceOptions {
  /** The adapter's name, as the tests shall say it. */
  name: string;
  /** Opens a broadcaster of a process of its own; those of one test hear one another. */
  open(): Promise<Broadcaster> | Broadcaster;
  /** Cuts the broadcasters' connections, which they are to make anew. Leave it out where there are none. */
  cut?(): Promise<void>;
}

/**
 * Registers tests, with vitest, that say whether an adapter keeps the promises of the `Broadcaster` port.
 *
 * @example
 * broadcasterConformance({ name: "postgresBroadcaster", open: () => postgresBroadcaster({ pool }) });
 */
export function broadcasterConformance({ name, open, cut }: BroadcasterConformanceOptions): void {
  describe(`${name} keeps the promises of a broadcaster`, () => {
    let here: Broadcaster;
    let there: Broadcaster;
    let heardHere: string[];
    let heardThere: string[];

    beforeEach(async () => {
      [here, there] = [await open(), await open()];
      [heardHere, heardThere] = [[], []];
      here.listen((sellerId) => heardHere.push(sellerId));
      there.listen((sellerId) => heardThere.push(sellerId));
      await connected();
    });
    afterEach(async () => {
      await here.close();
      await there.close();
    });

    const waitFor = (check: () => void) => vi.waitFor(check, { timeout: 15_000, interval: 10 });

    /** Until both ways are open hints are lost, as they may be. */
    async function connected(): Promise<void> {
      await vi.waitFor(
        () => {
          here.publish("from-here");
          there.publish("from-there");
          expect([heardThere.includes("from-here"), heardHere.includes("from-there")]).toEqual([true, true]);
        },
        { timeout: 15_000, interval: 50 },
      );
      // What was told last has come, and with it all before.
      here.publish("last-here");
      there.publish("last-there");
      await waitFor(() =>
        expect([heardThere.includes("last-here"), heardHere.includes("last-there")]).toEqual([true, true]),
      );
      heardHere.length = heardThere.length = 0;
    }

    test("others hear, and whoever tells does not", async () => {
      here.publish("acme");
      await waitFor(() => expect(heardThere).toEqual(["acme"]));
      there.publish("acme");
      await waitFor(() => expect(heardHere).toEqual(["acme"]));
      expect(heardThere).toEqual(["acme"]);
    });

    test("a seller's name comes as it is", async () => {
      const names = ["a", "Ünïcode-🍵-'quoted\"\\", "x".repeat(200), "🍵".repeat(100), "a,b;c"];
      for (const one of names) here.publish(one);
      await waitFor(() => expect(heardThere.toSorted()).toEqual(names.toSorted()));
    });

    test("a burst over many sellers comes whole, and one of a seller as few", async () => {
      const sellers = Array.from({ length: 2_000 }, (_, n) => `seller-${n}-${"x".repeat(80)}`);
      for (let round = 0; round < 20; round++) for (const one of sellers) here.publish(one);
      await waitFor(() => expect(new Set(heardThere)).toEqual(new Set(sellers)));
      expect(heardThere.length).toBeLessThan(sellers.length * 5);
    });

    test("telling never fails, before anybody listens and after the end", async () => {
      const early = await open();
      early.publish("acme");
      await early.close();
      early.publish("acme");
      await early.close();
    });

    test.skipIf(cut === undefined)("connections that are cut are made anew", async () => {
      await cut?.();
      await connected();
      here.publish("acme");
      await waitFor(() => expect(heardThere).toEqual(["acme"]));
    });
  });
}

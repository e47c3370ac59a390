import type { Store } from "@amused/core";
import { afterAll, beforeAll, describe, test } from "vitest";
import { type Bench, defaultSizes, type Sizes, type StorePromise } from "./bench.ts";
import type { Crash } from "./crash.ts";
import { storePromises } from "./store-promises.ts";

export interface StoreConformanceOptions {
  /** The adapter's name, as the tests shall say it. */
  name: string;
  /** Opens a store that is fresh and migrated. It is opened once; all tests share it, each for sellers of its own. */
  open(): Promise<Store> | Store;
  /** Opens a second handle on the same data, as another node has it. Leave it out where data has one holder. */
  another?(): Promise<Store> | Store;
  /** Opens the same data once more; the first handle is closed by then. Leave it out where data does not outlive it. */
  reopen?(): Promise<Store> | Store;
  /** Sets up a writer process to be killed. Leave it out where data does not outlive its process. */
  crash?(): Promise<Crash> | Crash;
  /** Clears away what was opened; the stores are closed by then. */
  cleanup?(): Promise<void> | void;
  /** Less for a slow store, more for a long night. */
  sizes?: Partial<Sizes>;
  /** Another seed, other random histories. A failure says with which seed it happened. */
  seed?: number;
  /** How long one promise may take; 60 s when not said. */
  timeoutMs?: number;
}

const reasons: { [Need in NonNullable<StorePromise["needs"]>]: string } = {
  another: "its data has one holder at a time: no `another`",
  reopen: "its data ends with it: no `reopen`",
  crash: "its data ends with its process: no `crash`",
};

/**
 * Registers tests, with vitest, that say whether an adapter keeps the promises of the `Store` port.
 *
 * @example
 * storeConformance({ name: "memoryStore", open: () => memoryStore() });
 */
export function storeConformance(options: StoreConformanceOptions): void {
  const { name, seed = 1, timeoutMs = 60_000 } = options;
  const sizes = { ...defaultSizes, ...options.sizes };
  let opened: Store[] = [];
  let sellers = 0;

  function bench(): Bench {
    const [store, ...others] = opened;
    if (store === undefined) throw new Error(`${name} could not be opened.`);
    return {
      store,
      stores: [store, ...others],
      sizes,
      seed,
      // Of one length, so that no name is a part of another.
      seller: () => `seller-${seed}-${String(++sellers).padStart(5, "0")}`,
      reopen: options.reopen && reopen,
      crash: options.crash && (async () => options.crash?.() as Promise<Crash>),
    };
  }

  async function open(first: () => Promise<Store> | Store): Promise<Store> {
    const store = await first();
    opened = [store];
    if (options.another !== undefined) opened.push(await options.another());
    return store;
  }

  async function close(): Promise<void> {
    for (const store of opened.splice(0).reverse()) await store.close();
  }

  async function reopen(): Promise<Store> {
    await close();
    return open(() => options.reopen?.() as Promise<Store>);
  }

  describe(`${name} keeps the promises of a store`, () => {
    beforeAll(async () => {
      await open(() => options.open());
    }, timeoutMs);
    afterAll(async () => {
      await close();
      await options.cleanup?.();
    }, timeoutMs);

    for (const { about, promises } of storePromises)
      describe(about, () => {
        for (const promise of promises) {
          const { title, needs } = promise;
          if (needs !== undefined && options[needs] === undefined)
            test.skip(`${title} (${reasons[needs]})`, () => {});
          else test(title, { timeout: timeoutMs }, () => keep(promise, bench()));
        }
      });
  });
}

/** Tries a promise; a failure says how to have it again. */
async function keep(promise: StorePromise, bench: Bench): Promise<void> {
  try {
    await promise.keep(bench);
  } catch (error) {
    if (error instanceof Error) error.message += `\n(seed ${bench.seed})`;
    throw error;
  }
}

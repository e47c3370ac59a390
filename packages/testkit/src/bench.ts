import type { Store } from "@amused/core";
import type { Crash } from "./crash.ts";

/** How much the suite does of everything that takes time. */
export interface Sizes {
  /** Writers at once on one seller's log. */
  writers: number;
  /** What each of them does, one after another. */
  rounds: number;
  /** Buyers at once, for a stock of a sixth of them. */
  buyers: number;
  /** Retries at once of one command. */
  retries: number;
  /** Random histories for each property. */
  runs: number;
  /** Commands in each of them. */
  steps: number;
  /** Products in a list that is paged. */
  listed: number;
  /** Writes that a writer must have had acknowledged before it is killed. */
  acknowledged: number;
}

export const defaultSizes: Sizes = {
  writers: 16,
  rounds: 6,
  buyers: 600,
  retries: 20,
  runs: 8,
  steps: 12,
  listed: 24,
  acknowledged: 100,
};

/** What a promise is tried on. */
export interface Bench {
  /** The store under test. Others use it too: everything is done for sellers of `seller()`. */
  store: Store;
  /** All the handles that are open on the same data, to spread over them what happens at once. */
  stores: readonly [Store, ...Store[]];
  sizes: Sizes;
  seed: number;
  /** The name of a seller whom nobody has used. */
  seller(): string;
  /** Closes the store and opens it anew. */
  reopen: (() => Promise<Store>) | undefined;
  crash: (() => Promise<Crash>) | undefined;
}

/** One promise of a port: its title says it, `keep` fails where an adapter breaks it. */
export interface StorePromise {
  title: string;
  /** What an adapter must offer so that this can be tried. */
  needs?: "another" | "reopen" | "crash";
  keep(bench: Bench): Promise<void>;
}

export interface PromiseGroup {
  about: string;
  promises: StorePromise[];
}

import type { Store } from "@amused/core";

/** How to run a writer that is killed, and to open what it left. */
export interface Crash {
  /** The writer process: it opens the store afresh and calls `writeUntilKilled` of `@amused/testkit/crash-writer`. */
  command: string;
  args: string[];
  env?: Record<string, string>;
  /** Opens the writer's store, once it is dead. The suite closes it. */
  open(): Promise<Store>;
  /** Clears away what the writer left. */
  cleanup?(): Promise<void>;
}

/** A line of the writer: something that the store has acknowledged. */
export interface Acknowledged {
  sellerId: string;
  productId: number;
  seq: number;
  type: string;
  /** The quantity of the product after this write. */
  quantity: number;
  /** The key under which the write was made. */
  key: string;
}

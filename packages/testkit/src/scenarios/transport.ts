import type { Seller } from "@amused/core";

/** A transport under test: how to get the interface of a seller, by whatever way. */
export interface Transport {
  name: string;
  /** Begins with nothing in it. */
  open(): Promise<OpenTransport>;
}

export interface OpenTransport {
  /** The interface of a seller; called with few ids, each time with the same rights. */
  seller(id: string): Promise<Seller>;
  /** Begins background work; what needs it is left out without it. */
  start?(): Promise<void>;
  close(): Promise<void>;
}

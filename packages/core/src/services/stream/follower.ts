import { matches } from "../../domain/event.ts";
import type { StreamBlock, StreamReader } from "../services.ts";
import type { Said } from "./recent.ts";

export interface Filter {
  types?: readonly string[] | undefined;
  productId?: number | undefined;
}

/** One reader of a log, and how far it is. */
export interface Follower {
  readonly reader: StreamReader;
  /** `null`: it sees everything. */
  readonly filter: Filter | null;
  /** Followers of one key see the same. */
  readonly key: string;
  /** Everything up to here was handed to it or is not for it. */
  seq: number;
  /** The last position that it was told. */
  told: number;
  /** What it is told first. */
  opening: StreamBlock | null;
  /** It takes more. */
  wants: boolean;
  /** Somebody is at work to bring it forward. */
  busy: boolean;
  ended: boolean;
}

export function followerOf(reader: StreamReader, { types, productId }: Filter, seq: number): Follower {
  const filter = types === undefined && productId === undefined ? null : { types, productId };
  return {
    reader,
    filter,
    key: filter === null ? "" : JSON.stringify([types, productId]),
    ...{ seq, told: seq, opening: null, wants: false, busy: false, ended: false },
  };
}

/** The blocks of those events that pass the filter. */
export function seenBy({ filter }: Pick<Follower, "filter">, events: readonly Said[]): StreamBlock[] {
  const seen = filter === null ? events : events.filter((event) => matches(event, filter));
  return seen.map(({ block }) => block);
}

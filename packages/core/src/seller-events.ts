import type { ReadOptions, WriteOptions } from "./call-options.ts";
import type {
  AmusedEvent,
  CustomEvents,
  EventFilter,
  EventOf,
  FilteredEvent,
  NewEvent,
  NoCustomEvents,
  StreamReset,
} from "./domain/event.ts";

export interface EventQuery<Filter extends string> {
  /** The cursor after which to go on; `start`, like none, is the oldest event held. */
  after?: string;
  types?: readonly Filter[];
  productId?: number;
  limit?: number;
}

export interface Subscription<Filter extends string> extends ReadOptions {
  types?: readonly Filter[];
  productId?: number;
  /** The cursor after which to go on, or `start` for the oldest event held. Without it: from now on. */
  from?: string;
}

export interface Events<Custom extends CustomEvents = NoCustomEvents> {
  /** One page of the log, oldest first; `nextCursor` is what to pass as `after` next time. */
  list<const Filter extends EventFilter<Custom>>(
    query?: EventQuery<Filter>,
    options?: ReadOptions,
  ): Promise<{ items: FilteredEvent<Filter, Custom>[]; nextCursor: string }>;
  /** Appends an event of the host's own. */
  publish<const Event extends NewEvent<Custom>>(
    event: Event,
    options?: WriteOptions,
  ): Promise<
    Extract<AmusedEvent<Custom>, { type: Event["type"] }> extends infer E
      ? [E] extends [never]
        ? EventOf<string, unknown>
        : E
      : never
  >;
  /**
   * Every event from a position on, in order, once each, until the signal aborts (then the loop just ends). The position
   * moves when the loop asks for the next event. A position that is no longer held is told by a `stream.reset`.
   */
  subscribe<const Filter extends EventFilter<Custom>>(
    subscription?: Subscription<Filter>,
  ): AsyncIterable<FilteredEvent<Filter, Custom> | StreamReset>;
}

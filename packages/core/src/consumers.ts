import type { ConsumerProgress, DeadLetter, ReplayProgress } from "./domain/consumer.ts";
import type {
  AmusedEvent,
  CustomEvents,
  EventFilter,
  FilteredEvent,
  NoCustomEvents,
} from "./domain/event.ts";
import type { Listing, PageBody } from "./domain/page.ts";
import type { Seller } from "./seller.ts";

/** What a handler gets beside the event. */
export interface ConsumeContext<Custom extends CustomEvents = NoCustomEvents> {
  sellerId: string;
  /** The seller's interface; what is written through it has the consumer as its actor. */
  shop: Seller<Custom>;
  /** 1 the first time, one more after each failure. */
  attempt: number;
  /** Aborts when another process may take the seller over, or when the system closes and can wait no longer. */
  signal: AbortSignal;
}

export interface ConsumeOptions {
  /**
   * Where a consumer begins that was never there: at the oldest event held (`start`, when not said), or at what comes
   * after this moment (`now`). Sellers that come later are seen from their first event either way.
   */
  from?: "start" | "now";
  /** How often an event is tried before it becomes a dead letter; 5 when not said. */
  attempts?: number;
  /** The wait after the first failure, in milliseconds; it doubles with each, less a random part of up to a half. 1,000 when not said. */
  delay?: number;
  /** The longest wait between two attempts, in milliseconds; a minute when not said. */
  maxDelay?: number;
  /** How many sellers this process handles at once; 4 when not said. */
  concurrency?: number;
  /** Ends the consumer in this process, like `stop()`. */
  signal?: AbortSignal;
}

/** A consumer at work in this process. */
export interface Consumption {
  readonly name: string;
  /** Resolves once the store knows the consumer: with `from: "now"`, what is written from then on is seen. */
  readonly ready: Promise<void>;
  /**
   * Ends it in this process: waits for handlers in flight and hands its sellers over. What is missed is made up by the next
   * one of this name. A handler that awaits it waits for itself: let it call, and return.
   */
  stop(): Promise<void>;
}

/** The events that a consumer's handler gets; `"*"` are all. */
export type ConsumedEvent<
  Filter extends string,
  Custom extends CustomEvents = NoCustomEvents,
> = "*" extends Filter ? AmusedEvent<Custom> : FilteredEvent<Filter, Custom>;

export interface ReplayOptions {
  /** This seller only; all when not said. */
  sellerId?: string;
  /** A cursor of the seller's, after which to go on; `start` for the oldest event held, `now` to leave out what is not handled yet. */
  from: string;
}

/** A replay that was asked for. Iterated, it tells how far it has come, until everything up to then is handled. */
export interface Replay extends AsyncIterable<ReplayProgress> {
  /** How many sellers were set back. */
  sellers: number;
}

/** Which dead letters: those to which everything applies that is said; at least one thing must be. */
export interface DeadLetterSelection {
  id?: number;
  consumer?: string;
  sellerId?: string;
}

/** The log of every seller, for the host's own code to act on. */
export interface SystemEvents<Custom extends CustomEvents = NoCustomEvents> {
  /**
   * Handles the events of every seller, each seller's in order, from a checkpoint that outlives the process. Of all the
   * processes that consume under one name, one at a time works on a seller. Runs from this call on, until it is stopped.
   *
   * Every event is handled at least once. It can be handled twice where a process dies, or can not reach the store,
   * before the checkpoint is written (after each batch of 100 events, each second, and before a seller is handed over);
   * and where a handler outlives its lease because clocks jumped or the process hung for 30 seconds. Let the effect be
   * the same the second time, or remember `event.id` with it.
   *
   * A handler that throws is called again, later each time; meanwhile its seller waits and the others go on. After the
   * last attempt the event becomes a dead letter, and `onError` is told, or `console.error` without one. So does an event in which the process died as often.
   *
   * @example
   * amused.events.consume("receipts", ["sale.recorded"], async (event, { sellerId }) => {
   *   await sendReceipt(sellerId, event.payload.orderId);
   * });
   */
  consume<const Filter extends EventFilter<Custom> | "*">(
    name: string,
    types: readonly Filter[],
    handler: (event: ConsumedEvent<Filter, Custom>, context: ConsumeContext<Custom>) => unknown,
    options?: ConsumeOptions,
  ): Consumption;
  /** Where consumers stand with each seller. */
  consumers(query?: {
    consumer?: string;
    sellerId?: string;
    limit?: number;
    cursor?: string;
  }): Listing<ConsumerProgress, PageBody<ConsumerProgress>>;
  /** Sets a consumer back (or ahead). Whoever works on it loses its lease; events are handled again. */
  replay(name: string, options: ReplayOptions): Promise<Replay>;
  readonly deadLetters: {
    /** Newest first. */
    list(query?: {
      consumer?: string;
      sellerId?: string;
      limit?: number;
      cursor?: string;
    }): Listing<DeadLetter<AmusedEvent<Custom>>, PageBody<DeadLetter<AmusedEvent<Custom>>>>;
    /**
     * Asks for events to be handled once more, by whichever process has the consumer; says how many. A letter that
     * succeeds is taken away. Those that tell of events never seen can not be redriven: use `replay`.
     */
    redrive(selection: DeadLetterSelection): Promise<number>;
    /** Takes dead letters away for good; says how many. */
    discard(selection: DeadLetterSelection): Promise<number>;
  };
}

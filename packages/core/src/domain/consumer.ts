import { z } from "zod";

/** The name of a consumer of the log: the same name is the same consumer, wherever it runs. */
export const consumerNameSchema: z.ZodString = z
  .string()
  .max(100, "must have at most 100 characters")
  .regex(/^[A-Za-z0-9][A-Za-z0-9._:-]*$/, "must be letters, digits, ., _, : and -, such as send-receipts");

/** Where a consumer stands in one seller's log. */
export interface ConsumerProgress {
  consumer: string;
  sellerId: string;
  /** The cursor up to which everything is dealt with; `null` when it has not begun with this seller. */
  position: string | null;
  /** The cursor of the seller's last event. */
  head: string;
  /** How many events lie between the two. */
  lag: number;
  /** How often the next event has failed. */
  attempts: number;
  /** Why it failed the last time. */
  error: string | null;
  /** When it is tried again; `null` when nothing failed. */
  retryAt: string | null;
  /** How many dead letters of this seller it has. */
  deadLetters: number;
}

/** What a consumer gave up on, or never saw. */
export interface DeadLetter<Event = unknown> {
  id: number;
  consumer: string;
  sellerId: string;
  /**
   * `failed`: the handler failed every time. `pruned`: the events between `after` and `until` were let go before the
   * consumer got to them. `epoch` and `ahead`: the log is another than the one that the consumer was reading (a restored
   * database); it went on at the oldest event held, which is the one after `until`.
   */
  reason: "failed" | "pruned" | "epoch" | "ahead";
  /** The cursor before what this is about. */
  after: string;
  /** The cursor of the last event that this is about. */
  until: string;
  /** The event as it was; `null` where it is not about one. */
  event: Event | null;
  attempts: number;
  /** What went wrong the last time, at most 2,000 characters. */
  error: string;
  createdAt: string;
  /** When it was last tried. */
  failedAt: string;
  /** Since when it waits to be handled once more; `null` when nobody asked for it. */
  redriveAt: string | null;
}

/** How far a replay has come: `done` of `total` events. */
export interface ReplayProgress {
  done: number;
  total: number;
}

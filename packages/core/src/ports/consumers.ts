import type { ConsumerProgress, DeadLetter, ReplayProgress } from "../domain/consumer.ts";
import type { StreamPosition } from "../domain/cursor.ts";
import type { PageRequest, Rows } from "./rows.ts";

/** The right to move a consumer's checkpoint with one seller, until somebody else takes it. */
export interface Lease {
  sellerId: string;
  consumer: string;
  /** Made anew for each claim: what is done under an older one is refused. */
  token: string;
}

export interface ClaimRequest {
  consumer: string;
  /** Looks at these sellers only; `null` at all. */
  among: readonly string[] | null;
  /** Leaves these alone: whoever asks is working on them. */
  except: readonly string[];
  limit: number;
  token: string;
  at: Date;
  /** Until when the lease holds, unless it is renewed. */
  until: Date;
}

/** A seller whose log has news for a consumer, taken by whoever asked. */
export interface Claim {
  sellerId: string;
  /** Everything up to here is dealt with. */
  position: StreamPosition;
  /** How often the event after it has failed. A lease that ran out counts as a failure: its holder died, or hung. */
  attempts: number;
  /** What the last failure was. */
  error: string | null;
}

export interface DeadLetterDraft
  extends Pick<DeadLetter, "reason" | "after" | "until" | "attempts" | "error"> {
  /** The event as JSON. */
  event: string | null;
}

export interface Advance {
  /** Everything up to here is dealt with. */
  position: StreamPosition;
  at: Date;
  /** Written with the move, where something on the way to the position was given up. */
  letter: DeadLetterDraft | null;
  /** Gives the lease back. */
  release: boolean;
}

export interface Postponement extends Pick<Advance, "position" | "at"> {
  /** How often the event after the position has failed by now. */
  attempts: number;
  error: string;
  retryAt: Date;
}

/** Which dead letters: all that fit what is named. */
export interface LetterSelection {
  id: number | null;
  consumer: string | null;
  sellerId: string | null;
}

/**
 * Checkpoints of consumers, one for each seller, and what they gave up on. A lease says who works on a seller; it is
 * checked by every method that takes one, in the statement that has the effect, so that whoever lost it changes nothing.
 */
export interface ConsumerRepository {
  /**
   * Makes a consumer known, where it is not. It begins with the sellers of that moment at their oldest event held
   * (`start`) or at their heads (`now`), with those that come later at their first event. Says whether it was new.
   */
  register(consumer: string, from: "start" | "now", at: Date): Promise<boolean>;
  /**
   * Takes up to `limit` sellers with news: events after the checkpoint, another log, or a dead letter to be handled once
   * more; those that waited longest first. Leaves out who is leased to others, and who is not to be tried again yet.
   */
  claim(request: ClaimRequest): Promise<Claim[]>;
  /** Prolongs leases of a consumer; says of which sellers they are still held. */
  renew(consumer: string, leases: Pick<Lease, "sellerId" | "token">[], until: Date): Promise<string[]>;
  /** Moves the checkpoint; failures are forgotten when it moves. `false`, having done nothing, when the lease is lost. */
  advance(lease: Lease, step: Advance): Promise<boolean>;
  /** Gives the lease back with a failed event, to be tried again later. `false` when the lease is lost. */
  postpone(lease: Lease, failure: Postponement): Promise<boolean>;

  /** Dead letters, newest first. */
  letters(selection: LetterSelection, page: PageRequest): Promise<Rows<DeadLetter>>;
  /** Asks for dead letters to be handled once more; those without an event can not be. Says how many. */
  redrive(selection: LetterSelection, at: Date): Promise<number>;
  /** Takes dead letters away; says how many. */
  discard(selection: LetterSelection): Promise<number>;
  /** Dead letters of this seller and consumer that are to be handled once more, oldest first. */
  redriven(sellerId: string, consumer: string, limit: number): Promise<DeadLetter[]>;
  /** Takes a letter away, or keeps it with another failure, to be handled no more unless asked for. `false` when the lease is lost. */
  settle(
    lease: Lease,
    id: number,
    failure: { attempts: number; error: string } | null,
    at: Date,
  ): Promise<boolean>;

  /**
   * Sets checkpoints back (or ahead) and takes them from whoever has them leased: to the oldest event held, to the heads,
   * or after a `seq`. `null` when there is no such consumer.
   */
  rewind(
    consumer: string,
    target: { sellerId: string | null; to: "start" | "now" | number; at: Date },
  ): Promise<number | null>;
  /** How far the last replays of these sellers have come. */
  replayed(consumer: string, sellerId: string | null): Promise<ReplayProgress>;
  /** Where consumers stand, by consumer and seller, in code point order; also with sellers that they have not begun with. */
  progress(
    filter: { consumer: string | null; sellerId: string | null },
    page: PageRequest,
  ): Promise<Rows<ConsumerProgress>>;
}

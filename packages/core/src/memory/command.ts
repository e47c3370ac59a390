import { encodedText } from "../domain/encoded.ts";
import type { EventOf } from "../domain/event.ts";
import type { Command, EventDraft, Written } from "../ports/repositories.ts";
import { answerOf, checkSame, inFlight } from "./kept.ts";
import { appendEvent, headOf } from "./log.ts";
import { type Database, type SellerState, sellerToWrite } from "./state.ts";

/** What a command works with. */
export interface Scope {
  db: Database;
  seller: SellerState;
  command: Command;
  /** The command's time, as it is written. */
  at: string;
  emit(draft: EventDraft): EventOf<string, unknown>;
}

/** What a command comes to. */
export interface Outcome<T> {
  body: T;
  /** Of the product that the answer is about. */
  revision?: string;
}

/**
 * Performs a command: answers from its idempotency key, or does the work and keeps the answer with it. A command that
 * comes to nothing (`null`) keeps nothing.
 */
export function perform<T>(db: Database, command: Command, work: (scope: Scope) => Outcome<T>): Written<T>;
export function perform<T>(
  db: Database,
  command: Command,
  work: (scope: Scope) => Outcome<T> | null,
): Written<T> | null;
export function perform<T>(
  db: Database,
  command: Command,
  work: (scope: Scope) => Outcome<T> | null,
): Written<T> | null {
  const { idempotency } = command;
  const seller = sellerToWrite(db, command.sellerId);
  const kept = idempotency === null ? undefined : seller.kept.get(idempotency.key);
  if (idempotency !== null && kept !== undefined) {
    if ("answer" in kept) return answerOf<T>(checkSame(kept, idempotency));
    if (kept.until > command.at.getTime()) throw inFlight(checkSame(kept, idempotency), command.at);
  }

  let written = false;
  const outcome = work({
    db,
    seller,
    command,
    at: command.at.toISOString(),
    emit(draft) {
      written = true;
      return appendEvent(db, seller, command, draft);
    },
  });
  if (outcome === null) return null;

  // As JSON, so that the answer shares nothing with the store.
  const text = JSON.stringify(outcome.body);
  const position = written ? headOf(seller) : null;
  const revision = outcome.revision ?? null;
  if (idempotency !== null) {
    const answer = { text, position: position && { ...position }, revision };
    db.journal.put(seller.kept, idempotency.key, {
      hash: idempotency.hash,
      at: command.at.getTime(),
      answer,
    });
  }
  return { body: encodedText<T>(text), position, revision, replayed: false };
}

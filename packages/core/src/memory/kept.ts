import { encodedText } from "../domain/encoded.ts";
import { AmusedError, keyUsed } from "../errors.ts";
import type { Written } from "../ports/repositories.ts";
import type { Kept } from "./state.ts";

type Finished = Extract<Kept, { answer: object }>;

/** What is kept, if it is for the same request. */
export function checkSame<K extends Kept>(kept: K, { hash }: { hash: string }): K {
  if (kept.hash === hash) return kept;
  throw keyUsed();
}

/** The first answer, given once more. */
export function answerOf<T>({ answer }: Finished): Written<T> {
  const { text, position, revision } = answer;
  return { body: encodedText<T>(text), position: position && { ...position }, revision, replayed: true };
}

/** The refusal of a key that someone works under. */
export function inFlight({ until }: Exclude<Kept, Finished>, at: Date): AmusedError {
  const retryAfter = Math.max(1, Math.ceil((until - at.getTime()) / 1000));
  return new AmusedError(
    "idempotency_in_flight",
    "The first request with this idempotency key has not finished.",
    {
      retryAfter,
    },
  );
}

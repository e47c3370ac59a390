import type { Command, IdempotencyRepository } from "../ports/repositories.ts";
import type { Run } from "./access.ts";
import { answerOf, checkSame } from "./kept.ts";
import { type Database, type Kept, sellerToRead, sellerToWrite } from "./state.ts";

export function idempotencyRepository(db: Database, run: Run): IdempotencyRepository {
  const { journal } = db;

  /** What holds the command's key, if it is for the same request; a lease that ran out holds nothing. */
  function holder({ sellerId, idempotency, at }: Command): Kept | null {
    const kept = idempotency && sellerToRead(db, sellerId).kept.get(idempotency.key);
    if (idempotency === null || kept == null || ("until" in kept && kept.until <= at.getTime())) return null;
    return checkSame(kept, idempotency);
  }

  function keep(
    { sellerId, idempotency, at }: Command,
    what: { until: number } | Pick<Extract<Kept, { answer: object }>, "answer">,
  ) {
    if (idempotency === null) return;
    const { kept } = sellerToWrite(db, sellerId);
    journal.put(kept, idempotency.key, { hash: idempotency.hash, at: at.getTime(), ...what });
  }

  return {
    begin: (command, leaseMs) =>
      run(() => {
        const held = holder(command);
        if (held !== null) return "answer" in held ? answerOf<unknown>(held) : "in_flight";
        keep(command, { until: command.at.getTime() + leaseMs });
        return "taken";
      }),

    finish: (command, body, position) =>
      run(() => keep(command, { answer: { text: body, position, revision: null } })),

    release: (command) =>
      run(() => {
        const { sellerId, idempotency } = command;
        const { kept } = sellerToWrite(db, sellerId);
        const held = idempotency && kept.get(idempotency.key);
        if (held != null && "until" in held && held.hash === idempotency?.hash)
          journal.remove(kept, idempotency.key);
      }),

    find: (command) =>
      run(() => {
        const held = holder(command);
        return held !== null && "answer" in held ? answerOf<unknown>(held) : null;
      }),
  };
}

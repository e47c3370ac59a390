import type { DeadLetter } from "../domain/consumer.ts";
import { encodedText } from "../domain/encoded.ts";
import type { ConsumerRepository, DeadLetterDraft, LetterSelection } from "../ports/consumers.ts";
import type { Run } from "./access.ts";
import { leased } from "./leases.ts";
import { rowsOf } from "./rows.ts";
import { type Database, type SellerState, sellerToRead, sellerToWrite } from "./state.ts";

type DeadLetters = Pick<ConsumerRepository, "letters" | "redrive" | "discard" | "redriven" | "settle">;

export function deadLetters(db: Database, run: Run): DeadLetters {
  const { journal } = db;

  function selected({
    id,
    consumer,
    sellerId,
  }: LetterSelection): { seller: SellerState; letter: DeadLetter }[] {
    const sellers = sellerId === null ? [...db.sellers.values()] : [sellerToRead(db, sellerId)];
    return sellers
      .flatMap((seller) => [...seller.letters.values()].map((letter) => ({ seller, letter })))
      .filter(
        ({ letter }) =>
          (id === null || letter.id === id) && (consumer === null || letter.consumer === consumer),
      );
  }

  return {
    letters: (selection, { limit, after }) =>
      run(() => {
        const rows = selected(selection)
          .filter(({ letter }) => after === null || letter.id < after.id)
          .sort((a, b) => b.letter.id - a.letter.id)
          .map(({ letter }) => ({ key: String(letter.id), id: letter.id, value: letter }));
        return rowsOf<DeadLetter>(null, rows, limit);
      }),

    redrive: (selection, at) =>
      run(() => {
        const those = selected(selection).filter(({ letter }) => letter.event !== null);
        for (const { seller, letter } of those)
          journal.put(seller.letters, letter.id, {
            ...letter,
            redriveAt: letter.redriveAt ?? at.toISOString(),
          });
        return those.length;
      }),

    discard: (selection) =>
      run(() => {
        const those = selected(selection);
        for (const { seller, letter } of those) journal.remove(seller.letters, letter.id);
        return those.length;
      }),

    redriven: (sellerId, consumer, limit) =>
      run(() => {
        const those = selected({ id: null, consumer, sellerId })
          .map(({ letter }) => letter)
          .filter(({ redriveAt }) => redriveAt !== null)
          .slice(0, limit);
        return encodedText<DeadLetter[]>(JSON.stringify(those)).value;
      }),

    settle: (lease, id, failure, at) =>
      run(() => {
        if (leased(db, lease) === null) return false;
        const { letters } = sellerToWrite(db, lease.sellerId);
        const letter = letters.get(id);
        if (letter === undefined) return true;
        if (failure === null) journal.remove(letters, id);
        else journal.put(letters, id, { ...letter, ...failure, failedAt: at.toISOString(), redriveAt: null });
        return true;
      }),
  };
}

export function buryLetter(
  { journal, nextId }: Database,
  { id: sellerId, letters }: SellerState,
  consumer: string,
  { event, ...draft }: DeadLetterDraft,
  at: Date,
): void {
  const id = nextId("letter");
  const times = { createdAt: at.toISOString(), failedAt: at.toISOString(), redriveAt: null };
  const parsed = event === null ? null : (JSON.parse(event) as unknown);
  journal.put(letters, id, { ...{ id, consumer, sellerId, event: parsed }, ...draft, ...times });
}

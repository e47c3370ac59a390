import type { ConsumerProgress } from "../domain/consumer.ts";
import { formatCursor } from "../domain/cursor.ts";
import { compareCodePoints } from "../domain/text.ts";
import type { ConsumerRepository } from "../ports/consumers.ts";
import type { Run } from "./access.ts";
import { beforeOldest, begun } from "./leases.ts";
import { rowsOf } from "./rows.ts";
import { type Database, type SellerState, sellerToRead } from "./state.ts";

type Replays = Pick<ConsumerRepository, "rewind" | "replayed" | "progress">;

export function replays(db: Database, run: Run): Replays {
  const sellersOf = (sellerId: string | null) =>
    (sellerId === null ? [...db.sellers.values()] : [sellerToRead(db, sellerId)]).filter(
      ({ log, erasing }) => log !== null && !erasing,
    );

  return {
    rewind: (consumer, { sellerId, to, at }) =>
      run(() => {
        if (!db.consumers.has(consumer)) return null;
        const sellers = sellersOf(sellerId);
        for (const seller of sellers) {
          const { epoch, seq: head } = seller.log ?? { epoch: "", seq: 0 };
          const seq = to === "start" ? beforeOldest(seller) : to === "now" ? head : to;
          db.journal.put(seller.checkpoints, consumer, {
            ...begun(epoch, at),
            ...{ position: { epoch, seq }, replay: { from: seq, to: head } },
          });
        }
        return sellers.length;
      }),

    replayed: (consumer, sellerId) =>
      run(() => {
        const told = { done: 0, total: 0 };
        for (const seller of sellersOf(sellerId)) {
          const { position, replay } = seller.checkpoints.get(consumer) ?? begun("", new Date(0));
          if (replay === null) continue;
          told.done += Math.max(0, Math.min(position.seq, replay.to) - replay.from);
          told.total += replay.to - replay.from;
        }
        return told;
      }),

    progress: ({ consumer, sellerId }, { limit, after }) =>
      run(() => {
        const names =
          consumer === null ? [...db.consumers.keys()] : [consumer].filter((name) => db.consumers.has(name));
        const rows = names
          .flatMap((name) =>
            sellersOf(sellerId).map((seller) => ({ name, seller, key: `${name} ${seller.id}` })),
          )
          .sort((a, b) => compareCodePoints(a.name, b.name) || compareCodePoints(a.seller.id, b.seller.id))
          .map(({ name, seller, key }) => ({ key, id: 0, value: progressOf(name, seller) }));
        const from = after === null ? 0 : rows.findIndex(({ key }) => isBeyond(key, after.key));
        return rowsOf<ConsumerProgress>(null, from < 0 ? [] : rows.slice(from), limit);
      }),
  };
}

/** Names hold no spaces, so the key of a row is its consumer and seller with one between. */
function isBeyond(key: string, other: string): boolean {
  const [[name = "", seller = ""], [otherName = "", otherSeller = ""]] = [key.split(" "), other.split(" ")];
  return (compareCodePoints(name, otherName) || compareCodePoints(seller, otherSeller)) > 0;
}

function progressOf(
  consumer: string,
  { id: sellerId, log, checkpoints, letters }: SellerState,
): ConsumerProgress {
  const known = checkpoints.get(consumer);
  const head = log ?? { epoch: "", seq: 0 };
  const dealtWith = known?.position.epoch === head.epoch ? known.position.seq : 0;
  return {
    consumer,
    sellerId,
    position: known === undefined ? null : formatCursor(known.position),
    head: formatCursor(head),
    lag: Math.max(0, head.seq - dealtWith),
    attempts: known?.attempts ?? 0,
    error: known?.error ?? null,
    retryAt: known?.retryAt == null ? null : new Date(known.retryAt).toISOString(),
    deadLetters: [...letters.values()].filter((letter) => letter.consumer === consumer).length,
  };
}

import { compareCodePoints } from "../domain/text.ts";
import type { Claim, ConsumerRepository } from "../ports/consumers.ts";
import type { Run } from "./access.ts";
import { buryLetter } from "./dead-letters.ts";
import { beforeOldest, begun, leased } from "./leases.ts";
import {
  type CheckpointState,
  type Database,
  type SellerState,
  sellerToRead,
  sellerToWrite,
} from "./state.ts";

type Checkpoints = Pick<ConsumerRepository, "register" | "claim" | "renew" | "advance" | "postpone">;

export function checkpoints(db: Database, run: Run): Checkpoints {
  const { journal } = db;

  return {
    register: (consumer, from, at) =>
      run(() => {
        if (db.consumers.has(consumer)) return false;
        journal.put(db.consumers, consumer, at);
        for (const seller of db.sellers.values())
          if (seller.log !== null && !seller.erasing && !seller.checkpoints.has(consumer))
            journal.put(seller.checkpoints, consumer, {
              ...begun(seller.log.epoch, at),
              position: {
                epoch: seller.log.epoch,
                seq: from === "now" ? seller.log.seq : beforeOldest(seller),
              },
            });
        return true;
      }),

    claim: ({ consumer, among, except, limit, token, at, until }) =>
      run(() => {
        const now = at.getTime();
        const asked = among === null ? [...db.sellers.values()] : among.map((id) => sellerToRead(db, id));
        return asked
          .filter((seller) => !except.includes(seller.id) && hasNews(seller, consumer))
          .filter((seller) => isFree(seller.checkpoints.get(consumer), now))
          .sort(
            (a, b) => waitingSince(a, consumer) - waitingSince(b, consumer) || compareCodePoints(a.id, b.id),
          )
          .slice(0, limit)
          .map((seller): Claim => {
            const known = seller.checkpoints.get(consumer) ?? begun(seller.log?.epoch ?? "", at);
            const attempts = known.attempts + (known.token === null ? 0 : 1);
            const lease = { token, leasedUntil: until.getTime(), updatedAt: now };
            journal.put(seller.checkpoints, consumer, { ...known, attempts, ...lease });
            return { sellerId: seller.id, position: { ...known.position }, attempts, error: known.error };
          });
      }),

    renew: (consumer, leases, until) =>
      run(() =>
        leases.flatMap(({ sellerId, token }) => {
          const checkpoint = leased(db, { sellerId, consumer, token });
          if (checkpoint === null) return [];
          const { checkpoints } = sellerToWrite(db, sellerId);
          journal.put(checkpoints, consumer, { ...checkpoint, leasedUntil: until.getTime() });
          return [sellerId];
        }),
      ),

    advance: (lease, { position, at, letter, release }) =>
      run(() => {
        const checkpoint = leased(db, lease);
        if (checkpoint === null) return false;
        const seller = sellerToWrite(db, lease.sellerId);
        const { epoch, seq } = checkpoint.position;
        const stays = epoch === position.epoch && seq === position.seq;
        journal.put(seller.checkpoints, lease.consumer, {
          ...checkpoint,
          position: { ...position },
          updatedAt: at.getTime(),
          retryAt: null,
          ...(stays ? {} : { attempts: 0, error: null }),
          ...(release ? { token: null, leasedUntil: 0 } : {}),
        });
        if (letter !== null) buryLetter(db, seller, lease.consumer, letter, at);
        return true;
      }),

    postpone: (lease, { position, attempts, error, retryAt, at }) =>
      run(() => {
        const checkpoint = leased(db, lease);
        if (checkpoint === null) return false;
        journal.put(sellerToWrite(db, lease.sellerId).checkpoints, lease.consumer, {
          ...{
            position: { ...position },
            attempts,
            error,
            retryAt: retryAt.getTime(),
            updatedAt: at.getTime(),
          },
          ...{ token: null, leasedUntil: 0, replay: checkpoint.replay },
        });
        return true;
      }),
  };
}

function hasNews({ log, erasing, checkpoints, letters }: SellerState, consumer: string): boolean {
  if (log === null || erasing) return false;
  const { epoch, seq } = checkpoints.get(consumer)?.position ?? { epoch: log.epoch, seq: 0 };
  if (epoch !== log.epoch || seq !== log.seq) return true;
  return [...letters.values()].some((letter) => letter.consumer === consumer && letter.redriveAt !== null);
}

function isFree(checkpoint: CheckpointState | undefined, now: number): boolean {
  if (checkpoint === undefined) return true;
  const { token, leasedUntil, retryAt } = checkpoint;
  return (token === null || leasedUntil <= now) && (retryAt === null || retryAt <= now);
}

/** Since when nobody looked after this seller; one with whom the consumer has not begun comes first. */
function waitingSince(seller: SellerState, consumer: string): number {
  return seller.checkpoints.get(consumer)?.updatedAt ?? 0;
}

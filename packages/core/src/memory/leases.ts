import type { Lease } from "../ports/consumers.ts";
import { type CheckpointState, type Database, type SellerState, sellerToRead } from "./state.ts";

/** The checkpoint, if this lease is the one that holds it. */
export function leased(db: Database, { sellerId, consumer, token }: Lease): CheckpointState | null {
  const { checkpoints, erasing } = sellerToRead(db, sellerId);
  const checkpoint = checkpoints.get(consumer);
  return checkpoint?.token === token && !erasing ? checkpoint : null;
}

/** A checkpoint before the first event. */
export function begun(epoch: string, at: Date): CheckpointState {
  return {
    ...{ position: { epoch, seq: 0 }, token: null, leasedUntil: 0, attempts: 0, error: null, retryAt: null },
    ...{ updatedAt: at.getTime(), replay: null },
  };
}

export function beforeOldest({ events, log }: SellerState): number {
  return (events[0]?.seq ?? (log?.seq ?? 0) + 1) - 1;
}

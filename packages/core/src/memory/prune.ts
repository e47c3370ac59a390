import { compareCodePoints } from "../domain/text.ts";
import type { Pruned, PruneRequest, StoredEvent } from "../ports/repositories.ts";
import type { Database, SellerState } from "./state.ts";

/** How many sellers share a batch. */
const sellersAtOnce = 50;

/** Lets go of the oldest events of those who have some to let go. */
export function pruneLogs(db: Database, { before, keep, limit, from }: PruneRequest): Pruned {
  const tooOld = before.toISOString();
  const goes = (seller: SellerState, event: StoredEvent | undefined) =>
    event !== undefined && (event.seq <= (seller.log?.seq ?? 0) - keep || madeAt(event) < tooOld);
  const those = [...db.sellers.values()]
    .filter((seller) => compareCodePoints(seller.id, from) >= 0 && goes(seller, seller.events[0]))
    .sort((a, b) => compareCodePoints(a.id, b.id))
    .slice(0, Math.min(sellersAtOnce, limit));
  const share = Math.floor(limit / those.length);
  let events = 0;
  for (const seller of those) {
    const stays = seller.events.slice(0, share).findIndex((event) => !goes(seller, event));
    const count = stays < 0 ? Math.min(share, seller.events.length) : stays;
    forgetOldest(db, seller, count);
    events += count;
  }
  return { events, next: those[0]?.id ?? null };
}

function forgetOldest({ journal }: Database, seller: SellerState, count: number): void {
  const gone = seller.events.slice(0, count);
  journal.assign(seller, { events: seller.events.slice(count) });
  for (const [productId, { length }] of Map.groupBy(gone, (event) => event.productId)) {
    // They are the oldest of the product, too.
    const stays = productId === null ? undefined : seller.eventsOf.get(productId)?.slice(length);
    if (productId === null || stays === undefined) continue;
    if (stays.length === 0) journal.remove(seller.eventsOf, productId);
    else journal.put(seller.eventsOf, productId, stays);
  }
}

function madeAt({ text }: StoredEvent): string {
  return (JSON.parse(text) as { createdAt: string }).createdAt;
}

import type { ProductKey } from "../../ports/predictions.ts";
import type { Deps } from "../deps.ts";
import { clearMs } from "./judge.ts";
import { review } from "./review.ts";

/** Products looked up at once. */
const batch = 100;

/** One pass over all sellers: snoozes that are over, and alerts whose cause is gone for long enough. */
export async function alertsPass(
  deps: Deps,
  signal: AbortSignal,
  onError: (error: unknown) => void,
): Promise<void> {
  const now = deps.now();
  const clearSince = new Date(now.getTime() - clearMs);
  for (let after: ProductKey | null = null; !signal.aborted; ) {
    const due: ProductKey[] = await deps.repositories.alerts.due({ now, clearSince, limit: batch, after });
    for (const { sellerId, productId } of due) {
      if (signal.aborted) return;
      // One that fails is not to keep all others waiting.
      await review(deps, sellerId, productId, { eventId: null, moved: false, notes: true }).catch(onError);
    }
    if (due.length < batch) return;
    after = due.at(-1) ?? null;
  }
}

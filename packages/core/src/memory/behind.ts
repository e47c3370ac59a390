import { mostBehind } from "../domain/prediction.ts";
import { firstBeyond } from "./first-beyond.ts";
import type { SellerState } from "./state.ts";

/** How many events of a product that matter are after a position of the log. */
export function behindOf(
  { eventsOf }: SellerState,
  productId: number,
  basedOn: number,
  matters: (type: string) => boolean,
): number {
  const events = eventsOf.get(productId) ?? [];
  let behind = 0;
  for (let at = firstBeyond(events, ({ seq }) => seq > basedOn); at < events.length; at++) {
    if (behind === mostBehind) break;
    if (matters(events[at]?.type ?? "")) behind++;
  }
  return behind;
}

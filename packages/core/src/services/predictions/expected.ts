import type { Incoming } from "@amused/engines";
import type { PredictionReason } from "../../domain/prediction.ts";
import { addDays, dayMs } from "../../domain/time.ts";
import type { ProductDemand } from "../../ports/demand.ts";

/** Goods that are late by more days than this are no longer counted on. */
const mostDaysLate = 30;

/**
 * When what is on its way arrives, today being period 1. What should have come by now is reckoned with today, as long as
 * it is not too late to be believed.
 */
export function expectedOf(
  incoming: ProductDemand["incoming"],
  today: string,
): { arrivals: Incoming[]; because: PredictionReason[] } {
  const oldest = addDays(today, -mostDaysLate);
  const because: PredictionReason[] = [];
  const arrivals = incoming.flatMap(({ expectedOn, quantity }): Incoming[] => {
    const counted = expectedOn >= oldest;
    if (expectedOn < today) because.push({ kind: "incoming_overdue", quantity, expectedOn, counted });
    if (!counted) return [];
    const days = Math.round((Date.parse(expectedOn) - Date.parse(today)) / dayMs);
    return [{ period: Math.max(0, days) + 1, quantity }];
  });
  return { arrivals, because };
}

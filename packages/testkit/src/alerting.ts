import type { Alert, AlertChange, AlertDraft, Repositories } from "@amused/core";
import { commandOf } from "./commands.ts";

/** An alert to raise: low stock, three of five. */
export function alertDraft(productId: number, changes: Partial<AlertDraft> = {}): AlertDraft {
  const evidence = {
    ...{ quantity: 3, reorderPoint: 5, orderQuantity: null, runsOutOn: "2025-06-20" },
    ...{ predictionId: null, eventId: "suite.1" },
  };
  return { productId, kind: "low_stock", evidence, ...changes } as AlertDraft;
}

/** Raises alerts; `null` where the store refuses. */
export async function raise(
  store: Repositories,
  sellerId: string,
  open: AlertDraft[],
  at: Date = commandOf(sellerId).at,
): Promise<Alert[] | null> {
  const written = await store.alerts.write(commandOf(sellerId, { at }), { open, change: [] });
  return written?.body.value ?? null;
}

/** Takes alerts a step further; `null` where the store refuses. */
export async function step(
  store: Repositories,
  sellerId: string,
  change: AlertChange[],
  at: Date = commandOf(sellerId).at,
): Promise<Alert[] | null> {
  const written = await store.alerts.write(commandOf(sellerId, { at }), { open: [], change });
  return written?.body.value ?? null;
}

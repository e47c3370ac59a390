import { type Alert, type AlertDraft, keptAlertDays } from "../domain/alert.ts";
import type { AlertChange } from "../domain/alert-life.ts";
import { encodedText } from "../domain/encoded.ts";
import { dayMs } from "../domain/time.ts";
import type { Scope } from "./command.ts";
import { fact } from "./log.ts";
import { type AlertState, type Database, liveProduct, type SellerState } from "./state.ts";

export function alertOf({ alerts }: SellerState, id: number): AlertState | null {
  for (const rows of alerts.values()) {
    const found = rows.find(({ alert }) => alert.id === id);
    if (found !== undefined) return found;
  }
  return null;
}

/** Whether an alert may be raised: its product is there, and none of its kind is current. */
export function isFree(seller: SellerState, { productId, kind }: AlertDraft): boolean {
  const rows = seller.alerts.get(productId) ?? [];
  return (
    liveProduct(seller, productId) !== null &&
    !rows.some(({ alert, current }) => current && alert.kind === kind)
  );
}

export function putAlert({ journal }: Database, { alerts }: SellerState, state: AlertState): void {
  const { productId, id } = state.alert;
  const rows = alerts.get(productId) ?? [];
  journal.put(
    alerts,
    productId,
    rows.map((row) => (row.alert.id === id ? state : row)),
  );
}

/** Raises an alert, and lets go of those of its product and kind that ended long ago. */
export function openAlert({ db, seller, command, at, emit }: Scope, draft: AlertDraft): Alert {
  const { productId, kind, evidence } = encodedText<AlertDraft>(JSON.stringify(draft)).value;
  const alert = {
    ...{ id: db.nextId("alert"), productId, kind, state: "open", evidence, openedAt: at },
    ...{ acknowledgedAt: null, acknowledgedBy: null, snoozedUntil: null, toldAt: null, clearSince: null },
    ...{ resolvedAt: null, resolvedBy: null, resolution: null, version: 1, updatedAt: at },
  } as Alert;
  const oldest = new Date(command.at.getTime() - keptAlertDays * dayMs).toISOString();
  const kept = (seller.alerts.get(productId) ?? []).filter(
    (row) => row.alert.kind !== kind || row.alert.updatedAt >= oldest,
  );
  db.journal.put(seller.alerts, productId, [...kept, { alert, current: true }]);
  emit(fact("alert.opened", productId, { alert }));
  return alert;
}

export function changeAlert({ db, seller, at, emit }: Scope, change: AlertChange): Alert {
  const { id, version, current, event, ...life } = change;
  const { alert: before } = alertOf(seller, id) as AlertState;
  const alert = { ...before, ...life, version: version + 1, updatedAt: at } as Alert;
  putAlert(db, seller, { alert, current });
  if (event !== null) emit(fact(event, alert.productId, { alert }));
  return alert;
}

import { type Alert, type AlertEventType, type AlertResolution, activeStates } from "./alert.ts";

/** What changes of an alert as it goes from state to state. */
export type AlertLife = Pick<
  Alert,
  "state" | "acknowledgedAt" | "acknowledgedBy" | "snoozedUntil" | "resolvedAt" | "resolvedBy" | "resolution"
>;

/** One step of an alert's life, from the version that it was decided on. */
export interface AlertChange extends AlertLife {
  id: number;
  version: number;
  /** Whether its cause holds still, so that no other of its kind is raised. */
  current: boolean;
  /** `null`: nobody need know. */
  event: AlertEventType | null;
}

/** An alert that is over this soon, before anybody was told, was none. */
const graceMs = 15 * 60_000;

export function isActive({ state }: Pick<Alert, "state">): boolean {
  return activeStates.includes(state);
}

export function acknowledged(alert: Alert, by: string | null, at: string): AlertChange {
  return step(alert, "alert.acknowledged", {
    ...{ state: "acknowledged", acknowledgedAt: at, acknowledgedBy: by, snoozedUntil: null },
  });
}

export function snoozed(alert: Alert, until: string): AlertChange {
  return step(alert, "alert.snoozed", { state: "snoozed", snoozedUntil: until });
}

/** The snooze is over, and its cause holds. */
export function reopened(alert: Alert): AlertChange {
  return step(alert, "alert.reopened", {
    ...{ state: "open", acknowledgedAt: null, acknowledgedBy: null, snoozedUntil: null },
  });
}

/** By hand: until its cause goes, nothing of its kind is raised again. */
export function resolved(alert: Alert, by: string | null, at: string): AlertChange {
  return step(alert, "alert.resolved", {
    ...{ state: "resolved", snoozedUntil: null, resolvedAt: at, resolvedBy: by, resolution: "by_hand" },
  });
}

/** Its cause is over. */
export function ended(
  alert: Alert,
  resolution: Exclude<AlertResolution, "by_hand">,
  at: string,
): AlertChange {
  // Somebody resolved it before; all that ends is that it keeps others from being raised.
  if (!isActive(alert)) return { ...step(alert, null, {}), current: false };
  const young = Date.parse(at) - Date.parse(alert.openedAt) < graceMs;
  const withdrawn = alert.state === "open" && alert.toldAt === null && young;
  const state = withdrawn ? "withdrawn" : "resolved";
  const over = { state, snoozedUntil: null, resolvedAt: at, resolution } as const;
  return { ...step(alert, `alert.${state}`, over), current: false };
}

function step(alert: Alert, event: AlertEventType | null, changes: Partial<AlertLife>): AlertChange {
  const { id, version, state, acknowledgedAt, acknowledgedBy } = alert;
  const { snoozedUntil, resolvedAt, resolvedBy, resolution } = alert;
  const life = { state, acknowledgedAt, acknowledgedBy, snoozedUntil, resolvedAt, resolvedBy, resolution };
  return { id, version, ...life, ...changes, current: true, event };
}

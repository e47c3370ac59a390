import { z } from "zod";
import { pageQuery } from "./page.ts";
import { idSchema } from "./seller.ts";
import { dayMs, momentSchema } from "./time.ts";

/** What an alert may be about, the gravest first: of one product only the gravest that holds is told. */
export const alertKinds = ["out_of_stock", "low_stock", "order_due"] as const;
export type AlertKind = (typeof alertKinds)[number];

export const alertStates = ["open", "acknowledged", "snoozed", "resolved", "withdrawn"] as const;
export type AlertState = (typeof alertStates)[number];

/** States in which an alert asks for something, now or later. */
export const activeStates: readonly AlertState[] = ["open", "acknowledged", "snoozed"];

/** Why an alert is over: its cause went, a graver one took its place, the product was deleted, or somebody said so. */
export type AlertResolution = "cause_gone" | "superseded" | "product_deleted" | "by_hand";

/** What an alert rests on, as last seen; but `eventId` is the event that raised it. */
interface Seen {
  quantity: number;
  /** What the current prediction advises to order. */
  orderQuantity: number | null;
  /** The day by which stock has run out with a probability of one half. */
  runsOutOn: string | null;
  /** The prediction that says so. */
  predictionId: number | null;
  /** `null` where time raised it, and no event. */
  eventId: string | null;
}

/** What each kind of alert rests on. */
export interface AlertEvidence {
  out_of_stock: Seen;
  low_stock: Seen & {
    /** The product's own. */
    reorderPoint: number;
  };
  order_due: Seen & {
    /** The computed one. */
    reorderPoint: number;
    /** Order on this day at the latest. */
    orderBy: string;
  };
}

interface AlertOf<Kind extends AlertKind> {
  id: number;
  productId: number;
  kind: Kind;
  state: AlertState;
  evidence: AlertEvidence[Kind];
  openedAt: string;
  acknowledgedAt: string | null;
  acknowledgedBy: string | null;
  snoozedUntil: string | null;
  /** When people were told of it, by mail or otherwise. */
  toldAt: string | null;
  /** Since when its cause is gone, but not by enough, or for long enough, to end it. */
  clearSince: string | null;
  resolvedAt: string | null;
  /** Who resolved it, where that was by hand. */
  resolvedBy: string | null;
  resolution: AlertResolution | null;
  /** Counts the changes of its state. */
  version: number;
  updatedAt: string;
}

/** One cause that asks for somebody, from its beginning to its end. */
export type Alert = { [Kind in AlertKind]: AlertOf<Kind> }[AlertKind];

/** An alert to be raised. */
export type AlertDraft = {
  [Kind in AlertKind]: { productId: number; kind: Kind; evidence: AlertEvidence[Kind] };
}[AlertKind];

export type AlertEventType =
  | "alert.opened"
  | "alert.acknowledged"
  | "alert.snoozed"
  | "alert.reopened"
  | "alert.resolved"
  | "alert.withdrawn";

/** For how many days an alert that is over is kept, at least. */
export const keptAlertDays = 400;

/** For how many days an alert can be snoozed at most. */
const longestSnooze = 90;

export const alertQuerySchema = z.strictObject({
  ...pageQuery,
  state: z.enum([...alertStates, "active"]).optional(),
  kind: z.enum(alertKinds).optional(),
  productId: idSchema.optional(),
});
/** `active` are those that are open, acknowledged or snoozed. */
export interface AlertQuery extends z.input<typeof alertQuerySchema> {}

export const alertSnoozeSchema = z.strictObject({ until: momentSchema });
export interface AlertSnooze extends z.input<typeof alertSnoozeSchema> {}

/** Alerts that can be acknowledged at once. */
export const mostAcknowledged = 200;

const oneWay = "must have ids or a kind, and not both";
export const alertAcknowledgeSchema = z
  .strictObject({
    ids: z
      .array(idSchema)
      .min(1, "must name at least one")
      .max(mostAcknowledged, `must name at most ${mostAcknowledged}`)
      .optional(),
    kind: z.enum(alertKinds).optional(),
  })
  .refine(({ ids, kind }) => (ids === undefined) !== (kind === undefined), oneWay);
/** Either these alerts, or those of a kind that are open: the newest 200. */
export type AlertAcknowledge = { ids: number[] } | { kind: AlertKind };

/** Alerts that one call changed, the newest first. */
export interface AlertsChanged {
  items: Alert[];
}

/** What is wrong with the end of a snooze that begins now. */
export function snoozeFault(until: string, now: Date): string | null {
  const ms = Date.parse(until) - now.getTime();
  if (ms <= 0) return "must be in the future";
  return ms > longestSnooze * dayMs ? `must be within ${longestSnooze} days` : null;
}

import {
  type Alert,
  type AlertDraft,
  type AlertEvidence,
  type AlertKind,
  alertKinds,
} from "../../domain/alert.ts";
import { type AlertChange, ended, isActive, reopened } from "../../domain/alert-life.ts";
import type { ProductStockout } from "../../domain/prediction.ts";
import { addDays, dateOf, dayMs } from "../../domain/time.ts";
import type { AlertSight, AlertSteps, WatchedProduct } from "../../ports/alerts.ts";

/** A cause that is gone, but not by its margin, ends its alert after so long. */
export const clearMs: number = dayMs;

/** What made somebody look at a product. */
export interface Cause {
  eventId: string | null;
  /** Stock was moved, or set. */
  moved: boolean;
  /** Whether it is time to note how the evidence is by now. */
  notes: boolean;
}

/** What is to be done about a product's alerts. */
export interface Verdict extends AlertSteps {
  observe: AlertSight[];
}

/** How things stand with one kind of cause. */
interface Standing {
  kind: AlertKind;
  /** Across its line. */
  holds: boolean;
  /** Away from it by more than the margin. */
  gone: boolean;
  mayOpen: boolean;
  draft(): AlertDraft;
}

/**
 * Says what a product's stock and prediction make of its alerts. A cause has a line, across which an alert is raised, and a
 * margin beyond it, which ends it; what lies between them for a day ends it too. Of several causes the gravest counts.
 */
export function judge(productId: number, watched: WatchedProduct, cause: Cause, now: Date): Verdict {
  const at = now.toISOString();
  if (watched.product === null) {
    const change = watched.alerts.map((alert) => ended(alert, "product_deleted", at));
    return { open: [], change, observe: [] };
  }
  const standings = standingsOf(productId, watched.product, watched.stockout, cause, dateOf(now));
  const verdict: Verdict = { open: [], change: [], observe: [] };
  let graver = false;
  for (const standing of standings) {
    const alert = watched.alerts.find(({ kind }) => kind === standing.kind);
    if (alert === undefined) {
      if (graver || !standing.mayOpen) continue;
      verdict.open.push(standing.draft());
      graver = true;
      continue;
    }
    const change = changeOf(alert, standing, graver, now);
    if (change !== null) verdict.change.push(change);
    if (change?.current === false) continue;
    graver = true;
    const seen = sightOf(alert, standing, cause.notes, at);
    if (seen !== null) verdict.observe.push(seen);
  }
  return verdict;
}

function changeOf(alert: Alert, { holds, gone }: Standing, graver: boolean, now: Date): AlertChange | null {
  const at = now.toISOString();
  const clearFor = alert.clearSince === null ? 0 : now.getTime() - Date.parse(alert.clearSince);
  const woken = alert.snoozedUntil !== null && alert.snoozedUntil <= at;
  if (gone || (!holds && (clearFor >= clearMs || woken))) return ended(alert, "cause_gone", at);
  if (graver && isActive(alert)) return ended(alert, "superseded", at);
  return woken ? reopened(alert) : null;
}

/** What is seen of an alert's cause by now, where that is not what was seen before. */
function sightOf(alert: Alert, { holds, draft }: Standing, notes: boolean, at: string): AlertSight | null {
  const { id, version } = alert;
  const clearSince = holds ? null : (alert.clearSince ?? at);
  // Of what somebody resolved nothing more is told.
  const { eventId } = alert.evidence;
  const evidence = notes && isActive(alert) ? { ...draft().evidence, eventId } : alert.evidence;
  const known = clearSince === alert.clearSince && same(evidence, alert.evidence);
  return known ? null : { id, version, evidence, clearSince };
}

function same(a: object, b: object): boolean {
  const other = new Map(Object.entries(b));
  return Object.entries(a).every(([name, value]) => other.get(name) === value);
}

type Stockout = Pick<ProductStockout, "quantity" | "date" | "reorder">;

function standingsOf(
  productId: number,
  { quantity, reorderPoint, stocked }: NonNullable<WatchedProduct["product"]>,
  prediction: WatchedProduct["stockout"],
  cause: Cause,
  today: string,
): Standing[] {
  const stockout = (prediction?.data ?? null) as Stockout | null;
  const reorder = stockout?.reorder ?? null;
  // By when to order is not known where how long it takes is only assumed: a first import is no hundred causes to do something.
  const isGuess = reorder?.because.some(({ kind, source }) => kind === "lead_time" && source === "assumed");
  const by = isGuess ? null : (reorder?.by ?? null);
  const seen = {
    quantity,
    orderQuantity: reorder?.quantity ?? null,
    runsOutOn: stockout?.date.p50 ?? null,
    predictionId: prediction?.id ?? null,
    eventId: cause.eventId,
  };
  const low = reorderPoint ?? 0;
  // Of what is not sold any more, and was gone before anybody looked, nobody need be told.
  const wanted = cause.moved || low > 0 || (reorder?.point ?? 0) > 0;
  // What was predicted of less stock than there is may be wrong about it; the next prediction will tell.
  const knows = stockout !== null && stockout.quantity >= quantity;
  const isLow = reorderPoint !== null && quantity <= low;
  const isDue = by !== null && by <= today;
  const evidence: AlertEvidence = {
    out_of_stock: seen,
    low_stock: { ...seen, reorderPoint: low },
    order_due: { ...seen, reorderPoint: reorder?.point ?? 0, orderBy: by ?? today },
  };
  const standing: Record<AlertKind, Omit<Standing, "kind" | "draft">> = {
    out_of_stock: { holds: quantity === 0, gone: quantity > 1, mayOpen: quantity === 0 && wanted },
    low_stock: {
      holds: isLow,
      gone: reorderPoint === null || quantity > low + Math.max(1, Math.ceil(low / 10)),
      mayOpen: isLow,
    },
    order_due: {
      holds: isDue,
      gone: by === null || by > addDays(today, dueMargin),
      mayOpen: isDue && knows,
    },
  };
  return alertKinds.map((kind) => ({
    ...{ kind, ...standing[kind], mayOpen: stocked && standing[kind].mayOpen },
    draft: () => ({ productId, kind, evidence: evidence[kind] }) as AlertDraft,
  }));
}

/** Days by which the day to order must lie ahead, so that nobody need order now: forecasts move it to and fro. */
const dueMargin = 2;

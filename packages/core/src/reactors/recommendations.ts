import { parseCursor } from "../domain/cursor.ts";
import type { RecommendationKind } from "../domain/recommendation.ts";
import type { Handle } from "../services/consumers/turn.ts";
import { pause } from "../services/pause.ts";
import type { RecommendationDeps } from "../services/recommendations/deps.ts";
import { refresh } from "../services/recommendations/refresh.ts";
import { throttled } from "../services/throttled.ts";

export const recommendationEvents: readonly string[] = [
  "product.created",
  "product.updated",
  "sale.recorded",
];

/** An event waits until it is this old, so that a burst of them is over, or at least a second's worth of it. */
const settledMs = 1_000;
/** Events that are looked at together, and lists that are made and written at once. */
const [looked, batch] = [1_000, 50];
/** Of so many lists it is remembered up to where they know the log, and of so many sellers up to where it was looked at. */
const remembered = 10_000;
/** What of a product says something of what is similar to it. */
const relevant = new Set(["name", "description", "category", "attributes", "price", "currency"]);

/**
 * Makes similar products of what is new or has changed, and what is bought together with the products of an order: once for
 * all that happened up to then. With an event, those after it are looked at that are there already.
 */
export function recommendationReactor(deps: RecommendationDeps): Handle {
  const { events, recommendations } = deps.repositories;
  const known = new Map<string, number>();
  const lookedAt = new Map<string, number>();

  return async (event, { sellerId, signal }) => {
    const { id, seq, createdAt } = event as Happened;
    const log = `${sellerId}\n${parseCursor(id, "id").epoch}`;
    if ((lookedAt.get(log) ?? 0) >= seq) return;
    // A clock that went back, or one that is ahead, makes an event come from the future: it waits no longer for that.
    await pause(settledMs - Math.max(0, deps.now().getTime() - Date.parse(createdAt)), signal);
    // From the event before it: that may be of the same order.
    const after = Math.max(0, seq - 2);
    const request = { after, limit: looked, types: recommendationEvents, productId: null };
    const run = await events.read(sellerId, request);
    const happened = run?.events.map(({ text }) => JSON.parse(text) as Happened) ?? [];
    const touched = touchedBy(happened, seq, happened.length === looked);
    const open = [...touched].filter(([list, last]) => (known.get(`${log} ${list}`) ?? 0) < last);
    for (let at = 0; at < open.length; at += batch) {
      if (signal.aborted) return;
      const lists: string[] = [];
      // Who asked for it, the pass, or this reactor before a restart, may have had it made.
      for (const [list, last] of open.slice(at, at + batch)) {
        const { productId, kind } = listNamed(list);
        const stored = await recommendations.find(sellerId, productId, kind);
        if ((stored?.basedOn ?? 0) < last) lists.push(list);
      }
      if (lists.length === 0) continue;
      const basedOn = await throttled(signal, () => refresh(deps, sellerId, lists.map(listNamed)));
      for (const list of lists) remember(known, `${log} ${list}`, basedOn);
    }
    remember(lookedAt, log, happened.at(-1)?.seq ?? seq);
  };
}

interface Happened {
  id: string;
  seq: number;
  type: string;
  productId: number;
  payload: { orderId?: string | null; changed?: string[] };
  createdAt: string;
}

/** The lists, by name, that events from `first` on say something about, each with the last that does. */
function touchedBy(happened: readonly Happened[], first: number, more: boolean): Map<string, number> {
  const touched = new Map<string, number>();
  const products = new Map<string, Set<number>>();
  for (const { type, productId, payload } of happened)
    if (type === "sale.recorded" && payload.orderId != null)
      products.set(payload.orderId, (products.get(payload.orderId) ?? new Set()).add(productId));
  // Of this order other lines may lie beyond what was read.
  const cut = more ? happened.at(-1)?.payload.orderId : null;
  for (const { type, productId, payload, seq } of happened) {
    if (seq < first) continue;
    if (type === "product.created" || (type === "product.updated" && isRelevant(payload.changed)))
      touched.set(nameOf(productId, "similar"), seq);
    const { orderId } = payload;
    if (type !== "sale.recorded" || orderId == null) continue;
    // An order of one product says nothing of what is bought with it.
    if ((products.get(orderId)?.size ?? 0) > 1 || orderId === cut)
      touched.set(nameOf(productId, "bought_together"), seq);
  }
  return touched;
}

function isRelevant(changed: readonly string[] = []): boolean {
  return changed.some((name) => relevant.has(name));
}

const nameOf = (productId: number, kind: RecommendationKind) => `${productId} ${kind}`;

function listNamed(name: string): { productId: number; kind: RecommendationKind } {
  const [productId, kind] = name.split(" ") as [string, RecommendationKind];
  return { productId: Number(productId), kind };
}

/** Anew at the end: what is remembered longest is forgotten first. */
function remember(map: Map<string, number>, key: string, value: number): void {
  map.delete(key);
  map.set(key, value);
  if (map.size > remembered) for (const oldest of map.keys()) return void map.delete(oldest);
}

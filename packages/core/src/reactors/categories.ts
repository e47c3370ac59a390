import { parseCursor } from "../domain/cursor.ts";
import type { EventPayloads, SettingsFact } from "../domain/event.ts";
import { categorise, isCleared, refreshReviews } from "../services/categories/categorise.ts";
import type { CategoryModels } from "../services/categories/models.ts";
import type { Handle } from "../services/consumers/turn.ts";
import type { Deps } from "../services/deps.ts";
import { throttled } from "../services/throttled.ts";

export const categoryEvents: readonly string[] = [
  "product.created",
  "product.updated",
  "category.settled",
  "settings.updated",
];

/** Events whose products are categorised at once: an import is not as many readings of the store. */
const batch = 100;
/** So many where a language model may be asked for each: it takes seconds. */
const askedBatch = 10;
/** Sellers' logs that are remembered. */
const remembered = 10_000;

/** Where a seller stands. */
interface Ahead {
  /** The events after this one … */
  from: number;
  /** … and up to this one were handled along with it. */
  to: number;
  /** What the model had learned when reviews were last made anew. */
  taught: string;
}

/**
 * Suggests a category for products that have none, sees what somebody made of suggestions, and makes those that wait anew
 * with what was learned from it.
 */
export function categoryReactor(deps: Deps, models: CategoryModels): Handle {
  const logs = new Map<string, Ahead>();
  const limit = deps.models.ids.language === null ? batch : askedBatch;

  return async (event, { sellerId, signal }) => {
    const { id, seq } = event as Happened;
    const log = `${sellerId}\n${parseCursor(id, "id").epoch}`;
    const ahead = logs.get(log);
    // Before `from` it is a replay.
    if (ahead !== undefined && seq > ahead.from && seq <= ahead.to) return;
    const run = await deps.repositories.events.read(sellerId, {
      ...{ after: seq - 1, limit, types: categoryEvents, productId: null },
    });
    // Unless the log was let go meanwhile, the event is the first of them.
    const read = run?.events.map(({ text }) => JSON.parse(text) as Happened) ?? [];
    const happened = read[0]?.seq === seq ? read : [event as Happened, ...read];
    const ids = happened.flatMap((one) => (one.type === "settings.updated" ? [] : one.productId));
    const cleared = happened.flatMap((one) =>
      one.type === "product.updated" && isCleared(one.payload) ? one.productId : [],
    );
    await throttled(signal, () => categorise(deps, models, sellerId, [...new Set(ids)], new Set(cleared)));
    const { fitted, learned } = await models.current(sellerId);
    const taught = `${fitted} ${learned}`;
    const isSetAnew = happened.some(
      (one) => one.type === "settings.updated" && one.payload.changed.categorizeFrom !== undefined,
    );
    let more = taught !== ahead?.taught || isSetAnew;
    while (more && !signal.aborted)
      more = await throttled(signal, () => refreshReviews(deps, models, sellerId));
    logs.delete(log);
    logs.set(log, { from: seq, to: happened.at(-1)?.seq ?? seq, taught });
    if (logs.size > remembered) for (const oldest of logs.keys()) return void logs.delete(oldest);
  };
}

type Happened = { id: string; seq: number } & (
  | { type: "product.created" | "category.settled"; productId: number }
  | { type: "product.updated"; productId: number; payload: EventPayloads["product.updated"] }
  | { type: "settings.updated"; payload: SettingsFact }
);

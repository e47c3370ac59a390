import { parseCursor } from "../domain/cursor.ts";
import type { Handle } from "../services/consumers/turn.ts";
import type { Deps } from "../services/deps.ts";
import { pause } from "../services/pause.ts";
import { outlookOf, refresh } from "../services/predictions/refresh.ts";
import { throttled } from "../services/throttled.ts";

export const forecastEvents: readonly string[] = [
  "sale.*",
  "stock.adjusted",
  "incoming.*",
  "product.created",
  "product.updated",
  "settings.updated",
  "import.completed",
];

/** An event waits until it is this old, so that a burst of them is over, or at least a second's worth of it. */
const settledMs = 1_000;
/** Of so many products it is remembered up to where their predictions know the log. */
const remembered = 10_000;

/**
 * Makes a product's predictions anew after something happened to it: once for all that happened up to then. Events that
 * a prediction knows already are passed over. What may have let all of a seller's expire wakes
 * the pass.
 */
export function forecastReactor(deps: Deps, wake: (sellerId: string) => void): Handle {
  const known = new Map<string, number>();

  return async (event, { sellerId, signal }) => {
    const { id, productId, seq, createdAt } = event as {
      id: string;
      productId: number | null;
      seq: number;
      createdAt: string;
    };
    // What is of no product let the predictions of all expire, if any: the pass makes them anew.
    if (productId === null) return wake(sellerId);
    // What can not be forecast for now is left to the pass.
    if (deps.calculator.isSetAside(outlookOf(sellerId, productId))) return;
    // Of a log with another history, as after a restore, what was known of this one says nothing.
    const key = `${sellerId}\n${parseCursor(id, "id").epoch} ${productId}`;
    if ((known.get(key) ?? 0) >= seq) return;
    // A clock that went back, or one that is ahead, makes an event come from the future: it waits no longer for that.
    const age = Math.max(0, deps.now().getTime() - Date.parse(createdAt));
    await pause(settledMs - age, signal);
    // However much is sold, what asks for answers comes first; while this rests, more of a product's events go into one forecast.
    // Who asked for it, or this reactor before a restart, may have had it made.
    const held = await deps.repositories.predictions.find(sellerId, productId, "forecast");
    const basedOn =
      held !== null && held.basedOn >= seq
        ? held.basedOn
        : await throttled(signal, () => refresh(deps, sellerId, [productId], { background: true }));
    // Anew at the end: what is remembered longest is forgotten first.
    known.delete(key);
    known.set(key, basedOn);
    if (known.size > remembered) for (const oldest of known.keys()) return void known.delete(oldest);
  };
}

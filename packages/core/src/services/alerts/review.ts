import { AmusedError } from "../../errors.ts";
import type { AlertSight, WatchedProduct } from "../../ports/alerts.ts";
import { type Deps, systemCommand } from "../deps.ts";
import { type Cause, judge } from "./judge.ts";

/** How often it is tried to be the one who changes an alert. */
const attempts = 5;

/**
 * Looks at a product and raises, ends and reopens its alerts as they should be. Looking twice changes nothing: it is what
 * stock is that counts, and no event. What is known of the product may be handed in; nothing is done upon that alone but to
 * note what was seen. Answers with what is known afterwards, `null` where that must be read anew.
 */
export async function review(
  deps: Deps,
  sellerId: string,
  productId: number,
  cause: Cause,
  known: WatchedProduct | null = null,
): Promise<WatchedProduct | null> {
  const { alerts } = deps.repositories;
  let watched = known ?? (await alerts.watch(sellerId, productId));
  let fresh = known === null;
  for (let attempt = 0; attempt < attempts; attempt++) {
    const at = deps.now();
    const { observe, ...steps } = judge(productId, watched, cause, at);
    const quiet = steps.open.length === 0 && steps.change.length === 0;
    if (quiet || fresh) {
      const noted = observe.length === 0 || (await alerts.observe(sellerId, observe));
      if (noted && quiet) return noting(watched, observe);
      const written = noted ? await alerts.write(systemCommand(deps, sellerId, at), steps) : null;
      if (written !== null) {
        if (written.position !== null) deps.announce(sellerId, written.position);
        return null;
      }
    }
    // Somebody was faster, or what was known is old.
    watched = await alerts.watch(sellerId, productId);
    fresh = true;
  }
  const message = `The alerts of product ${productId} are changed by many at once.`;
  throw new AmusedError("unavailable", message, { retryAfter: 1 });
}

function noting(watched: WatchedProduct, sights: AlertSight[]): WatchedProduct {
  const alerts = watched.alerts.map((alert) => {
    const seen = sights.find(({ id }) => id === alert.id);
    return (seen === undefined ? alert : { ...alert, ...seen }) as typeof alert;
  });
  return { ...watched, alerts };
}

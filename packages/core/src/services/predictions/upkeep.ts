import { isAmusedError } from "../../errors.ts";
import type { ProductKey } from "../../ports/predictions.ts";
import type { Deps } from "../deps.ts";
import { underLease } from "../lease.ts";
import { throttled } from "../throttled.ts";
import { learnShopIfDue } from "./learn-shop.ts";
import { keepOutlooks, makeOutlooks, outlookOf, readDemand } from "./refresh.ts";

/** The name of the lease on a seller's predictions. */
export const predictionWork = "predictions-pass";
/** Products whose predictions are made and written at once: on the embedded database nobody else has a turn while they are written. */
const batch = 5;

/**
 * One pass over all sellers: expired predictions are made anew. Of the nodes on one store, one does so for a seller at a
 * time. What fails for some products is told of, and left to the next pass: it is not to keep all others waiting.
 */
export async function predictionsPass(
  deps: Deps,
  signal: AbortSignal,
  onError: (error: unknown) => void,
): Promise<void> {
  const report = unlessOver(signal, onError);
  let after: ProductKey | null = null;
  do {
    const page: StalePage = await staleAfter(deps, after, 1);
    const sellerId = page.products[0]?.sellerId;
    after = page.next;
    if (sellerId === undefined) continue;
    await sellerPredictionsPass(deps, sellerId, signal, report);
    // There may be more after the one that was found, and of others.
    after = { sellerId, productId: Number.MAX_SAFE_INTEGER };
  } while (after !== null && !signal.aborted);
}

/** The same of one seller's; `false` where another pass is at it and some are left. */
export async function sellerPredictionsPass(
  deps: Deps,
  sellerId: string,
  signal: AbortSignal,
  onError: (error: unknown) => void,
): Promise<boolean> {
  const report = unlessOver(signal, onError);
  const work = (hold: () => Promise<boolean>) => forecastSeller(deps, sellerId, signal, report, hold);
  if (await underLease(deps, sellerId, predictionWork, report, work)) return true;
  // Of one who is being erased nobody gets the lease, until there is nothing left to predict.
  const left = await staleAfter(deps, { sellerId, productId: 0 }, 1).catch(report);
  return !left || ![left.products[0], left.next].some((one) => one?.sellerId === sellerId);
}

/** What ends the work has it fail too. */
function unlessOver(signal: AbortSignal, onError: (error: unknown) => void): (error: unknown) => void {
  return (error) => {
    if (!signal.aborted) onError(error);
  };
}

interface StalePage {
  products: ProductKey[];
  next: ProductKey | null;
}

const staleAfter = (
  { repositories, now }: Deps,
  after: ProductKey | null,
  limit: number,
): Promise<StalePage> => repositories.predictions.stale({ now: now(), limit, after });

/** Makes all predictions of a seller that have expired anew, from what was learned of the shop. */
async function forecastSeller(
  deps: Deps,
  sellerId: string,
  signal: AbortSignal,
  report: (error: unknown) => void,
  hold: () => Promise<boolean>,
): Promise<void> {
  // Forecasts are made without it too.
  await learnShopIfDue(deps, sellerId, signal, hold).catch(report);
  let after: ProductKey | null = { sellerId, productId: 0 };

  /** Reads the next batch, and has a thread begin with it; the rest of the work on it, or `null` after the last one. */
  async function begin(): Promise<(() => Promise<unknown>) | null> {
    if (after === null) return null;
    const page: StalePage = await staleAfter(deps, after, batch);
    const own = page.products.filter((one) => one.sellerId === sellerId);
    const ids = own
      .map(({ productId }) => productId)
      .filter((id) => !deps.calculator.isSetAside(outlookOf(sellerId, id)));
    // The next page begins with another seller where this one has ended with one.
    const isLast = own.length < page.products.length || page.next?.sellerId !== sellerId;
    after = isLast ? null : page.next;
    const reading = ids.length === 0 ? null : await readDemand(deps, sellerId, ids).catch(report);
    if (!reading) return async () => {};
    const make = () => makeOutlooks(deps, sellerId, reading, { background: true });
    const making = deps.calculator.threaded ? make() : null;
    return async () => {
      const made = await (making ?? make());
      await keepOutlooks(deps, sellerId, made);
      // What is set aside was told of when that happened.
      for (const error of made.failures) if (!isAmusedError(error, "unavailable")) report(error);
    };
  }

  let current = await throttled(signal, begin);
  while (current !== null && !signal.aborted && (await hold())) {
    const finish: () => Promise<unknown> = current;
    current = await throttled(signal, async () => {
      // While a thread works on a batch, the one after it is read. Without threads nothing is gained by that.
      const next = deps.calculator.threaded ? await begin() : undefined;
      await finish().catch(report);
      return next === undefined ? begin() : next;
    });
  }
}

import type { Position } from "../../domain/page.ts";
import { addDays, dateOf, startOf } from "../../domain/time.ts";
import type { DuePrediction, ProductKey } from "../../ports/predictions.ts";
import type { Deps } from "../deps.ts";
import { underLease } from "../lease.ts";
import { count } from "./counters.ts";
import { gently } from "./gently.ts";
import { learnShopIfDue } from "./learn-shop.ts";
import { storedHorizon } from "./outlook.ts";
import { keepOutlooks, makeOutlooks, readDemand } from "./refresh.ts";
import { scoreOf } from "./score.ts";

/** The lease's name. */
const work = "predictions-pass";
/** Products whose history is read at once: on the embedded database that is some 25 milliseconds in which nobody else has a turn. */
const batch = 10;
/** Predictions scored in one pass at most; the next pass goes on. */
const scoredAtOnce = 500;

/**
 * One pass over all sellers: expired predictions are made anew, and those whose last day is over are scored. Of the nodes on
 * one store, one does so for a seller at a time. What fails for some products is told of, and left to the next pass: it is
 * not to keep all others waiting.
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
  await scoreDue(deps, signal, report);
}

/** The same of one seller's expired predictions, without the scores; `false` where another pass is at it. */
export async function sellerPredictionsPass(
  deps: Deps,
  sellerId: string,
  signal: AbortSignal,
  onError: (error: unknown) => void,
): Promise<boolean> {
  const report = unlessOver(signal, onError);
  return underLease(deps, sellerId, work, report, (hold) =>
    forecastSeller(deps, sellerId, signal, report, hold),
  );
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
    const ids = page.products.filter((one) => one.sellerId === sellerId).map(({ productId }) => productId);
    // The next page begins with another seller where this one has ended with one.
    const isLast = ids.length < page.products.length || page.next?.sellerId !== sellerId;
    after = isLast ? null : page.next;
    const reading = ids.length === 0 ? null : await readDemand(deps, sellerId, ids).catch(report);
    if (!reading) return async () => {};
    const make = () => makeOutlooks(deps, reading, { background: true });
    const making = deps.calculator.threaded ? make() : null;
    // Told of by who waits for it.
    making?.catch(() => {});
    return async () => keepOutlooks(deps, sellerId, await (making ?? make()));
  }

  let current = await gently(signal, begin);
  while (current !== null && !signal.aborted && (await hold())) {
    const finish: () => Promise<unknown> = current;
    current = await gently(signal, async () => {
      // While a thread works on a batch, the one after it is read. Without threads nothing is gained by that.
      const next = deps.calculator.threaded ? await begin() : undefined;
      await finish().catch(report);
      return next === undefined ? begin() : next;
    });
  }
}

/** Compares what was predicted with what came. */
async function scoreDue(deps: Deps, signal: AbortSignal, report: (error: unknown) => void): Promise<void> {
  const { repositories, now } = deps;
  const due = await repositories.predictions.due({ today: dateOf(now()), limit: scoredAtOnce });
  for (const [sellerId, predictions] of Map.groupBy(due, (one) => one.sellerId)) {
    if (signal.aborted) return;
    await underLease(deps, sellerId, work, report, async (hold) => {
      for (const prediction of predictions) {
        if (signal.aborted || !(await hold())) return;
        await gently(signal, () => scoreOne(deps, prediction).catch(report));
      }
    });
  }
}

async function scoreOne(
  { repositories, now, predictionCounters }: Deps,
  prediction: DuePrediction,
): Promise<void> {
  const { sellerId, id, productId, type, createdAt, dueOn: to } = prediction;
  const from = addDays(dateOf(new Date(createdAt)), -storedHorizon);
  const { products } = await repositories.demand.read(sellerId, { productIds: [productId], from, to });
  const [demand] = products;
  const soldLater = type === "stockout" ? await soldAfter(repositories, prediction) : undefined;
  const score = demand ? scoreOf(prediction, demand, soldLater) : null;
  if ((await repositories.predictions.score(sellerId, id, score, now())) && score !== null)
    count(predictionCounters, type, score);
}

/** What was sold of a product on the day of a prediction once that was made; of very many sales the last. */
async function soldAfter(
  { sales }: Deps["repositories"],
  { sellerId, productId, createdAt: from }: DuePrediction,
): Promise<number> {
  const before = startOf(addDays(dateOf(new Date(from)), 1));
  let sold = 0;
  let after: Position | null = null;
  for (let pages = 0; pages < 20 && (pages === 0 || after !== null); pages++) {
    const page = await sales.list(sellerId, { productId, from, before, limit: 500, after });
    for (const { quantity } of page.body.value) sold += Math.max(0, quantity);
    after = page.last;
  }
  return sold;
}

import type { SeriesInput } from "@amused/engines";
import { addDays, dateOf, dayMs } from "../../domain/time.ts";
import type { Deps } from "../deps.ts";
import { throttled } from "../throttled.ts";
import { historyDays, seriesOf } from "./outlook.ts";
import type { KeptShop } from "./shop-profiles.ts";

/** Products that are learned from: more teach little. */
const sampled = 200;
/** Products among which those are chosen; of larger catalogues they are evenly chosen. */
const lookedAt = 10_000;
/** What a product sold in so many days says how well it sells. */
const recentDays = 91;
/** A catalogue that has grown or shrunk by more than this share is another. */
const changedShare = 0.25;
/** A profile is made anew when it is so old … */
const weekMs = 7 * dayMs;
/** … or so old and what it was learned from has changed. */
const settledMs = 3_600_000;
/** Products whose recent sales, and those whose whole history, are read at once. */
const [recentBatch, batch] = [200, 20];

/** Learns what a seller's products teach of each other, if that was not done lately. In a thread, or not at all. */
export async function learnShopIfDue(
  deps: Deps,
  sellerId: string,
  signal: AbortSignal,
  hold: () => Promise<boolean>,
): Promise<void> {
  const about = `the shop profile of ${sellerId}`;
  if (!deps.calculator.threaded || deps.calculator.isSetAside(about)) return;
  const kept = await deps.shopProfiles.load(sellerId);
  const age = kept === null ? Number.POSITIVE_INFINITY : deps.now().getTime() - Date.parse(kept.updatedAt);
  // By a clock that went back, it was made in the future: so it is not for long.
  if (Math.abs(age) < settledMs) return;
  const ids = await activeIds(deps, sellerId, signal);
  if (kept !== null && Math.abs(age) < weekMs && !(await hasChanged(deps, sellerId, kept, ids.length)))
    return;
  const at = deps.now();
  const { series, basedOn } = await readSample(deps, sellerId, ids, at, signal, hold);
  if (signal.aborted || !(await hold())) return;
  const learned =
    series.length < 2 ? "too few" : await deps.calculator.runLong("shopProfile", { series }, { about });
  if (learned === null) return;
  // Without errors to go by, the engine had too little to learn from.
  const profile = learned === "too few" || learned.errors === null ? null : learned;
  const state = { basedOn, version: kept?.version ?? 0, at };
  await deps.shopProfiles.save(sellerId, { profile, catalogue: ids.length }, state);
  // What was made while there was none is made anew.
  if (profile !== null && (kept?.profile ?? null) === null)
    await deps.repositories.predictions.expire(sellerId);
}

async function activeIds({ repositories }: Deps, sellerId: string, signal: AbortSignal): Promise<number[]> {
  const ids: number[] = [];
  const limit = 1_000;
  for (let more = true; more && !signal.aborted; ) {
    const page = await repositories.demand.active(sellerId, { after: ids.at(-1) ?? 0, limit });
    ids.push(...page);
    more = page.length === limit;
  }
  return ids;
}

async function hasChanged(
  { repositories }: Deps,
  sellerId: string,
  { profile, catalogue, basedOn }: KeptShop,
  products: number,
): Promise<boolean> {
  if (profile === null) return true;
  if (Math.abs(products - catalogue) > catalogue * changedShare) return true;
  const imports = { after: basedOn, limit: 1, types: ["import.*"], productId: null };
  return ((await repositories.events.read(sellerId, imports))?.events.length ?? 0) > 0;
}

async function readSample(
  { repositories }: Deps,
  sellerId: string,
  ids: readonly number[],
  at: Date,
  signal: AbortSignal,
  hold: () => Promise<boolean>,
): Promise<{ series: SeriesInput[]; basedOn: number }> {
  const today = dateOf(at);
  const to = addDays(today, -1);
  const sold: { id: number; units: number }[] = [];
  for (const some of batches(evenly(ids, lookedAt), recentBatch)) {
    const span = { productIds: some, from: addDays(today, -recentDays), to };
    const { products } = await throttled(signal, () => repositories.demand.read(sellerId, span));
    for (const { productId: id, units } of products)
      sold.push({ id, units: units.reduce((sum, day) => sum + day, 0) });
    if (signal.aborted || !(await hold())) break;
  }
  const from = addDays(today, -historyDays);
  const series: SeriesInput[] = [];
  let basedOn: number | null = null;
  for (const productIds of batches(chosen(sold), batch)) {
    const span = { productIds, from, to };
    const read = await throttled(signal, () => repositories.demand.read(sellerId, span));
    // What is known of the log is what the first reading knew.
    basedOn ??= read.basedOn;
    for (const demand of read.products) {
      const one = seriesOf(demand, from, today).series;
      if (one !== null) series.push(one);
    }
    if (signal.aborted || !(await hold())) break;
  }
  return { series, basedOn: basedOn ?? 0 };
}

/** Half of them are those that sell most, half are of the others that sell at all, evenly chosen down to the tail. */
export function chosen(sold: readonly { id: number; units: number }[]): number[] {
  const selling = sold
    .filter(({ units }) => units > 0)
    .sort((a, b) => b.units - a.units || a.id - b.id)
    .map(({ id }) => id);
  const best = selling.slice(0, sampled / 2);
  return [...best, ...evenly(selling.slice(best.length), sampled - best.length)].sort((a, b) => a - b);
}

/** At most so many of them, from the first on. */
function evenly<T>(all: readonly T[], most: number): T[] {
  if (all.length <= most) return [...all];
  return Array.from({ length: most }, (_, n) => all[Math.floor((n * all.length) / most)] as T);
}

function batches<T>(all: readonly T[], size: number): T[][] {
  return Array.from({ length: Math.ceil(all.length / size) }, (_, n) => all.slice(n * size, (n + 1) * size));
}

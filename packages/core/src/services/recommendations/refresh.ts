import type { RecommendationRow } from "../../ports/recommendations.ts";
import { systemCommand } from "../deps.ts";
import { yielder } from "../yielder.ts";
import type { RecommendationDeps, RecommendationList } from "./deps.ts";
import { listOf, modelNames } from "./lists.ts";
import { meaningLists, withMeaning } from "./meaning.ts";

/** After how long a list that nothing happened to is made anew: others may belong in it since. */
const freshMs = 24 * 3_600_000;

/** The same where a model of others was not waited for. */
const lateFreshMs = 60_000;

/**
 * Makes the lists of these products anew and keeps them; says up to where they know the log. `waitMs`: how long a model of
 * others is waited for; what comes later is in the next list, which is due soon.
 */
export async function refresh(
  deps: RecommendationDeps,
  sellerId: string,
  lists: readonly RecommendationList[],
  { waitMs }: { waitMs?: number } = {},
): Promise<number> {
  const { repositories, recommenders, now } = deps;
  const at = now();
  const { recommender, basedOn } = await recommenders.current(sellerId);
  const known = basedOn();
  const { near, late } = await meaningLists(deps, sellerId, lists, waitMs);
  const after = (ms: number) => new Date(at.getTime() + ms).toISOString();
  const [expiresAt, soon] = [after(freshMs), after(lateFreshMs)];
  const rows: RecommendationRow[] = [];
  const yieldNow = yielder();
  for (const { productId, kind } of lists) {
    await yieldNow();
    const own = listOf(recommender, productId, kind);
    const meant = kind === "similar" ? await near(productId) : null;
    const items = meant === null ? own : withMeaning(own, meant, productId, String(deps.meanings.model));
    rows.push({
      ...{ productId, kind, data: { items }, count: items.length },
      ...{ model: meant === null ? modelNames[kind] : `${modelNames[kind]} + ${deps.meanings.model}` },
      ...{ basedOn: known, expiresAt: late && kind === "similar" ? soon : expiresAt },
    });
  }
  const { position } = await repositories.recommendations.save(systemCommand(deps, sellerId, at), rows);
  if (position !== null) deps.announce(sellerId, position);
  // An import that was written meanwhile let those before these expire, but it is not in these either.
  const imports = { after: known, limit: 1, types: ["import.*"], productId: null };
  if (((await repositories.events.read(sellerId, imports))?.events.length ?? 0) > 0)
    for (const kind of new Set(rows.map((row) => row.kind)))
      await repositories.recommendations.expire(sellerId, kind);
  return known;
}

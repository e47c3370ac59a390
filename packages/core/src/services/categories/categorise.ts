import type { CategorizedProduct, CategorySuggestionRow } from "../../ports/categories.ts";
import type { Command } from "../../ports/repositories.ts";
import type { Deps } from "../deps.ts";
import { systemActor } from "../predictions/refresh.ts";
import { settingsOf } from "../settings.ts";
import { itemOf } from "./item.ts";
import type { CategoryModels } from "./models.ts";
import { suggestCategories } from "./suggest.ts";
import { verdictOn } from "./verdict.ts";

/** Suggestions that are kept of each product. */
export const keptSuggestions = 3;
/** Edits of a product that are looked at. */
const mostEdits = 200;

/**
 * Suggests categories for those of these products that have none, gives those that are sure enough, and settles suggestions of
 * those that got one from somebody. Done twice, it does nothing the second time.
 */
export async function categorise(
  deps: Deps,
  models: CategoryModels,
  sellerId: string,
  productIds: number[],
): Promise<void> {
  const { repositories } = deps;
  const found = (await repositories.categories.find(sellerId, productIds)).body.value;
  for (const one of found) await settleOne(deps, sellerId, one);

  const wanting = found.filter(({ product, suggestion }) => {
    if (product.category !== null) return false;
    return suggestion === null || (suggestion.state === "open" && suggestion.productVersion < product.version);
  });
  if (wanting.length === 0) return;
  const { categorizeFrom } = await settingsOf(deps, sellerId);
  const items = wanting.map(({ product }) => itemOf(product, deps.currency));
  const { suggestions, model, basedOn } = await suggestCategories(deps, models, sellerId, items, keptSuggestions);
  const rows: CategorySuggestionRow[] = [];
  for (const [at, { product }] of wanting.entries()) {
    const [best, ...rivals] = suggestions[at] ?? [];
    if (best === undefined) continue;
    const sure = categorizeFrom < 1 && best.confidence >= categorizeFrom;
    const { id: productId, version } = product;
    const apply = sure && (version === 1 || !(await wasCleared(deps, sellerId, productId)));
    rows.push({ productId, version, suggestions: [best, ...rivals], model, basedOn, apply });
  }
  if (rows.length === 0) return;
  const written = await repositories.categories.suggest(commandFor(deps, sellerId), rows);
  if (written.position !== null) deps.announce(sellerId, written.position);
}

/** What somebody made of a suggestion by an ordinary edit is what was decided of it. */
async function settleOne(
  deps: Deps,
  sellerId: string,
  { product, suggestion }: CategorizedProduct,
): Promise<void> {
  if (suggestion === null) return;
  const { id: productId, version, category } = product;
  const { state, chosen, suggestions } = suggestion;
  const untouched =
    state === "open" ? category === null : state === "applied" && category === suggestions[0]?.category;
  if (untouched || (state !== "open" && state !== "applied" && chosen === category)) return;
  const verdict = verdictOn(suggestion, category);
  // Of another version by now: that edit's event is still to come.
  const written = await deps.repositories.categories.settle(commandFor(deps, sellerId), {
    ...{ productId, version, category, state: verdict },
  });
  if (written?.position) deps.announce(sellerId, written.position);
}

/** Whether somebody took a product's category away, as far as the log tells; then none is given by itself. */
async function wasCleared({ repositories }: Deps, sellerId: string, productId: number): Promise<boolean> {
  const run = await repositories.events.read(sellerId, {
    ...{ after: 0, limit: mostEdits, types: ["product.updated"], productId },
  });
  return (run?.events ?? []).some(({ text }) => {
    const { payload } = JSON.parse(text) as {
      payload: { changed: string[]; product: { category: string | null } };
    };
    return payload.changed.includes("category") && payload.product.category === null;
  });
}

function commandFor({ now, epoch }: Deps, sellerId: string): Command {
  return { sellerId, actor: systemActor, at: now(), epoch: epoch(), idempotency: null };
}

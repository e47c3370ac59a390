import type { SuggestedCategory } from "../../domain/category.ts";
import type { Product } from "../../domain/product.ts";
import type { CategorizedProduct, CategorySuggestionRow } from "../../ports/categories.ts";
import { type Deps, systemCommand } from "../deps.ts";
import { settingsOf } from "../settings.ts";
import { adviseCategories } from "./advise.ts";
import { isProven, type Opinion, opinionIn } from "./blend.ts";
import { itemOf } from "./item.ts";
import type { CategoryModels } from "./models.ts";
import { verdictOn } from "./verdict.ts";

/** Of so much text that is in no example, too little is known. */
const mostlyUnknown = 0.7;
/** Suggestions that are kept of each product. */
export const keptSuggestions = 3;
/** Edits of a product that are looked at together. */
const editsAtOnce = 200;
/** Suggestions that wait and are made anew at once, the most confident first. */
const mostReviews = 200;
/** Of these, a language model that failed is asked again for so many. */
const mostAskedAgain = 10;

/** A product to make a suggestion for, and the one that it has. */
interface Wanting {
  product: Product;
  before: SuggestedCategory | null;
  /** What a language model said of it, so that it is not asked again. */
  opinion?: Opinion | null;
}

/**
 * Suggests categories for those of these products that have none, gives those that are sure enough, and settles suggestions of
 * those that got one from somebody, or lost theirs (`cleared`). Done twice, it does nothing the second time.
 */
export async function categorise(
  deps: Deps,
  models: CategoryModels,
  sellerId: string,
  productIds: number[],
  cleared: ReadonlySet<number> = new Set(),
): Promise<void> {
  const found = (await deps.repositories.categories.find(sellerId, productIds)).body.value;
  for (const one of found) await settleOne(deps, sellerId, one);
  const wanting = found.flatMap(({ product, suggestion }): Wanting[] => {
    const isMissing =
      suggestion === null || (suggestion.state === "open" && suggestion.productVersion < product.version);
    return product.category === null && isMissing ? [{ product, before: null }] : [];
  });
  for (const { product } of wanting) if (cleared.has(product.id)) await dismiss(deps, sellerId, product);
  const rest = wanting.filter(({ product }) => !cleared.has(product.id));
  await suggestFor(deps, models, sellerId, rest);
}

/** Makes suggestions that wait for a review anew, with what was learned or set meanwhile; `true` where there may be more that are sure. */
export async function refreshReviews(deps: Deps, models: CategoryModels, sellerId: string): Promise<boolean> {
  const page = { limit: mostReviews, after: null };
  const reviews = (await deps.repositories.categories.reviews(sellerId, page)).body.value;
  let asked = 0;
  const wanting = reviews.map(({ product, suggestions }): Wanting => {
    const [before = null] = suggestions;
    const opinion = opinionIn(suggestions);
    // Of those for which it could not be asked, some are tried again.
    if (opinion === undefined && asked++ < mostAskedAgain) return { product, before };
    return { product, before, opinion: opinion ?? null };
  });
  return (await suggestFor(deps, models, sellerId, wanting)) === mostReviews;
}

/** Says how many were sure. */
async function suggestFor(
  deps: Deps,
  models: CategoryModels,
  sellerId: string,
  wanting: Wanting[],
): Promise<number> {
  if (wanting.length === 0) return 0;
  const { categorizeFrom } = await settingsOf(deps, sellerId);
  const items = wanting.map(({ product, opinion }) => ({
    item: itemOf(product, deps.currency),
    ...(opinion !== undefined && { opinion }),
  }));
  const made = await adviseCategories(deps, models, sellerId, items, keptSuggestions);
  const { model, basedOn } = made;
  const rows: CategorySuggestionRow[] = [];
  for (const [at, { product, before }] of wanting.entries()) {
    const suggestions = made.suggestions[at] ?? [];
    const [best] = suggestions;
    if (best === undefined) continue;
    const apply =
      categorizeFrom < 1 && best.confidence >= categorizeFrom && isProven(best) && !isDoubted(best);
    if (!apply && isSame(best, before)) continue;
    const { id: productId, version } = product;
    if (apply && version > 1 && (await wasCleared(deps, sellerId, productId)))
      await dismiss(deps, sellerId, product);
    else rows.push({ productId, version, suggestions, model, basedOn, apply });
  }
  if (rows.length === 0) return 0;
  const { position } = await deps.repositories.categories.suggest(systemCommand(deps, sellerId), rows);
  if (position !== null) deps.announce(sellerId, position);
  return rows.filter(({ apply }) => apply).length;
}

/** Somebody took its category away: that is kept, as the log will not tell it for ever. */
async function dismiss(deps: Deps, sellerId: string, { id: productId, version }: Product): Promise<void> {
  const settlement = { productId, version, category: null, state: "dismissed" } as const;
  const written = await deps.repositories.categories.settle(systemCommand(deps, sellerId), settlement);
  if (written?.position) deps.announce(sellerId, written.position);
}

/**
 * What speaks for caution leaves a suggestion to somebody, however sure it is: that its category has few examples, or that
 * nearly all of the product's text was in none. One word that is shared makes no coffee of a coffee table.
 */
function isDoubted({ because }: SuggestedCategory): boolean {
  // Of what a language model picked, its own record speaks.
  if (because.some(({ kind }) => kind === "language_model")) return false;
  return because.some(
    ({ kind, share }) =>
      kind === "few_examples" || (kind === "unknown_text" && Number(share) >= mostlyUnknown),
  );
}

/** About as sure of the same as before. */
function isSame({ category, confidence }: SuggestedCategory, before: SuggestedCategory | null): boolean {
  return before?.category === category && Math.abs(before.confidence - confidence) < 0.01;
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
  const known = state === "open" ? null : state === "applied" ? (suggestions[0]?.category ?? null) : chosen;
  if (category === known) return;
  // Where the product has another version by now, that edit's event is still to come.
  const written = await deps.repositories.categories.settle(systemCommand(deps, sellerId), {
    ...{ productId, version, category, state: verdictOn(suggestion, category) },
  });
  if (written?.position) deps.announce(sellerId, written.position);
}

/** Whether somebody took a product's category away, as far as the log tells; then none is given by itself. */
async function wasCleared({ repositories }: Deps, sellerId: string, productId: number): Promise<boolean> {
  for (let after = 0; ; ) {
    const run = await repositories.events.read(sellerId, {
      ...{ after, limit: editsAtOnce, types: ["product.updated"], productId },
    });
    const edits = run?.events ?? [];
    if (edits.some(({ text }) => isCleared((JSON.parse(text) as { payload: Edit }).payload))) return true;
    if (edits.length < editsAtOnce) return false;
    after = edits.at(-1)?.seq ?? after;
  }
}

interface Edit {
  changed?: string[];
  product?: Pick<Product, "category">;
}

/** Whether an edit took the product's category away. */
export function isCleared({ changed, product }: Edit): boolean {
  return (changed?.includes("category") ?? false) && product?.category === null;
}

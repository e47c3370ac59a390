import type { CategoryItem } from "@amused/engines";
import { defaultTaxonomy } from "@amused/engines/default-taxonomy";
import type { SuggestedCategory } from "../../domain/category.ts";
import { compareCodePoints } from "../../domain/text.ts";
import type { Deps } from "../deps.ts";
import { categorise, mostCategories } from "../models/categorise.ts";
import { settingsOf } from "../settings.ts";
import { blended, type Opinion, unadvised } from "./blend.ts";
import type { CategoryModels } from "./models.ts";
import { type Suggested, suggestCategories } from "./suggest.ts";

/** Questions to a language model at once, of one batch. */
const atOnce = 4;
/** Local suggestions that its pick is looked for among. */
const lookedThrough = 10;

/** An item, and what a language model said of it before; `null` where it is not to be asked. */
export interface Advisable {
  item: CategoryItem;
  opinion?: Opinion | null;
}

/**
 * The likeliest categories of items. Where the seller's own products do not tell surely enough to give one by itself, a language
 * model is asked too, if there is one; where it fails, what is known here is the answer.
 */
export async function adviseCategories(
  deps: Deps,
  models: CategoryModels,
  sellerId: string,
  items: readonly Advisable[],
  limit: number,
): Promise<Suggested> {
  const given = items.map(({ item }) => item);
  const { language } = deps.models.ids;
  if (language === null || !models.mayAsk) return suggestCategories(deps, models, sellerId, given, limit);
  const { categorizeFrom } = await settingsOf(deps, sellerId);
  const local = await suggestCategories(deps, models, sellerId, given, lookedThrough);
  const suggestions = local.suggestions.map((some) => some.slice(0, limit));
  const open = [...items.keys()].filter(
    (at) => (local.suggestions[at]?.[0]?.confidence ?? 0) < categorizeFrom,
  );
  const categories = open.length === 0 ? [] : await categoriesOf(deps, sellerId, local.examples);
  const opinions = new Map<number, Opinion>();
  const turns = open.values();
  const ask = async () => {
    for (const at of turns) {
      const { item, opinion } = items[at] as Advisable;
      const said =
        opinion === undefined
          ? await opinionOf(deps, sellerId, item, listFor(categories, local.suggestions[at] ?? []))
          : opinion;
      if (said !== null) opinions.set(at, said);
    }
  };
  await Promise.all(Array.from({ length: atOnce }, ask));
  // After the answers: what was decided while they were awaited is in it.
  const record = opinions.size === 0 ? null : await deps.repositories.categories.picks(sellerId, language);
  const used = new Set(categories);
  let hadSay = false;
  for (const [at, opinion] of opinions) {
    const known = local.suggestions[at] ?? [];
    if ("ok" in opinion) suggestions[at] = unadvised(known, opinion, limit);
    else if (opinion.category !== null && opinion.model === language && used.has(opinion.category)) {
      const { category, model } = opinion;
      suggestions[at] = blended(known, { category, model }, record as NonNullable<typeof record>, limit);
      hadSay = true;
    }
  }
  return { ...local, suggestions, model: hadSay ? `${local.model} + ${language}` : local.model };
}

/** Those that products have, those of the most products first; of a shop that has none, the general list's. */
async function categoriesOf(
  { repositories }: Deps,
  sellerId: string,
  examples: ReadonlyMap<string, number>,
): Promise<string[]> {
  if (examples.size === 0) return defaultTaxonomy.categories.map(({ category }) => category);
  const used = new Set(await repositories.categories.inUse(sellerId, [...examples.keys()]));
  return [...examples]
    .filter(([category]) => used.has(category))
    .sort((a, b) => b[1] - a[1] || compareCodePoints(a[0], b[0]))
    .map(([category]) => category);
}

/** As many as are asked about, those that are likely here among them; in one order, so that a question is the same again. */
function listFor(categories: readonly string[], likely: readonly SuggestedCategory[]): string[] {
  if (categories.length <= mostCategories) return [...categories].sort(compareCodePoints);
  const chosen = new Set([...likely.map(({ category }) => category), ...categories]);
  return [...chosen].slice(0, mostCategories).sort(compareCodePoints);
}

async function opinionOf(
  { models }: Deps,
  sellerId: string,
  { name, description = "" }: CategoryItem,
  categories: string[],
): Promise<Opinion | null> {
  if (categories.length === 0) return null;
  const tried = await models.tryLanguage(sellerId, categorise({ name, description }, categories));
  return tried.ok ? { model: tried.model, category: tried.value[0]?.category ?? null } : tried;
}

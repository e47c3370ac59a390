import {
  type CategorySuggestions,
  categoryDecisionSchema,
  categoryQuerySchema,
  categorySuggestSchema,
  type SuggestedCategory,
} from "../../domain/category.ts";
import { encodedValue } from "../../domain/encoded.ts";
import { parse } from "../../domain/parse.ts";
import type { Product } from "../../domain/product.ts";
import { AmusedError, notFound } from "../../errors.ts";
import type { Written } from "../../ports/repositories.ts";
import { answerRead, answerWritten, checkSees, commandOf, type Deps } from "../deps.ts";
import { pageOf, positionOf } from "../pages.ts";
import type { Services } from "../services.ts";
import { adviseCategories } from "./advise.ts";
import { explanationOf } from "./explain.ts";
import { itemOf } from "./item.ts";
import type { CategoryModels } from "./models.ts";
import { verdictOn } from "./verdict.ts";

/** Which category a product belongs in, as the seller's own products teach. */
export function categoriesService(deps: Deps, models: CategoryModels): Services["categories"] {
  const { repositories } = deps;
  return {
    async suggest(context, input) {
      checkSees(context);
      const { limit, ...asked } = parse(categorySuggestSchema, input);
      const item = itemOf(
        { description: "", price: "0", currency: deps.currency, attributes: {}, ...given(asked) },
        deps.currency,
      );
      const { suggestions, model } = await adviseCategories(
        deps,
        models,
        context.sellerId,
        [{ item }],
        limit,
      );
      const body = encodedValue<CategorySuggestions>({
        ...{ suggestions: (suggestions[0] ?? []).filter(isFounded), model },
        // What happened up to the question is in it: it was learned from the log just now.
        ...{ generatedAt: deps.now().toISOString(), behind: 0 },
      });
      const head = (await repositories.events.heads([context.sellerId])).get(context.sellerId) ?? null;
      return answerRead(deps, context.sellerId, { body, head });
    },

    async list(context, input) {
      checkSees(context);
      const { limit, cursor } = parse(categoryQuerySchema, input);
      const page = { limit, after: positionOf(cursor, ["categories"]) };
      const rows = await repositories.categories.counts(context.sellerId, page);
      return answerRead(deps, context.sellerId, { body: pageOf(rows, ["categories"]), head: rows.head });
    },

    async reviews(context, input) {
      checkSees(context);
      const { limit, cursor } = parse(categoryQuerySchema, input);
      const page = { limit, after: positionOf(cursor, ["reviews"]) };
      const rows = await repositories.categories.reviews(context.sellerId, page);
      return answerRead(deps, context.sellerId, { body: pageOf(rows, ["reviews"]), head: rows.head });
    },

    async settle(context, productId, input) {
      const { category } = parse(categoryDecisionSchema, input);
      const command = commandOf(deps, context);
      for (let attempt = 0; attempt < 10; attempt++) {
        const kept = command.idempotency && (await repositories.idempotency.find(command));
        if (kept) return answerWritten(deps, context.sellerId, kept as Written<Product>);
        const [found] = (await repositories.categories.find(context.sellerId, [productId])).body.value;
        if (found === undefined) throw notFound("product", productId);
        const { product, suggestion } = found;
        const state = verdictOn(suggestion, category);
        const settlement = { productId, version: product.version, category, state };
        const written = await repositories.categories.settle(command, settlement);
        if (written !== null) return answerWritten(deps, context.sellerId, written);
      }
      throw new AmusedError("unavailable", `Product ${productId} is edited by many at once. Try again.`, {
        retryAfter: 1,
      });
    },

    async explain(context, productId) {
      checkSees(context);
      const read = await repositories.categories.find(context.sellerId, [productId]);
      const [found] = read.body.value;
      if (found === undefined) throw notFound("product", productId);
      const body = encodedValue(await explanationOf(deps, models, context.sellerId, found));
      return answerRead(deps, context.sellerId, { body, head: read.head });
    },

    async accuracy(context) {
      checkSees(context);
      return answerRead(deps, context.sellerId, await repositories.categories.accuracy(context.sellerId));
    },
  };
}

/** Reasons that speak for no category. */
const silent = new Set(["few_examples", "unknown_text", "no_model"]);

/** Where nothing of an item was ever seen, how many products each category has is all that is left: no reason to suggest one. */
function isFounded({ because }: SuggestedCategory): boolean {
  const speaks = because.some(({ kind }) => !silent.has(kind));
  return speaks || !because.some(({ kind, share }) => kind === "unknown_text" && share === 1);
}

/** What was said: `undefined` is not. */
function given<T extends object>(fields: T): { [K in keyof T]: Exclude<T[K], undefined> } {
  const said = Object.entries(fields).filter(([, value]) => value !== undefined);
  return Object.fromEntries(said) as { [K in keyof T]: Exclude<T[K], undefined> };
}

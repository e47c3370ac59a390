import type { CategoryFact } from "../../domain/event.ts";
import type { Product } from "../../domain/product.ts";
import type { Deps } from "../deps.ts";
import { lost } from "../stream/lost.ts";
import { exampleOf } from "./item.ts";
import type { Model } from "./model.ts";

/** What of the log says which category a product has. */
const types = ["product.*", "category.settled"];
/** Events that are read at once. */
const batch = 200;

type LearnDeps = Pick<Deps, "repositories" | "currency">;

interface CatalogueEvent {
  seq: number;
  type: string;
  productId: number;
  payload: { product: Product; changed?: string[] } & CategoryFact;
}

/**
 * Teaches a model what happened to the catalogue since; `false` where the log does not tell all of that any more. A category
 * that was given by itself teaches nothing until somebody accepts it: it would only make the model surer of what it is sure of.
 */
export async function learnFromLog(deps: LearnDeps, sellerId: string, model: Model): Promise<boolean> {
  for (;;) {
    const run = await deps.repositories.events.read(sellerId, {
      ...{ after: model.basedOn, limit: batch, types, productId: null },
    });
    if (run === null) return model.epoch === null;
    model.epoch ??= run.epoch;
    if (lost({ epoch: model.epoch, seq: model.basedOn }, run) !== null) return false;
    for (const { text } of run.events) {
      const event = JSON.parse(text) as CatalogueEvent;
      const change = await changeOf(deps, sellerId, event, model.givenTo);
      if (change !== null) learn(model, change, deps.currency);
      model.givenTo = event.type === "product.categorized" && event.payload.applied ? event.productId : null;
      model.basedOn = event.seq;
    }
    if (run.events.length === batch) continue;
    model.basedOn = run.head;
    return true;
  }
}

/** The product that has another category since an event, as somebody decided; `null` where it says nothing of the kind. */
async function changeOf(
  { repositories }: LearnDeps,
  sellerId: string,
  { type, productId, payload }: CatalogueEvent,
  givenTo: number | null,
): Promise<Product | null> {
  switch (type) {
    case "product.created":
      return payload.product.category === null ? null : payload.product;
    case "product.updated":
      // Right after it was given by itself, that is what the event tells.
      return givenTo !== productId && payload.changed?.includes("category") ? payload.product : null;
    case "product.deleted":
      return payload.product.category === null ? null : { ...payload.product, category: null };
    case "category.settled": {
      // Where somebody accepts what was given, no product is updated.
      if (payload.state !== "accepted" || !payload.applied) return null;
      const product = (await repositories.products.find(sellerId, productId))?.body.value;
      return product !== undefined && product.category === payload.category ? product : null;
    }
    default:
      return null;
  }
}

/** What is taken away is not unlearned, but counts as news: enough of it, and the model is made anew. */
function learn(model: Model, product: Product, currency: string): void {
  model.learned++;
  const example = exampleOf(product, currency);
  if (example === null) return;
  try {
    model.categorizer.learn(example, example.category);
  } catch {
    // More categories than an engine takes: it goes on with those that it has.
  }
}

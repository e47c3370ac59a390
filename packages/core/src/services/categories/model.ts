import {
  type Categorizer,
  type CategorizerJson,
  type CategoryExample,
  categorizerFrom,
} from "@amused/engines";
import { defaultTaxonomy } from "@amused/engines/default-taxonomy";
import type { Product } from "../../domain/product.ts";
import type { PageRequest, Rows } from "../../ports/repositories.ts";
import type { Deps } from "../deps.ts";
import { fitCategorizer } from "./fit.ts";
import { exampleOf } from "./item.ts";

/** What was learned of one seller's categories, and how much of the log is in it. */
export interface Model {
  categorizer: Categorizer;
  /** Of the log; `null` while there is none. */
  epoch: string | null;
  basedOn: number;
  /** Products that it was fitted to. */
  fitted: number;
  /** What was learned from the log since. */
  learned: number;
  /** The product that was given its category by the last event that was read. */
  givenTo: number | null;
  /** Of the stored state, 0 where there is none. */
  version: number;
  /** What of it is stored. */
  saved: { basedOn: number; learned: number };
}

/** The engine state's name. */
const stateName = "categorizer";
/** Products that are read at once, and learned from at most: the newest. */
const [pageSize, mostExamples] = [500, 10_000];
/** Of fewer examples, each of which takes up to a millisecond, no thread is started. */
const fewExamples = 30;

interface State {
  format: 1;
  epoch: string | null;
  fitted: number;
  learned: number;
  categorizer: CategorizerJson;
}

export type ModelDeps = Pick<Deps, "repositories" | "currency" | "now" | "calculator">;

/** A model of the catalogue as it is. Events that come while it is read are learned from the log. */
export async function fitModel(
  { repositories, currency, calculator }: ModelDeps,
  sellerId: string,
  version: number,
): Promise<Model> {
  const examples: CategoryExample[] = [];
  let after: PageRequest["after"] = null;
  let head: Rows<Product>["head"] | undefined;
  do {
    const page: Rows<Product> = await repositories.categories.examples(sellerId, { limit: pageSize, after });
    if (head === undefined) head = page.head;
    for (const product of page.body.value) {
      const example = exampleOf(product, currency);
      if (example !== null) examples.push(example);
    }
    after = page.last;
  } while (after !== null && examples.length < mostExamples);
  const fitted =
    examples.length < fewExamples
      ? null
      : await calculator.runLong(
          "categorizer",
          { examples },
          { about: `the categories of ${sellerId}`, urgent: true },
        );
  return {
    categorizer: categorizerFrom(fitted ?? fitCategorizer(examples), { taxonomy: defaultTaxonomy }),
    ...{ epoch: head?.epoch ?? null, basedOn: head?.seq ?? 0, fitted: examples.length, learned: 0 },
    ...{ givenTo: null, version, saved: { basedOn: 0, learned: 0 } },
  };
}

/** The model that is stored; `null` where there is none that this version reads, with the version of what is there. */
export async function loadModel(
  { repositories }: ModelDeps,
  sellerId: string,
): Promise<{ model: Model | null; version: number }> {
  const found = await repositories.engines.load(sellerId, stateName);
  if (found === null) return { model: null, version: 0 };
  const { version, basedOn } = found;
  try {
    const { format, epoch, fitted, learned, categorizer } = JSON.parse(found.state) as State;
    if (format !== 1) return { model: null, version };
    const model = {
      categorizer: categorizerFrom(categorizer, { taxonomy: defaultTaxonomy }),
      ...{ epoch, basedOn, fitted, learned, givenTo: null, version, saved: { basedOn, learned } },
    };
    return { model, version };
  } catch {
    // Of another version of the engine: it is made anew from the catalogue.
    return { model: null, version };
  }
}

/** Stores a model; `false` where another node has stored one meanwhile. */
export async function saveModel(
  { repositories, now }: ModelDeps,
  sellerId: string,
  model: Model,
): Promise<boolean> {
  const { epoch, fitted, learned, basedOn, categorizer } = model;
  const state: State = { format: 1, epoch, fitted, learned, categorizer: categorizer.toJSON() };
  const version = await repositories.engines.save(sellerId, stateName, {
    ...{ state: JSON.stringify(state), basedOn, version: model.version, at: now() },
  });
  if (version === false) return false;
  model.version = version;
  model.saved = { basedOn, learned };
  return true;
}

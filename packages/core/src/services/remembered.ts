import type { Repositories } from "../ports/repositories.ts";
import { uncached } from "./cached.ts";
import { type CategoryModels, categoryModels, modelsWithin } from "./categories/models.ts";
import type { Deps } from "./deps.ts";
import { createMeanings, noMeanings } from "./meaning/meanings.ts";
import { shopProfiles } from "./predictions/shop-profiles.ts";
import type { RecommendationDeps } from "./recommendations/deps.ts";
import { createRecommenders } from "./recommendations/recommenders.ts";

/** What is made of the store's content and kept beside it. */
export interface Remembered
  extends Pick<RecommendationDeps, "cached" | "shopProfiles" | "recommenders" | "meanings"> {
  categorizers: CategoryModels;
}

type RememberDeps = Pick<Deps, "cached" | "models" | "calculator" | "currency" | "now">;

export function rememberedOf(repositories: Repositories, deps: RememberDeps): Remembered {
  const { cached, models, calculator, currency, now } = deps;
  return {
    cached,
    shopProfiles: shopProfiles(repositories.engines, now),
    recommenders: createRecommenders({ repositories, now }),
    categorizers: categoryModels({ repositories, calculator, currency, now }),
    meanings: createMeanings({ repositories, models, now }),
  };
}

/** For a host's transaction: what is read there may never have been, and it does not wait for models of others. */
export function rememberedWithin(
  repositories: Repositories,
  { calculator, currency, now }: RememberDeps,
): Remembered {
  return {
    cached: uncached,
    shopProfiles: shopProfiles(repositories.engines, now),
    recommenders: { ...createRecommenders({ repositories, now }), renews: false },
    categorizers: modelsWithin({ repositories, calculator, currency, now }),
    meanings: noMeanings,
  };
}

/** Lets go of all that is remembered of a seller. */
export async function forgetSeller(
  { cached, shopProfiles, recommenders, categorizers, meanings }: Remembered,
  sellerId: string,
): Promise<void> {
  for (const memory of [shopProfiles, recommenders, categorizers, meanings]) memory.forget(sellerId);
  await cached.forget(sellerId);
}

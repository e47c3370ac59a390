import { parse } from "../../src/domain/parse.ts";
import { memoryFiles } from "../../src/memory/files.ts";
import type { Repositories } from "../../src/ports/repositories.ts";
import { uncached } from "../../src/services/cached.ts";
import { calculator } from "../../src/services/calculations/calculator.ts";
import type { Deps } from "../../src/services/deps.ts";
import { modelsSchema } from "../../src/services/models/limits.ts";
import { modelsService } from "../../src/services/models/models.ts";
import { predictionCounters } from "../../src/services/predictions/counters.ts";
import { shopProfiles } from "../../src/services/predictions/shop-profiles.ts";

/** What services and reactors work with, on these repositories and nothing of others. */
export function testDeps(repositories: Repositories, now: () => Date): Deps {
  return {
    transaction: (work) => work(repositories),
    ...{ repositories, files: memoryFiles(), cached: uncached, customEvents: {}, currency: "USD", now },
    models: modelsService(parse(modelsSchema, {}), { cached: uncached, now, onError() {} }),
    calculator: calculator({ threads: 0, start: async () => null, now, onError() {} }),
    shopProfiles: shopProfiles(repositories.engines, now),
    predictionCounters: predictionCounters(),
    ...{ epoch: () => "e", announce() {} },
  };
}

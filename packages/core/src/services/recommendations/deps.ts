import type { RecommendationKind } from "../../domain/recommendation.ts";
import type { Deps } from "../deps.ts";
import type { Meanings } from "../meaning/meanings.ts";
import type { Recommenders } from "./recommenders.ts";

/** What recommendations are made with. */
export interface RecommendationDeps extends Deps {
  recommenders: Recommenders;
  meanings: Meanings;
}

/** Which list of a product. */
export interface RecommendationList {
  productId: number;
  kind: RecommendationKind;
}

export type RecommendationKind = "similar" | "bought_together";

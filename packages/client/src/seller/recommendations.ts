import type { ProductRecommendations, Recommendations } from "@amused/core";
import type { Http } from "../http/http.ts";

export function recommendations(http: Http): ProductRecommendations {
  const list =
    (kind: string): ProductRecommendations["similar"] =>
    (id, query, options) =>
      http.send<Recommendations>("GET", `/products/${id}/recommendations`, {
        ...options,
        query: { ...query, kind },
      });
  return {
    similar: list("similar"),
    boughtTogether: list("bought_together"),
    explain: (id, otherId, query, options) =>
      http.send("GET", `/products/${id}/recommendations/${otherId}`, { ...options, query }),
  };
}

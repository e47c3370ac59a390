import type { Predictions } from "@amused/core";
import type { Http } from "../http/http.ts";
import { listing } from "../http/listing.ts";

export function predictions(http: Http): Predictions {
  return {
    forecast: (id, query, options) => http.send("GET", `/products/${id}/forecast`, { ...options, query }),
    stockout: (id, options) => http.send("GET", `/products/${id}/stockout`, options),
    atRisk: (query, options) => listing(http, "/stockouts", query, options?.signal),
    list: (query, options) => listing(http, "/predictions", query, options?.signal),
    explain: (id, query, options) => http.send("GET", `/products/${id}/explanation`, { ...options, query }),
    scores: (query, options) => listing(http, "/predictions/scores", query, options?.signal),
    record: (query, options) => http.send("GET", "/predictions/record", { ...options, query }),
  };
}

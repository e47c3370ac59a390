import type { Categories } from "@amused/core";
import type { Http } from "../http/http.ts";
import { listing } from "../http/listing.ts";

export function categories(http: Http): Categories {
  return {
    suggest: (json, options) => http.send("POST", "/categorize", { ...options, json }),
    list: (query, options) => listing(http, "/categories", query, options?.signal),
    reviews: (query, options) => listing(http, "/categories/reviews", query, options?.signal),
    settle: (id, json, options) => http.send("POST", `/products/${id}/category`, { ...options, json }),
    explain: (id, options) => http.send("GET", `/products/${id}/category`, options),
    accuracy: (options) => http.send("GET", "/categories/accuracy", options),
  };
}

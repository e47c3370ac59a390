import type { Stock } from "@amused/core";
import type { Http } from "../http/http.ts";
import { listing } from "../http/listing.ts";

export function stock(http: Http): Stock {
  const change: Stock["adjust"] & Stock["count"] = (id, json, options) =>
    http.send("POST", `/products/${id}/stock`, { ...options, json });
  return {
    adjust: change,
    count: change,
    movements: (id, query, options) =>
      listing(http, `/products/${id}/stock/movements`, query, options?.signal),
  };
}

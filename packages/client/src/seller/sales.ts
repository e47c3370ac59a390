import type { Sales } from "@amused/core";
import type { Http } from "../http/http.ts";
import { listing } from "../http/listing.ts";
import { files } from "./files.ts";

export function sales(http: Http): Sales {
  return {
    record: (json, options) => http.send("POST", "/sales", { ...options, json }),
    return: (json, options) => http.send("POST", "/returns", { ...options, json }),
    list: (query, options) => listing(http, "/sales", query, options?.signal),
    daily: (id, query, options) => http.page(`/products/${id}/sales/daily`, { ...options, query }),
    ...files(http, "sales"),
  };
}

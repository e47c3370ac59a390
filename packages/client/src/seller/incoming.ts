import type { Incoming } from "@amused/core";
import type { Http } from "../http/http.ts";
import { listing } from "../http/listing.ts";

export function incoming(http: Http): Incoming {
  return {
    create: (json, options) => http.send("POST", "/incoming", { ...options, json }),
    get: (id, options) => http.send("GET", `/incoming/${id}`, options),
    list: (query, options) => listing(http, "/incoming", query, options?.signal),
    update: (id, json, options) => http.send("PATCH", `/incoming/${id}`, { ...options, json }),
    receive: (id, json = {}, options) => http.send("POST", `/incoming/${id}/receive`, { ...options, json }),
    cancel: (id, options) => http.send("DELETE", `/incoming/${id}`, options),
  };
}

import type { Alerts } from "@amused/core";
import type { Http } from "../http/http.ts";
import { listing } from "../http/listing.ts";

export function alerts(http: Http): Alerts {
  return {
    list: (query, options) => listing(http, "/alerts", query, options?.signal),
    get: (id, options) => http.send("GET", `/alerts/${id}`, options),
    acknowledge: (id, options) => http.send("POST", `/alerts/${id}/acknowledge`, options),
    acknowledgeAll: (json, options) => http.send("POST", "/alerts/acknowledge", { ...options, json }),
    snooze: (id, json, options) => http.send("POST", `/alerts/${id}/snooze`, { ...options, json }),
    resolve: (id, options) => http.send("POST", `/alerts/${id}/resolve`, options),
  };
}

import type { CustomEvents, Events } from "@amused/core";
import type { Http } from "../http/http.ts";
import type { ReconnectOptions } from "../options.ts";
import { subscribe } from "../stream/subscribe.ts";

export function events<Custom extends CustomEvents>(
  http: Http,
  reconnect: ReconnectOptions | undefined,
): Events<Custom> {
  // Which events a filter lets through is the compiler's knowledge alone; what comes is the server's word for it.
  return {
    list: (query, options) => http.send("GET", "/events", { ...options, query }),
    publish: (json, options) => http.send("POST", "/events", { ...options, json }),
    subscribe: (subscription) => subscribe(http, reconnect, subscription),
  } as Events<Custom>;
}

import type { Settings } from "@amused/core";
import type { Http } from "../http/http.ts";

export function settings(http: Http): Settings {
  return {
    get: (options) => http.send("GET", "/settings", options),
    update: (json, options) => http.send("PATCH", "/settings", { ...options, json }),
  };
}

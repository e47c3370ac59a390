import type { Audit, AuditQuery, CustomEvents } from "@amused/core";
import type { Http } from "../http/http.ts";
import { listing } from "../http/listing.ts";
import { exporter } from "./files.ts";

// What comes is the server's word; the types are the compiler's view of it.
export function audit<Custom extends CustomEvents>(http: Http): Audit<Custom> {
  return {
    list: (query: AuditQuery, options) => listing(http, "/audit", query, options?.signal),
    export: exporter(http, "audit"),
  } as Audit<Custom>;
}

import type { Products } from "@amused/core";
import type { LiveShop } from "@amused/core/live";
import type { Http } from "../http/http.ts";
import { listing } from "../http/listing.ts";
import { files } from "./files.ts";
import { live } from "./live.ts";

export function products(http: Http, events: LiveShop["events"]): Products {
  const list: Products["list"] = (query, options) => listing(http, "/products", query, options?.signal);
  return {
    create: (json, options) => http.send("POST", "/products", { ...options, json }),
    get: (id, options) => http.send("GET", `/products/${id}`, options),
    update: (id, json, options) => http.send("PATCH", `/products/${id}`, { ...options, json }),
    delete: (id, options) => http.send("DELETE", `/products/${id}`, options),
    list,
    live: (query, options) => live({ products: { list }, events }, query, options),
    // A blob names its type by itself; the server looks at the bytes.
    setImage: (id, image, options) =>
      http.send("PUT", `/products/${id}/image`, { ...options, body: image as BodyInit }),
    search: (query, options) => http.send("GET", "/products/search", { ...options, query }),
    describe: (id, options) => http.send("POST", `/products/${id}/describe`, options),
    ...files(http, "products"),
  };
}

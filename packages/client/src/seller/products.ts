import type { Products } from "@amused/core";
import type { Http } from "../http/http.ts";
import { listing } from "../http/listing.ts";
import { files } from "./files.ts";

export function products(http: Http): Products {
  return {
    create: (json, options) => http.send("POST", "/products", { ...options, json }),
    get: (id, options) => http.send("GET", `/products/${id}`, options),
    update: (id, json, options) => http.send("PATCH", `/products/${id}`, { ...options, json }),
    delete: (id, options) => http.send("DELETE", `/products/${id}`, options),
    list: (query, options) => listing(http, "/products", query, options?.signal),
    // A blob names its type by itself; the server looks at the bytes.
    setImage: (id, image, options) =>
      http.send("PUT", `/products/${id}/image`, { ...options, body: image as BodyInit }),
    ...files(http, "products"),
  };
}

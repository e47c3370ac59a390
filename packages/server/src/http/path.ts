import { invalidRequest } from "@amused/core";

/** An id in a path: a whole number from 1 that a JSON number can hold. */
export function idOf(text: string | undefined, name = "id"): number {
  const id = Number(text);
  if (text !== undefined && /^[1-9]\d{0,15}$/.test(text) && Number.isSafeInteger(id)) return id;
  throw invalidRequest([{ path: name, message: "must be a whole number from 1" }]);
}

/** A path as OpenAPI writes it (`/v1/products/{id}`) as Hono does (`/v1/products/:id`). */
export function honoPath(path: string): string {
  return path.replace(/\{(\w+)\}/g, ":$1");
}

/** What a concrete path must look like to be this one. */
export function pathPattern(path: string): RegExp {
  return new RegExp(`^${path.replace(/[.]/g, "\\.").replace(/\{\w+\}/g, "[^/]+")}$`);
}

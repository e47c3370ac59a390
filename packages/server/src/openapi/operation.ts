import { idSchema, sellerIdSchema } from "@amused/core";
import { z } from "zod";
import type { ZodOpenApiOperationObject, ZodOpenApiRequestBodyObject } from "zod-openapi";
import type { RequestBody, Route } from "../routes/route.ts";
import { refusals } from "./responses.ts";

const header = (description: string) => z.string().optional().meta({ description });
const cursorHeader = {
  "Amused-Cursor": header(
    "The cursor of the write's last event, or of the log in the snapshot that was read",
  ),
};

/** One operation of the document. */
export function operation(route: Route): ZodOpenApiOperationObject {
  const { id, tag, summary, description, body, success, scope, cost } = route;
  const secured = scope !== "public";
  const needs = secured ? `Scope: \`${scope === "stream" ? "read" : scope}\`.` : "";
  const counts = cost === undefined ? "" : `Counts as ${cost} requests of the rate limit.`;
  const text = [description, needs, counts].filter(Boolean).join("\n\n");
  return {
    operationId: id,
    tags: [tag],
    summary,
    ...(text && { description: text }),
    ...(!secured && { security: [] }),
    requestParams: parameters(route),
    ...(body && { requestBody: requestBody(body) }),
    responses: {
      [success.status]: {
        description: success.description,
        headers: z.object({
          "X-Request-Id": header("Names this request in the log"),
          ...answerHeaders(route),
        }),
        ...content(route),
      },
      ...(success.later !== undefined && { 202: { description: success.later, ...content(route) } }),
      ...(["getProduct", "getFile"].includes(id) && {
        304: { description: "The caller has this very state" },
      }),
      ...refusals(route),
    },
  } as ZodOpenApiOperationObject;
}

function parameters(route: Route): NonNullable<ZodOpenApiOperationObject["requestParams"]> {
  const { path, method, scope, query, versioned } = route;
  const names = [...path.matchAll(/\{(\w+)\}/g)].map(([, name]) => name as string);
  const ofSeller = scope !== "public" && scope !== "admin";
  const headers = {
    ...(scope !== "public" &&
      method !== "GET" && {
        "Idempotency-Key": header(
          "1–255 visible characters; the same key with the same request has one effect",
        ),
      }),
    ...(versioned && { "If-Match": header('The version that is expected: `"3"`, or the whole `ETag`') }),
    ...(route.id === "getProduct" && { "If-None-Match": header("The `ETag` that the caller has") }),
    ...(scope === "stream" && { "Last-Event-ID": header("Goes on after this cursor; wins over `after`") }),
    ...(ofSeller &&
      method === "GET" &&
      scope !== "stream" && { "Amused-Cursor": header("A cursor whose event the answer must know") }),
  };
  const seller = sellerIdSchema.optional().meta({ description: "For whom an admin key acts" });
  const queried = z.object({ ...query?.shape, ...(ofSeller && { sellerId: seller }) });
  return {
    ...(names.length > 0 && {
      path: z.object(Object.fromEntries(names.map((name) => [name, name === "id" ? idSchema : z.string()]))),
    }),
    ...(Object.keys(queried.shape).length > 0 && { query: queried }),
    ...(Object.keys(headers).length > 0 && { header: z.object(headers) }),
  };
}

function requestBody(body: RequestBody): ZodOpenApiRequestBodyObject {
  if (body.kind === "json")
    return { required: !body.optional, content: { "application/json": { schema: body.schema } } };
  const types =
    body.kind === "file" ? body.types : ["image/png", "image/jpeg", "image/webp", "image/avif", "image/gif"];
  const schema =
    body.kind === "file" ? { type: "string" as const } : { type: "string" as const, format: "binary" };
  return { required: true, content: Object.fromEntries(types.map((type) => [type, { schema }])) };
}

function content({ success }: Route): object {
  if (success.schema !== undefined) return { content: { "application/json": { schema: success.schema } } };
  if (success.types === undefined) return {};
  return { content: Object.fromEntries(success.types.map((type) => [type, { schema: { type: "string" } }])) };
}

function answerHeaders(route: Route): Record<string, z.ZodType> {
  const { scope, path, method, id } = route;
  if (scope === "public") return {};
  // As draft-ietf-httpapi-ratelimit-headers writes them.
  const ofProduct = /^\/v1\/products(\/\{id\}(\/image|\/stock)?)?$/.test(path) && id !== "listProducts";
  return {
    "RateLimit-Policy": header('The limit that is the nearest, where there is one: `"default";q=600;w=60`'),
    RateLimit: header('What is left of it, and for how many seconds: `"default";r=599;t=31`'),
    ...(scope !== "admin" && scope !== "stream" && cursorHeader),
    ...(ofProduct && method !== "DELETE" && { ETag: header("Version and stock revision") }),
    ...(id === "createProduct" && { Location: header("Where the product is") }),
    ...(method !== "GET" && { "Idempotency-Replayed": header("`true` when this is the first answer again") }),
  };
}
